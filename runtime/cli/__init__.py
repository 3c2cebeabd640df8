"""The command line: parsers, options, the report of a bug.

Goes in: words to records. Imports: render and the rooms before it.
To add an option of a command: its module in `options/`, or `configure` of the command.
"""
