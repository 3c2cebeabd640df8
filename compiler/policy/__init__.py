"""Policies: what a team asks of its plans, in a language of its own (`docs/policies.md`)."""

from .check import check
from .records import Policy
from .sources import load

__all__ = ["Policy", "check", "load"]
