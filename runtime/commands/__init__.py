"""The commands, thin: arguments to calls, calls to output and exit code.

Goes in: one module a command. Imports: everything before it.
To add a command: one module with `configure` and `run`, its line in `cli/parser.py`.
"""
