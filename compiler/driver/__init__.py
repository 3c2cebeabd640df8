"""From paths to a verified plan: what was requested, stages in their order, project file, saved plans.

Goes in: the way that `plan`, `apply`, `lint` and `migrate` share. Imports: everything before it.
To add a key of the project file: `project_file.py`; a kind of fact about a machine: `facts.py`.
"""
