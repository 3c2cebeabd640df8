"""The plan: scopes, steps, work, claims; its identity, its promises, its JSON, its words.

Goes in: what a plan says. Nothing here knows a release, an option or Borg's flags. Imports: support, source.
To add a field to the plan: its record; JSON and schema follow from the annotation (`as_json.py`, `make docs`).
To add a kind of claim: a constant in `claims.py`, and who reads it.
"""
