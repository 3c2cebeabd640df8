"""Logs that are sent as they come."""

from __future__ import annotations

from ..support.record import NamedTuple
from .words import Word


class Stream(NamedTuple):
    """Lines that a configuration tells, sent many at a time while its steps go on: from the step whose stream doesn't
    `end` it to the one that does, which sends the rest. `line`: what the step adds of its own. `errors_only`: of the
    others. `missed`: what goes before `line` where no stream has begun, as after a run that was cut short."""

    line: Word
    ends: bool
    errors_only: bool = False
    missed: Word = ""
