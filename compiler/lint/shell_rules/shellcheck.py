"""What ShellCheck says of hook commands: its report, version 1 of its JSON, as findings."""

from __future__ import annotations

from typing import Any

from ...source.diagnostic import Severity
from .finding import Finding

_SEVERITIES = {"error": Severity.WARNING, "warning": Severity.WARNING}  # others are notes
# A file that is read can't be followed from here; braces that no shell knows are often placeholders.
LEFT_OUT = ("SC1083", "SC1090", "SC1091")


def findings(comments: list[Any], text: str) -> list[Finding]:
    """BP358: the comments on one command. Raises ValueError if the report hasn't the known form."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = []
    for comment in comments:
        try:
            start = _offset(starts, comment["line"], comment["column"], len(text))
            end = _offset(starts, comment["endLine"], comment["endColumn"], len(text))
            code, message, level = comment["code"], comment["message"], comment["level"]
        except (KeyError, TypeError) as error:
            raise ValueError("its report has an unknown form") from error
        severity = _SEVERITIES.get(level, Severity.NOTE)
        message = f"SC{code}: {message}"
        hint = f"https://www.shellcheck.net/wiki/SC{code}"
        found.append(Finding("BP358", severity, message, start, max(end, start + 1), hint))
    return found


def is_readable(comments: list[Any]) -> bool:
    """Whether ShellCheck could parse the command that these comments are on."""
    return not any(
        isinstance(comment, dict)
        and comment.get("level") == "error"
        and str(comment.get("code")).startswith("1")
        for comment in comments
    )


def _offset(starts: list[int], line: int, column: int, end: int) -> int:
    """Of a place counted from 1."""
    return min(starts[min(max(line, 1), len(starts)) - 1] + max(column, 1) - 1, end)
