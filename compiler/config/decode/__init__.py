"""Nodes to the records of a configuration, with a diagnostic for all that doesn't fit.

Goes in: how one kind of value is read. Imports: as `config`.
To add a kind of value: a function here, called from `file.py` by the option's type.
"""
