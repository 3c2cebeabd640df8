"""The machine: files, processes' identity, descriptors, git, forks, streams.

Goes in: thin wrappers that hide one trap of the operating system each. Imports: compiler.
To answer a new question of compiling: `host.py`.
"""
