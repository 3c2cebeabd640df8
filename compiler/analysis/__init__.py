"""What can be asked of a plan: failures, cleanups, alarms, recovery, resuming, parallel runs, pictures.

Goes in: pure questions to a plan, read from its data. Imports: plan, shell and the rooms before them.
To add a question: one module here, one renderer in `runtime/render/`.
"""
