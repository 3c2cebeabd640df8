"""Sources read from snapshots of their file systems: a kind = one module.

Goes in: what was found out of the machine's volumes (`source/volumes.py`), options, and what is backed up; comes out: commands that
take a snapshot, mount it, unmount and remove it, and sources as they are called below the folder of a run. Nothing here
knows where in a plan they stand (`lower/snapshots.py`). Imports: borg and the rooms before it.
To add a kind: a module with `KIND`, its line in `kinds.py`, its options in `config/options.py`, a line in docs/snapshots.md.
"""
