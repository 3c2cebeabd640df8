"""Actions to Borg's command lines: flags, environment, patterns, archive filters, versions, checks beforehand.

Goes in: what Borg takes and gives. Imports: semantics and the rooms before it.
To add an option of Borg: the row of `config/options.py` is enough where it is a flag. To add an action: a row of
`plan/actions.py`, a builder here that says what it claims, and its row in `dispatch.py`.
"""
