"""Diagnostics with the lines they are about, of files that would take for ever if read carelessly."""

from __future__ import annotations

import pytest

from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.span import Span
from borgplan.runtime.render.diagnostics import render
from borgplan.runtime.report.style import Style

LINES = 20_000


def rendered(text: str, *lines: int) -> str:
    """With a diagnostic about the first character that isn't blank of each of these lines."""
    found = Diagnostics()
    for line in lines:
        found.error("BP201", "strange", Span("file", line, 3, line, 4))
    return render(found, {"file": text}, Style())


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("text", "lines", "shown"),
    [
        ("  a: 1\n" * LINES, range(1, LINES + 1), "a:"),
        ("  - b: 1\n" * LINES, range(1, LINES + 1), "- b: 1"),
        ("password: " + "!" * 60 + " x\n  c: 1\n", [2], "c:"),
        ("  " + "pass" * LINES + "\n", [1], ""),
    ],
)
def test_every_line_is_shown_in_time(text: str, lines: list[int], shown: str) -> None:
    found = rendered(text, *lines).splitlines()
    assert sum(": error BP201 strange" in line for line in found) == len(lines)
    assert sum(line.strip() == shown for line in found) == (len(lines) if shown else 0)


@pytest.mark.parametrize(
    "text",
    ["token: |\n  hidden\n", "- secret:\n  - other\n  - hidden\n", "pass: |#x\n\n  hidden\n"],
)
def test_what_belongs_to_a_secret_is_not_shown(text: str) -> None:
    assert "hidden" not in rendered(text, text.count("\n"))
