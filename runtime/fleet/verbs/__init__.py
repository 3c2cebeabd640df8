"""The verbs of `borgplan fleet`, thin: options to calls, calls to output and exit code.

Goes in: one module a verb, with `run`. Imports: everything before it.
"""
