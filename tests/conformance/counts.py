"""Counts, at the end of a test run, how many recorded traces were reproduced."""

from __future__ import annotations

from collections import Counter

import pytest


def print_counts(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            name, bracket, rest = report.nodeid.partition("test_traces.py::test_")
            if not name or not bracket or "[" not in rest or report.when == "teardown":
                continue
            how, _, version = rest.partition("[")
            word = outcome
            if outcome == "skipped":
                word = "deliberate" if "deliberate" in str(report.longrepr) else "left out"
            counts.setdefault((version.partition("/")[0], how), Counter())[word] += 1
    for (version, how), counter in sorted(counts.items()):
        compared = counter["passed"] + counter["failed"]
        terminalreporter.write_line(
            f"traces of borgmatic {version}, {how}: {counter['passed']} of {compared} reproduced, "
            f"{counter['deliberate']} deliberately different, {counter['left out']} left out"
        )
