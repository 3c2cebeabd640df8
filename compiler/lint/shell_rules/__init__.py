"""What is wrong with hook commands as programs for /bin/sh, from their syntax trees.

Needs tree-sitter and its grammar for shells, which the extra `shell` brings; nothing is run.
"""
