"""Counts, at the end of a test run: values that tried to be run by hooks."""

from __future__ import annotations

from collections import Counter

import pytest


def print_injections(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ())).get("injections")
            if found and report.when == "call":
                shell, tried, refused, executed = found
                counts.setdefault(shell, Counter()).update(
                    tried=tried, refused=refused, executed=executed
                )
    for shell, counter in sorted(counts.items()):
        terminalreporter.write_line(
            f"injections, /bin/sh being {shell}: {counter['tried']} tried, {counter['executed']} executed; "
            f"{counter['refused']} more refused beforehand"
        )
