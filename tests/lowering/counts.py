"""Counts, at the end of a test run: recorded vectors by what they are about, and by name what differs."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.lowering.judge import Kind


def print_lowering(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[tuple[str, str], Counter[str]] = {}
    named: dict[tuple[str, str], list[str]] = {}
    for outcome in ("passed", "failed", "skipped", "xfailed"):
        for report in terminalreporter.stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ())).get("lowering")
            if found and report.when == "call":
                release, action, kind, name, reason = found
                if reason:
                    named.setdefault((release, action), []).append(f"{kind}: {name}: {reason}")
                for about in (action, "all"):
                    counts.setdefault((release, about), Counter())[kind] += 1
    for (release, action), counter in sorted(counts.items()):
        told = ", ".join(
            f"{counter[kind.value]} {kind.value}" for kind in Kind if counter[kind.value]
        )
        terminalreporter.write_line(f"vectors of borgmatic {release}, {action}: {told}")
        for line in sorted(named.get((release, action), ())):
            terminalreporter.write_line(f"    {line}")
