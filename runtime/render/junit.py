"""Findings as JUnit XML: a test suite for each file, a test case for each finding.

A file without findings is one case that passes; so is a finding that doesn't count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...compiler.shell.printable import printable, printable_lines
from ...compiler.source.diagnostic import Diagnostic, Severity, in_order
from .findings import by_file, message, with_hint

# What XML has no way to write, beside the control characters that `printable` shows.
_ILLEGAL = re.compile("[\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;"}


def render(findings: Iterable[Diagnostic], files: Iterable[str], counts: Severity) -> str:
    """`files`: those that were checked. `counts`: the lowest severity that is a failure."""
    suites = by_file(in_order(findings), files).items()
    everything = [finding for _, found in suites for finding in found]
    clean = sum(not found for _, found in suites)
    head = _counts(everything, clean, counts)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="borgplan lint" {head}>']
    for file, found in suites:
        lines += _suite(printable(file), found, counts)
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(file: str, found: list[Diagnostic], counts: Severity) -> list[str]:
    cases = [line for finding in found for line in _case(file, finding, counts)]
    if not found:
        cases = [f"    <testcase classname={_quoted(file)} name={_quoted('no findings')}/>"]
    head = f"  <testsuite name={_quoted(file)} {_counts(found, int(not found), counts)}>"
    return [head, *cases, "  </testsuite>"]


def _counts(found: list[Diagnostic], clean: int, counts: Severity) -> str:
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    failures = sum(Severity.ERROR < finding.severity <= counts for finding in found)
    return f'tests="{len(found) + clean}" failures="{failures}" errors="{errors}" skipped="0"'


def _case(file: str, finding: Diagnostic, counts: Severity) -> list[str]:
    span = finding.span
    name = f"{finding.code} {span.line}:{span.column} {message(finding)}"
    text = f"{span}: {finding.severity.word} {finding.code} {with_hint(finding)}"
    if finding.severity > counts:
        inside = f"<system-out>{_escaped(printable_lines(text))}</system-out>"
    else:
        word = "error" if finding.severity is Severity.ERROR else "failure"
        kind, short = _quoted(finding.code), _quoted(message(finding))
        inside = f"<{word} type={kind} message={short}>{_escaped(printable_lines(text))}</{word}>"
    return [
        f"    <testcase classname={_quoted(file)} name={_quoted(name)}>",
        f"      {inside}",
        "    </testcase>",
    ]


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    legal = _ILLEGAL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return "".join(_ESCAPES.get(character, character) for character in legal)
