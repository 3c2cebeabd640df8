"""What databases are dumped and restored with: one module for each kind.

Goes in: of an entry of the configuration the client's words, its environment, where its dump lies in an archive, and
what a sound dump looks like; nothing of when it is dumped (`lower/dumps.py`). Imports: borg and the rooms before it.
To add a kind: its options in `config/databases.py` and its name in `config/option_names.py`, a module here that ends with its
`KIND` (`kind.py`), a test in `tests/databases/`.
"""
