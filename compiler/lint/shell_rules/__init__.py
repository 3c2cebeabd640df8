"""What is wrong with hook commands as programs for /bin/sh, from their syntax trees.

Goes in: rules of `lint --shell`. Imports: as `lint`.
To add one: a function from a syntax tree to findings, and its line in `analysis.py`.

Needs tree-sitter and its grammar for shells, which the extra `shell` brings; nothing is run.
"""
