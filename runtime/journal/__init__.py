"""What is known of runs: the database, marks of open runs, locks, evidence, kept and saved plans.

Goes in: what survives the process. Imports: report and the rooms before it.
To record more of a step: its column in `store.py`, `records.py` and `recorder.py`.
"""
