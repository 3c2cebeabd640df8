"""What is wrong or remarkable about the input: values, collected by every pass, rendered elsewhere.

Codes are stable. The hundreds tell the subject: 1 files and YAML, 2 options, 3 hooks and
interpolation, 4 semantics and lowering, 5 the plan itself, 6 the files' safety on this machine, 7 the
project file, 8 cleanup, alarms and rewriting, 9 policies. Each has a page in `lint/pages/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from ..support.record import NamedTuple
from .span import Span

# Codes that decide whether a plan runs.
ASKS = "BP360"  # Borg would ask for a passphrase
LEFT_OUT = "BP361"  # a file needs something not implemented


class Severity(IntEnum):
    """How bad: an ERROR leaves no plan for that file; a WARNING is a finding; a NOTE explains."""

    ERROR = 0
    WARNING = 1
    NOTE = 2

    @property
    def word(self) -> str:
        return self.name.lower()


class Diagnostic(NamedTuple):
    """One problem at one place; `related` are other places that matter, each with a word on why."""

    code: str
    severity: Severity
    message: str
    span: Span
    hint: str = ""
    related: tuple[tuple[str, Span], ...] = ()


class Diagnostics(list[Diagnostic]):
    """A list to collect into. Passes append; nothing is raised at the first problem."""

    def error(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.append(Diagnostic(code, Severity.ERROR, message, span, hint))

    def warning(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.append(Diagnostic(code, Severity.WARNING, message, span, hint))

    def note(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.append(Diagnostic(code, Severity.NOTE, message, span, hint))

    @property
    def has_errors(self) -> bool:
        return any(item.severity is Severity.ERROR for item in self)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by place, then severity and code, without repeats: stable output for people and tests."""
    return sorted(
        dict.fromkeys(diagnostics), key=lambda d: (d.span[:3], d.severity, d.code, d.message)
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming the known word nearest to `word`, or the empty string."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean `{near[0]}`?" if near else ""
