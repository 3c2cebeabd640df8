"""Shell text as far as borgplan reads it: words, pipelines, where text is code, known programs.

Goes in: one lexer and what is asked of its words. Imports: support, source, config.
To teach borgplan a program that dumps, notifies or takes plain text: a row of `programs.py` or `code_context.py`.
"""
