"""Findings as SARIF 2.1.0, the format of OASIS that code scanning services read."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote

from ...compiler.lint.pages import markdown, page
from ...compiler.shell.printable import printable
from ...compiler.source.diagnostic import Diagnostic, Severity
from ...compiler.source.span import Span
from ..system.version import HOME, VERSION
from .diagnostics import is_about_file
from .findings import below, fingerprint, is_file, with_hint

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_BASE = "SRCROOT"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}

Data = dict[str, object]


def render(
    findings: Collection[Diagnostic], texts: Mapping[str, str], directory: str, exit_code: int
) -> str:
    """The findings in the order given; files relative to `directory`, which is absolute."""
    codes = sorted({finding.code for finding in findings})
    run: Data = {
        "tool": {"driver": _driver(findings, codes)},
        "invocations": [{"executionSuccessful": exit_code < 2, "exitCode": exit_code}],
        "originalUriBaseIds": {
            _BASE: {"uri": f"file://{_uri(os.path.normpath(directory).rstrip('/'))}/"}
        },
        "columnKind": "unicodeCodePoints",
        "results": _results(findings, codes, texts, directory),
    }
    data = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(data, indent=2) + "\n"


def _driver(findings: Iterable[Diagnostic], codes: list[str]) -> Data:
    gravest: dict[str, Severity] = {}
    for finding in findings:
        gravest[finding.code] = min(finding.severity, gravest.get(finding.code, finding.severity))
    rules = [_rule(code, gravest[code]) for code in codes]
    return {"name": "borgplan", "version": VERSION, "semanticVersion": VERSION, "rules": rules}


def _rule(code: str, severity: Severity) -> Data:
    """What a code scanning service shows beside a finding: the page of the rule."""
    found = page(code)
    plain = found.why.replace("`", "")
    text = "\n\n".join(" ".join(part.split()) for part in plain.split("\n\n"))
    return {
        "id": code,
        "name": found.name,
        "shortDescription": {"text": found.summary.replace("`", "")},
        "fullDescription": {"text": text},
        "help": {"text": text, "markdown": markdown(code)},
        "helpUri": f"{HOME}#{code}",
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def _results(
    findings: Iterable[Diagnostic], codes: list[str], texts: Mapping[str, str], directory: str
) -> list[Data]:
    seen: Counter[tuple[str, str, str]] = Counter()
    results = []
    for finding in findings:
        digest = fingerprint(finding, texts)
        same = finding.span.file, finding.code, digest
        seen[same] += 1
        result: Data = {
            "ruleId": finding.code,
            "ruleIndex": codes.index(finding.code),
            "level": _LEVELS[finding.severity],
            "message": {"text": with_hint(finding)},
            "partialFingerprints": {"borgplan/v1": f"{digest}:{seen[same]}"},
        }
        if is_file(finding.span.file):
            result["locations"] = [_location(finding.span, directory)]
        related = [
            {**_location(span, directory), "id": number, "message": {"text": printable(what)}}
            for number, (what, span) in enumerate(finding.related, start=1)
            if is_file(span.file)
        ]
        if related:
            result["relatedLocations"] = related
        results.append(result)
    return results


def _location(span: Span, directory: str) -> Data:
    region: Data = {"startLine": span.line}
    if not is_about_file(span):
        region |= {
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    return {
        "physicalLocation": {"artifactLocation": _artifact(span.file, directory), "region": region}
    }


def _artifact(file: str, directory: str) -> Data:
    """Relative to the base, unless the file is somewhere else."""
    path = below(file, directory, directory)
    if path == ".." or path.startswith("../"):
        return {"uri": f"file://{_uri(os.path.normpath(os.path.join(directory, file)))}"}
    return {"uri": _uri(path), "uriBaseId": _BASE}


def _uri(path: str) -> str:
    return quote(os.fsencode(path))
