"""Counts, at the end of a test run: reproduced traces, and verdicts on real files that agree."""

from __future__ import annotations

from collections import Counter

import pytest


def print_counts(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for outcome in ("passed", "failed", "skipped", "xfailed"):
        for report in terminalreporter.stats.get(outcome, []):
            name, bracket, rest = report.nodeid.partition("test_traces.py::test_")
            if not name or not bracket or "[" not in rest or report.when == "teardown":
                continue
            how, _, version = rest.partition("[")
            word = {"skipped": "left out", "xfailed": "deliberate"}.get(outcome, outcome)
            counts.setdefault((version.partition("/")[0], how), Counter())[word] += 1
    for (version, how), counter in sorted(counts.items()):
        compared = counter["passed"] + counter["failed"]
        terminalreporter.write_line(
            f"traces of borgmatic {version}, {how}: {counter['passed']} of {compared} reproduced, "
            f"{counter['deliberate']} deliberately different, {counter['left out']} left out"
        )


def print_agreement(terminalreporter: pytest.TerminalReporter) -> None:
    """What borgmatic's own validation and borgplan say of the corpus, by form of the files."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ())).get("agreement")
            if found and report.when == "call":
                release, form, verdicts, refused = found
                counter = counts.setdefault((release, form), Counter())
                counter[verdicts] += 1
                counter["refused"] += refused and verdicts == "accepted by both"
                counter["unexplained"] += outcome == "failed"
    for (release, form), counter in sorted(counts.items()):
        terminalreporter.write_line(
            f"corpus against borgmatic {release}, {form}: accepted by both "
            f"{counter['accepted by both']} ({counter['refused']} with something that apply refuses "
            f"by name), rejected by both {counter['rejected by both']}, accepted by borgplan only "
            f"{counter['accepted by borgplan only']}, rejected by borgplan only "
            f"{counter['rejected by borgplan only']}; unexplained {counter['unexplained']}"
        )


def print_signals(terminalreporter: pytest.TerminalReporter) -> None:
    """Signals that were sent to runs, and how many of those ended as their plan had announced."""
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ())).get("signals")
            if found and report.when == "call":
                version, sent, unheld, others = found
                counter = counts.setdefault(version, Counter())
                counter.update(configurations=1, sent=sent, unheld=unheld)
                # Of each point all that is wrong with it begins with its name.
                counter["others"] += len({other.split(": ")[0] for other in others})
    for version, counter in sorted(counts.items()):
        terminalreporter.write_line(
            f"signals, plans of semantics {version}: {counter['sent']} sent in "
            f"{counter['configurations']} configurations, {counter['sent'] - counter['others']} runs "
            f"ended as announced, {counter['others']} otherwise; {counter['unheld']} steps start "
            "nothing that could be stopped at"
        )


def print_undone(terminalreporter: pytest.TerminalReporter) -> None:
    """After signals: what hooks had taken and what stayed so, and cleanups that borgmatic left out."""
    taken: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ()))
            if report.when == "call" and "taken" in found:
                sent, held, stays, others = found["taken"]
                taken.update(sent=sent, held=held, stays=stays, others=len(others))
            if report.when == "call" and "undone" in found:
                number, others = found["undone"]
                left_out.update(sent=1, number=number, others=len(others))
    if taken:
        terminalreporter.write_line(
            f"signals, takes: {taken['sent']} sent, {taken['held']} things taken then, "
            f"{taken['stays']} stayed so as the plans say, {taken['others']} otherwise"
        )
    if left_out:
        terminalreporter.write_line(
            f"signals, recorded ones: {left_out['sent']} sent where borgmatic got them; "
            f"{left_out['number']} cleanups ran that borgmatic had left out, {left_out['others']} "
            "runs otherwise"
        )
