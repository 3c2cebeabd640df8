"""Counts, at the end of a test run: recorded restores that a plan reproduces; recorded runs that come to the same; faults
of dumps, and those that were told."""

from __future__ import annotations

from collections import Counter

import pytest


def print_restores(terminalreporter: pytest.TerminalReporter) -> None:
    _print_recorded(terminalreporter, "restores", "restores of ")
    _print_recorded(terminalreporter, "recorded", "runs with databases, ")


def _print_recorded(terminalreporter: pytest.TerminalReporter, what: str, begins: str) -> None:
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ())).get(what)
            if found and report.when == "call":
                kind, is_different = found
                word = "different" if is_different else "same"
                counts.setdefault(kind, Counter())[f"{word} {outcome}"] += 1
    for kind, counter in sorted(counts.items()):
        same = counter["same passed"]
        terminalreporter.write_line(
            f"{begins}{kind}: {same} of {same + counter['same failed']} recorded runs reproduced, "
            f"{counter['different passed']} deliberately different, "
            f"{counter['different failed']} not as different as they are said to be"
        )


def print_faults(terminalreporter: pytest.TerminalReporter) -> None:
    """Faults of dumps: how many were injected, and how many of them were told."""
    counts: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            properties = dict(getattr(report, "user_properties", ()))
            if report.when == "call" and "fault" in properties:
                counts["injected"] += 1
                counts["told"] += outcome == "passed"
    if counts:
        terminalreporter.write_line(
            f"faults of dumps: {counts['injected']} injected, {counts['told']} told, nothing left behind"
        )
