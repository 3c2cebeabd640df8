"""Counts, at the end of a test run: runs killed, ends that look like success, values that Borg was given."""

from __future__ import annotations

from collections import Counter

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


def print_snapshots(terminalreporter: pytest.TerminalReporter) -> None:
    """Mounts, snapshots and folders that were there after kills, and after `recover`."""
    found = [
        dict(report.user_properties)["snapshots"]
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if getattr(report, "when", "") == "call" and "snapshots" in dict(report.user_properties)
    ]
    if found:
        killed, taken, given, left = (sum(counts) for counts in zip(*found, strict=True))
        terminalreporter.write_line(
            f"runs with snapshots killed: {killed} of {len(found)} points, {taken} mounts, snapshots and folders "
            f"taken, {given} given back, {left or 'none'} left"
        )


def print_session(terminalreporter: pytest.TerminalReporter) -> None:
    """Lines for borgmatic: of how many a script reads what it should."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, found in getattr(report, "user_properties", ()):
                if name == "session":
                    how, same, tried = found
                    terminalreporter.write_line(
                        f"lines for borgmatic: {same} of {tried} read {how}"
                    )


def print_evidence(terminalreporter: pytest.TerminalReporter) -> None:
    """False successes: how many were tried, and how many of them were told as failures."""
    tried: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, found in getattr(report, "user_properties", ()):
                if name == "evidence":
                    kind, number, seen = found
                    tried[kind] += number
                    told[kind] += seen
    for kind, number in tried.items():
        verdict = "all told" if number == told[kind] else f"{number - told[kind]} NOT TOLD"
        terminalreporter.write_line(
            f"false successes, {kind}: {number} tried, {told[kind]} told: {verdict}"
        )


def print_refused_values(terminalreporter: pytest.TerminalReporter) -> None:
    """Values that Borg was given, and of how many it thinks otherwise than borgplan, by kind."""
    asked: dict[tuple[str, str], list[int]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ())).get("values")
            if found and getattr(report, "when", "") == "call":
                name, version, number, wrong = found
                counts = asked.setdefault((version, name), [0, 0])
                counts[0] += number
                counts[1] += wrong
    for (version, name), (number, wrong) in sorted(asked.items()):
        terminalreporter.write_line(
            f"{name}: {number} values, borgplan and Borg {version} agree on {number - wrong}"
        )
