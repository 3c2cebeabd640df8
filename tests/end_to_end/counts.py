"""Counts, at the end of a test run, of runs that were killed."""

from __future__ import annotations

import pytest


def print_torture(terminalreporter: pytest.TerminalReporter) -> None:
    """What was owed after kills, and what ran to give it back."""
    found = [
        dict(report.user_properties)["torture"]
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if getattr(report, "when", "") == "call" and "torture" in dict(report.user_properties)
    ]
    if found:
        owed, ran = (sum(counts) for counts in zip(*found, strict=True))
        terminalreporter.write_line(
            f"runs killed: {len(found)} points, {owed} cleanups owed, {ran} cleanups run"
        )
