"""A finding in a text, before it is known where that text stands."""

from __future__ import annotations

from ...source.diagnostic import Diagnostic, Severity
from ...support.record import NamedTuple
from ...syntax.source_map import ScriptPlaces


class Finding(NamedTuple):
    """`start`, `end`: characters of the command, the end exclusive."""

    code: str
    severity: Severity
    message: str
    start: int
    end: int
    hint: str = ""

    def placed(self, places: ScriptPlaces) -> Diagnostic:
        """The finding where it stands in the configuration file."""
        span = places.span(self.start, self.end)
        return Diagnostic(self.code, self.severity, self.message, span, self.hint)
