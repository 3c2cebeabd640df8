"""YAML to nodes with places: events, scalars, includes, merges, comments, places within scalars.

Goes in: what is true of every YAML file, whatever it is for. Imports: support, source.
To read another kind of tag: `load.py`.
"""
