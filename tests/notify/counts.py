"""Counts, at the end of a test run: recorded runs with monitoring services that are reproduced."""

from __future__ import annotations

from collections import Counter

import pytest


def print_monitoring(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ())).get("monitoring")
            if found and report.when == "call":
                how, version, is_different = found
                word = "different" if is_different else "same"
                counts.setdefault((version, how), Counter())[f"{word} {outcome}"] += 1
    for (version, how), counter in sorted(counts.items()):
        same = counter["same passed"]
        terminalreporter.write_line(
            f"monitoring of borgmatic {version}, {how}: {same} of "
            f"{same + counter['same failed']} recorded runs reproduced, {counter['different passed']} "
            f"deliberately different, {counter['different failed']} not different any more"
        )
