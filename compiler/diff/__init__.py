"""What differs between two plans, and what an upgrade of borgmatic changes.

Goes in: matching scopes and steps, naming differences. Imports: analysis and the rooms before it.
A new field of the plan is compared without further work; `fields.py` can give it words.
"""
