"""Counts, at the end of a test run: what the lint rules find in real files."""

from __future__ import annotations

import pytest


def print_findings(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.stats.get("passed", []):
        found = dict(getattr(report, "user_properties", ())).get("findings")
        if not found or report.when != "call":
            continue
        names = list(found)
        terminalreporter.write_line(
            f"findings in the corpus, with semantics {' and '.join(names)}:"
        )
        for code in sorted({code for counts in found.values() for code in counts}):
            numbers = "".join(f"{found[name].get(code, 0):6}" for name in names)
            terminalreporter.write_line(f"  {code}{numbers}")
