"""borgmatic's command line, of every release, read to the same records as borgplan's own.

Goes in: borgmatic's words; `flags.txt`, which holds its flags as facts. Imports: as `cli`.
To add a flag: `flags.txt`; where its name says not enough, a row of `counterparts.py`. `make docs` writes the page.
"""
