"""Policies: what a team asks of its plans, in a language of its own (`docs/policies.md`).

Goes in: parsing policies, judging plans by them, saying what violates one. Imports: diff and the rooms before it.
To add a word: the grammar (`grammar/policy.lark`), `parse.py`, and `evaluate.py` or `relations.py`.
"""

from .check import check
from .files import load
from .records import Policy

__all__ = ["Policy", "check", "load"]
