"""`borgplan plan`: show what `apply` would run; what a failure or another generation would change."""

from __future__ import annotations

import sys

from ...compiler.compile import Compilation
from ...compiler.plan import Plan
from ..arguments import Arguments
from ..host import RealHost
from .common import Session, compile_all, write


def run(arguments: Arguments) -> int:
    """0 for a plan of all files, 2 if one of them has errors or the arguments don't fit."""
    session = Session(arguments, RealHost())
    compilation = compile_all(session)
    session.show(compilation, sys.stderr)
    if compilation.plan is None:
        return 2
    if arguments.plan.against_semantics:
        return _preview(session, compilation, compilation.plan)
    if arguments.plan.differences:
        return _differences(session, compilation, compilation.plan)
    if arguments.plan.failures:
        return _failures(session, compilation, compilation.plan)
    if arguments.plan.fail:
        return _what_if(session, compilation, compilation.plan)
    if arguments.format == "json":
        from ...compiler.planfile import stamped, to_json

        write(to_json(stamped(compilation.plan, compilation.files)))
    else:
        from ..render.plan import render

        write(render(compilation.plan, session.style(sys.stdout, compilation)))
    return 2 if compilation.errors else 0


def _preview(session: Session, compilation: Compilation, plan: Plan) -> int:
    """What moving to another generation would change."""
    from ...compiler.preview import changes
    from ..render.preview import as_data, render

    other = compile_all(
        Session(
            session.arguments._replace(semantics=session.arguments.plan.against_semantics),
            session.host,
        )
    )
    if other.plan is None or other.errors:
        session.show(other, sys.stderr)
        return 2
    found = changes(plan, other.plan)
    if session.arguments.format == "json":
        import json

        write(json.dumps(as_data(plan, other.plan, found), indent=2, sort_keys=True) + "\n")
    else:
        write(render(plan, other.plan, found, session.style(sys.stdout, compilation)))
    return 2 if compilation.errors else 0


def _differences(session: Session, compilation: Compilation, plan: Plan) -> int:
    """Where the run differs from borgmatic's on purpose."""
    from ...compiler.divergences import divergences

    found = divergences(plan)
    if session.arguments.format == "json":
        import json

        data = {
            "format": "borgplan-differences",
            "version": 1,
            "differences": [{"name": d.name, "text": d.text} for d in found],
        }
        write(json.dumps(data, indent=2, sort_keys=True) + "\n")
    else:
        from textwrap import fill

        style = session.style(sys.stdout, compilation)
        lines = [
            fill(
                d.text,
                style.width,
                initial_indent=f"{d.name + ':':<13}",
                subsequent_indent=" " * 13,
            )
            for d in found
        ]
        write(
            "".join(f"{line}\n" for line in lines)
            or "This run has no occasion to differ from borgmatic's.\n"
        )
    return 2 if compilation.errors else 0


def _failures(session: Session, compilation: Compilation, plan: Plan) -> int:
    """What every single failure would do."""
    from ..render.failures import analysed, as_data, render

    answer = analysed(plan)
    if session.arguments.format == "json":
        import json

        write(json.dumps(as_data(plan, answer), indent=2, sort_keys=True) + "\n")
    else:
        write(render(plan, answer, session.style(sys.stdout, compilation)))
    return 2 if compilation.errors else 0


def _what_if(session: Session, compilation: Compilation, plan: Plan) -> int:
    """The run as it would go if the named steps failed."""
    from ..interpret import interpret
    from ..render.summary import as_data, render_supposed
    from ..runner import ScriptedRunner
    from ..what_if import faults

    results, problems = faults(plan, session.arguments.plan.fail)
    for problem in problems:
        print(f"borgplan plan: --fail: {problem}", file=sys.stderr)
    if problems:
        return 2
    runner = ScriptedRunner(results)
    report = interpret(plan, runner)
    if session.arguments.format == "json":
        import json

        data = as_data(plan, report, compilation.broken, report.exit_code)
        write(json.dumps(data, indent=2, sort_keys=True) + "\n")
    else:
        style = session.style(sys.stdout, compilation)
        write(render_supposed(plan, report, runner.told, style))
    return 2 if compilation.errors else 0
