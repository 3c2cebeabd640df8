"""A run from its arguments to its end: session, preconditions, execution, the record of it.

Goes in: what `apply`, `resume` and `recover` have in common. Imports: cli and the rooms before it.
"""
