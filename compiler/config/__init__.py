"""Nodes to a typed configuration: the table of options, hooks, constants, credentials, overrides.

Goes in: what borgmatic's files say. Imports: plan (for actions and late values), syntax and the rooms before it.
To add an option: a row of `options.OPTIONS`. A new type of value: `decode/values.py` and `publish/schema.py`.
"""
