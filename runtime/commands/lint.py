"""`borgplan lint`: what is wrong with configuration files, for people and CI."""

from __future__ import annotations

import sys

from ...compiler.checks import run_checks
from ...compiler.compile import Compilation
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
    compilation, found = _examined(session)
    if arguments.lint.diff:
        return _show_fixes(session, compilation, found)
    if arguments.lint.fix and _fixed(session, compilation, found):
        compilation, found = _examined(session)
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


def _examined(session: Session) -> tuple[Compilation, Diagnostics]:
    """The files compiled, and all that the compiler and the rules say of them."""
    compilation = compile_all(session)
    found = Diagnostics(item for item in compilation.diagnostics if item.code not in _OF_RUNS)
    run_checks(compilation, session.host, found)
    if session.arguments.lint.check_programs:
        from ...compiler.checks.programs import missing_programs

        missing_programs(compilation, session.host, found)
    return compilation, found


def _show_fixes(session: Session, compilation: Compilation, found: Diagnostics) -> int:
    """0 nothing to fix, 1 a diff is shown, 2 a file can't be read or understood."""
    from ..fixing import as_diff, fixes_of, tell_what_is_left

    fixes = fixes_of(session, compilation, found)
    write(as_diff(fixes, compilation, session.host))
    tell_what_is_left(fixes)
    if found.has_errors:
        session.show(compilation, sys.stderr)
        return 2
    return 1 if fixes else 0


def _fixed(session: Session, compilation: Compilation, found: Diagnostics) -> bool:
    """Whether files have changed."""
    from ..fixing import fixes_of, tell_what_is_left, write_fixes

    fixes = fixes_of(session, compilation, found)
    write_fixes(fixes, compilation)
    tell_what_is_left(fixes)
    return bool(fixes)


def _summary(found: list[Diagnostic], good: tuple[object, ...], broken: tuple[str, ...]) -> str:
    files = count(len(good) + len(broken), "configuration file")
    findings = [item for item in found if item.severity is not Severity.NOTE]
    if not findings:
        return f"{files}: nothing to report"
    errors = sum(item.severity is Severity.ERROR for item in findings)
    return f"{files}: {count(errors, 'error')}, {count(len(findings) - errors, 'warning')}"
