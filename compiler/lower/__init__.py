"""Configurations and a profile to a plan: where hooks hang, what their texts become, which actions run.

Goes in: what turns a configuration into steps. Nothing here knows a release. Imports: borg and the rooms before it.
To add a position of hooks: a row of the profile that has it (`semantics/`), and `Position` in `config/hooks.py`.
"""
