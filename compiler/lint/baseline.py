"""Findings that were there before: what a baseline file holds, and what it takes out of a report.

Its entries name a file, a code and a fingerprint, and count how often that was found. Line numbers
aren't in it, so that a line that moves stays known.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from ..source.diagnostic import Diagnostic, Diagnostics, Severity
from ..source.span import Span
from ..support.record import NamedTuple

_FORMAT, _VERSION = "borgplan-baseline", 1


class Entry(NamedTuple):
    """`file`: relative to the folder of the baseline file. `fingerprint`: of message and line."""

    file: str
    code: str
    fingerprint: str


Baseline = dict[Entry, int]


def read(path: str, data: bytes, diagnostics: Diagnostics) -> Baseline | None:
    """What a baseline file says; None after recording why it can't be used (BP143)."""
    span, why = Span(path), "not a baseline"
    try:
        found = json.loads(data)
        if found["format"] == _FORMAT and found["version"] == _VERSION:
            return dict(_entries(found["findings"]))
        why = f"not a {_FORMAT} of version {_VERSION}"
    except json.JSONDecodeError as error:
        why = f"not valid JSON: {error.msg}"
        span = Span(path, error.lineno, error.colno, error.lineno, error.colno)
    except UnicodeDecodeError:
        why = "not a text file in UTF-8"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass  # it has another form
    diagnostics.error("BP143", why, span, "write it again: borgplan lint --write-baseline FILE")
    return None


def _entries(found: Any) -> Iterable[tuple[Entry, int]]:
    """Raises one of several errors for what has another form."""
    for file, codes in found.items():
        for code, fingerprints in codes.items():
            for fingerprint, number in fingerprints.items():
                if type(number) is not int or number < 1:
                    raise ValueError(number)
                yield Entry(file, code, fingerprint), number


def write(entries: Iterable[Entry]) -> bytes:
    """A baseline of these findings: the same bytes for the same findings."""
    findings: dict[str, dict[str, dict[str, int]]] = {}
    for (file, code, fingerprint), number in Counter(entries).items():
        findings.setdefault(file, {}).setdefault(code, {})[fingerprint] = number
    data = {"format": _FORMAT, "version": _VERSION, "findings": findings}
    return (json.dumps(data, indent=2, sort_keys=True) + "\n").encode()


class Compared(NamedTuple):
    """`new`: what the baseline doesn't have. `known`: how many findings it has. `gone`: how many of its
    entries, of the files that were checked, were not found again."""

    new: list[Diagnostic]
    known: int
    gone: int


def compare(
    findings: Iterable[tuple[Entry, Diagnostic]],
    baseline: Baseline,
    checked: Collection[str],
) -> Compared:
    """Take out of `findings` as many of each entry as `baseline` has; errors are always new.

    `checked`: the files that were looked at, named as in entries.
    """
    left = dict(baseline)
    new = []
    known = 0
    for entry, finding in findings:
        if finding.severity is not Severity.ERROR and left.get(entry, 0) > 0:
            left[entry] -= 1
            known += 1
        else:
            new.append(finding)
    gone = sum(number for entry, number in left.items() if entry.file in checked)
    return Compared(new, known, gone)
