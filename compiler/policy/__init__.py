"""Policies: what a team asks of its plans, in a language of its own (`docs/policies.md`)."""

from .check import check
from .files import load
from .records import Policy

__all__ = ["Policy", "check", "load"]
