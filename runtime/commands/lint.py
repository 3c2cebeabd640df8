"""`borgplan lint`: what is wrong with configuration files, for people and CI."""

from __future__ import annotations

import sys

from ...compiler.checks import run_checks
from ...compiler.diagnostic import Diagnostic, Diagnostics, Severity, in_order
from ...compiler.source import Span
from ..arguments import Arguments
from ..host import RealHost
from ..render.diagnostics import as_data, render
from ..render.plan import count
from .common import Session, compile_all, write

_OF_RUNS = ("BP424", "BP425", "BP426")  # what is there or not on this machine makes no file wrong


def run(arguments: Arguments) -> int:
    """0 clean, 1 findings, 2 if a file can't be read or understood."""
    session = Session(arguments, RealHost())
    compilation = compile_all(session)
    found = Diagnostics(item for item in compilation.diagnostics if item.code not in _OF_RUNS)
    run_checks(compilation, session.host, found)
    if compilation.plan is not None:
        from ...compiler.graph import verify

        for broken in verify(compilation.plan):
            found.error(
                "BP502", f"the plan is unsound: {broken.rule} ({broken.subject})", Span("<plan>")
            )
    if arguments.format == "json":
        import json

        data = {
            "format": "borgplan-lint",
            "version": 1,
            "findings": [as_data(d) for d in in_order(found)],
        }
        write(json.dumps(data, indent=2, sort_keys=True) + "\n")
    else:
        write(render(found, compilation.texts, session.style(sys.stdout, compilation)))
        print(
            _summary(in_order(found), compilation.configurations, compilation.broken),
            file=sys.stderr,
        )
    if found.has_errors:
        return 2
    return 1 if any(item.severity is Severity.WARNING for item in found) else 0


def _summary(found: list[Diagnostic], good: tuple[object, ...], broken: tuple[str, ...]) -> str:
    files = count(len(good) + len(broken), "configuration file")
    findings = [item for item in found if item.severity is not Severity.NOTE]
    if not findings:
        return f"{files}: nothing to report"
    errors = sum(item.severity is Severity.ERROR for item in findings)
    return f"{files}: {count(errors, 'error')}, {count(len(findings) - errors, 'warning')}"
