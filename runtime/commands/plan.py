"""`borgplan plan`: show what `apply` would run; other views of it are in `plan_views`."""

from __future__ import annotations

import sys
from shlex import join, quote

from ...compiler.borg.action_options import ActionOptions
from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan
from ..cli.arguments import Arguments, request_of
from ..run.refusals import verdict
from ..run.session import (
    Session,
    compile_all,
    left_out,
    refused_for_debts,
    say,
    session_of,
    write,
)


def run(arguments: Arguments) -> int:
    """0 for a plan of all files that `apply` would run, 1 for one that it would refuse or run without one of
    them, 2 if a file has errors or the arguments don't fit."""
    session = session_of(arguments)
    compilation = _asked_for(session)
    if compilation is None or compilation.plan is None:
        return 2
    if is_view(arguments):
        from .plan_views import view

        return view(session, compilation, compilation.plan)
    if arguments.plan.output and not _may_save(
        arguments.plan.output, compilation, compilation.plan
    ):
        return 2
    if arguments.format == "json":
        from ...compiler.plan.as_json import stamped, to_json

        plan = compilation.plan
        write(to_json(plan if plan.inputs else stamped(plan, compilation.files)))
    else:
        from ..render.plan import render

        style = session.style(sys.stdout, compilation)
        write(render(compilation.plan, style, every=arguments.plan.verbose))
        write(_since_the_last_run(session, compilation.plan))
        if lines := refused_for_debts(session, compilation.plan):
            write(f"\n{lines}")
        if arguments.plan.jobs > 1:
            from ...compiler.analysis.concurrency import overlap
            from ..journal.locks import real_location
            from ..render.overlap import render as render_overlap

            found = overlap(compilation.plan, real_location)
            write("\n" + render_overlap(compilation.plan, found, arguments.plan.jobs))
    if arguments.plan.output:
        return _save(session, compilation, compilation.plan)
    return verdict(session, compilation, compilation.plan)


def _asked_for(session: Session) -> Compilation | None:
    """The configurations compiled, or the plan that a file holds; None after saying why not."""
    from ..journal.saved_plans import is_plan

    asked = session.arguments
    if not any(is_plan(path) for path in asked.configs):
        compilation = compile_all(session, to_run=True, claims=_needs_claims(asked))
        session.show(compilation, sys.stderr)
        for line in left_out(session):
            say(line)
        return compilation
    is_saved_again = asked.plan.output and asked.format in ("text", "json")
    if len(asked.configs) > 1 or asked.plan.against_semantics or is_saved_again:
        say("borgplan plan: a saved plan is shown alone and unchanged")
        return None
    from ...compiler.analysis.graph import verify
    from ...compiler.source.diagnostic import Diagnostics
    from ..journal.saved_plans import load_plan

    found = Diagnostics()
    plan = load_plan(asked.configs[0], session.host, found)
    if plan is None:
        session.complain(found)
        return None
    broken = verify(plan)
    for promise in broken:
        say(f"borgplan plan: the plan is unsound: {promise.rule} ({promise.subject})")
    return None if broken else Compilation(plan, (), (), (), {}, {}, {})


def _needs_claims(arguments: Arguments) -> bool:
    """Whether anything but the steps themselves is shown or written."""
    shown = arguments.plan
    return bool(
        arguments.format != "text" or shown.output or shown.jobs > 1 or arguments.policies
        or is_view(arguments)
    )  # fmt: skip


def is_view(arguments: Arguments) -> bool:
    """Whether something else is shown than the plan as text or JSON."""
    shown = arguments.plan
    questions = (
        shown.against_semantics,
        shown.differences,
        shown.failures,
        shown.summary,
        shown.fail,
    )
    return bool(any(questions) or shown.script or arguments.format in ("html", "markdown"))


def _may_save(path: str, compilation: Compilation, plan: Plan) -> bool:
    """Whether there is a whole, sound plan, and room for it; says why not."""
    from ...compiler.analysis.graph import verify
    from ..journal.saved_plans import cannot_be_written

    problems = [f"the plan is unsound: {b.rule} ({b.subject})" for b in verify(plan)]
    if compilation.broken:
        problems.append("files with errors, or skipped ones, would be missing from it")
    if problem := cannot_be_written(path):
        problems.append(f"{path} {problem}")
    for problem in problems:
        say(f"The plan is not saved: {problem}.")
    return not problems


def _save(session: Session, compilation: Compilation, plan: Plan) -> int:
    from ...compiler.driver.saved_plan import to_text
    from ..journal.saved_plans import saved
    from ..system.files import replace
    from ..system.host import reason

    path = session.arguments.plan.output
    kept = saved(compilation, plan, request_of(session.arguments), session.host.home)
    try:
        replace(path, to_text(kept).encode())
    except (OSError, ValueError) as error:
        say(f"borgplan plan: -o {path}: {reason(error)}")
        return 2
    line = f"Saved as {path}. Run it with: borgplan apply {quote(path)}"
    if session.arguments.format == "json":
        say(line)
    else:
        write(f"\n{line}\n")
    return verdict(session, compilation, plan)


def _since_the_last_run(session: Session, plan: Plan) -> str:
    """A line on how the plan differs from the one that was run last; nothing if it doesn't."""
    from ..journal.kept_plans import difference, path_of

    arguments = session.arguments
    if arguments.elsewhere:
        return ""
    words = difference(plan, path_of(request_of(arguments), session.host))
    if not words:
        return ""
    return f"\n{words}{_told_by(arguments)}\n"


def _told_by(arguments: Arguments) -> str:
    """Which command shows the difference; nothing for options of single actions, which would be many."""
    if arguments.options != ActionOptions():
        return ""
    names = ",".join(action.value for action in arguments.actions)
    flags = (
        ("-a", names),
        ("-r", arguments.repository),
        ("--semantics", arguments.semantics),
        ("--project", arguments.project),
        *(("--set", setting) for setting in arguments.overrides),
    )
    given = [word for flag, value in flags if value for word in (flag, value)]
    return f"; {join(['borgplan', 'diff', 'last', *arguments.configs, *given])} shows them"
