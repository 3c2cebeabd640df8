"""Options that commands share or take alone, added and read in one way.

Goes in: argparse declarations and their readers. Imports: as `cli`.
To add an option of an action: a row of `action.py` and a field of `borg/action_options.py`.
"""
