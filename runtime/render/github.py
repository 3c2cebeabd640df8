"""Findings as workflow commands, which GitHub Actions shows beside the lines of a change.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable

from ...compiler.shell.printable import printable
from ...compiler.source.diagnostic import Diagnostic, Severity
from .diagnostics import is_about_file
from .findings import below, is_file, with_hint

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(findings: Iterable[Diagnostic], directory: str) -> str:
    """One command a line, in the order given; files relative to `directory`."""
    return "".join(_one(finding, directory) for finding in findings)


def _one(finding: Diagnostic, directory: str) -> str:
    span = finding.span
    properties: dict[str, object] = {}
    if is_file(span.file):
        path = below(span.file, directory, directory)
        properties["file"] = printable(span.file if path.startswith("../") else path)
        properties["line"] = span.line
        if not is_about_file(span):
            properties["col"] = span.column
            properties["endLine"] = span.end_line
            properties["endColumn"] = span.end_column
    properties["title"] = finding.code
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(with_hint(finding))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
