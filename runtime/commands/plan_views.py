"""What `plan` shows in place of the plan as text or JSON: answers to questions about it, pages, a script."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager, suppress

from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan
from ...compiler.support.record import TYPE_CHECKING
from ..run.output_file import deliver
from ..run.refusals import verdict
from ..run.session import Session, compile_all, say, write, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..engine.conditions import Past
    from ..report.style import Style


def view(session: Session, compilation: Compilation, plan: Plan) -> int:
    """What the arguments ask for; the exit code as for a plan."""
    asked = session.arguments.plan
    if session.arguments.format in ("html", "markdown"):
        return _page(session, compilation, plan)
    if asked.against_semantics:
        return _preview(session, compilation, plan)
    if asked.differences:
        return _differences(session, compilation, plan)
    if asked.failures:
        return _failures(session, compilation, plan)
    if asked.summary:
        return _summary(session, compilation, plan)
    if asked.script:
        return _script(session, compilation, plan)
    return _what_if(session, compilation, plan)


def _page(session: Session, compilation: Compilation, plan: Plan) -> int:
    """The plan for a browser, or for a pull request."""
    if session.arguments.format == "html":
        from ..render.page.explorer import explorer

        page = explorer(plan, compilation.broken)
    else:
        from ..render.markdown import as_markdown

        page = as_markdown(plan, compilation.broken)
    written = deliver("plan", page, session.arguments.plan.output)
    return verdict(session, compilation, plan) if written else 2


def _preview(session: Session, compilation: Compilation, plan: Plan) -> int:
    """What moving to another generation would change."""
    from ...compiler.diff.upgrade import changes
    from ..render.preview import as_data, render

    other = compile_all(
        Session(
            session.arguments._replace(semantics=session.arguments.plan.against_semantics),
            session.host,
        ),
        to_run=True,
    )
    new = other.plan
    if new is None or other.errors:
        session.show(other, sys.stderr)
        return 2
    found = changes(plan, new)
    return _answer(
        session,
        compilation,
        plan,
        lambda: as_data(plan, new, found),
        lambda style: render(plan, new, found, style),
    )


def _differences(session: Session, compilation: Compilation, plan: Plan) -> int:
    """Where the run differs from borgmatic's on purpose."""
    from ...compiler.semantics.divergences import divergences
    from ..render.divergences import as_data, render

    found = divergences(plan)
    return _answer(
        session, compilation, plan, lambda: as_data(found), lambda style: render(found, style)
    )


def _failures(session: Session, compilation: Compilation, plan: Plan) -> int:
    """What every single failure would do."""
    from ..render.failure_text import render
    from ..render.failures import analysed, as_data

    every = session.arguments.plan.verbose
    found = analysed(plan)
    return _answer(
        session,
        compilation,
        plan,
        lambda: as_data(plan, found),
        lambda style: render(plan, found, style, every=every),
    )


def _summary(session: Session, compilation: Compilation, plan: Plan) -> int:
    """The plan on a page."""
    from ..render.outline import as_data, render

    return _answer(
        session, compilation, plan, lambda: as_data(plan), lambda style: render(plan, style)
    )


def _script(session: Session, compilation: Compilation, plan: Plan) -> int:
    """The bare commands."""
    from ..render.script import render

    write(render(plan))
    return verdict(session, compilation, plan)


def _what_if(session: Session, compilation: Compilation, plan: Plan) -> int:
    """The run as it would go if the named steps failed."""
    from ..engine.walk import interpret
    from ..engine.what_if import SupposingRunner, faults
    from ..render.summary import as_data, render_supposed

    results, problems = faults(plan, session.arguments.plan.fail)
    for problem in problems:
        say(f"borgplan plan: --fail: {problem}")
    if problems:
        return 2
    runner = SupposingRunner(plan, results)
    with _past(session, plan) as past:
        report = interpret(plan, runner, past=past)
    return _answer(
        session,
        compilation,
        plan,
        lambda: as_data(plan, report, compilation.broken, report.exit_code, runner.reasons),
        lambda style: render_supposed(
            plan, report, results, runner.told, style, runner.reasons, runner.held
        ),
    )


@contextmanager
def _past(session: Session, plan: Plan) -> Iterator[Past | None]:
    """What the journal says of earlier runs, for messages that depend on them; None where it says nothing."""
    if session.arguments.elsewhere or all(step.condition is None for step in plan.steps):
        yield None
        return
    from ..journal.past import JournalPast
    from ..journal.store import UnusableError, open_for_reading
    from ..system.paths import journal_path

    connection = None
    with suppress(UnusableError):
        connection = open_for_reading(journal_path(session.host.environment, session.host.home))
    if connection is None:
        yield None
        return
    with closing(connection) as known:
        yield JournalPast(lambda question: question(known))


def _answer(
    session: Session,
    compilation: Compilation,
    plan: Plan,
    data: Callable[[], object],
    text: Callable[[Style], str],
) -> int:
    """The answer to a question about a plan, in the format that was asked for; the exit code."""
    if session.arguments.format == "json":
        write_json(data())
    else:
        write(text(session.style(sys.stdout, compilation)))
    return verdict(session, compilation, plan)
