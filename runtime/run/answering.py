"""What was asked of Borg and is answered with JSON: collected during a run, written after it."""

from __future__ import annotations

from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan
from ...compiler.plan.titles import answer_form
from ...compiler.plan.work import Form
from ...compiler.support.record import TYPE_CHECKING
from .session import Session, say, write

if TYPE_CHECKING:
    from ..report.answers import Answers


def answers_of(session: Session, compilation: Compilation, plan: Plan) -> Answers | None:
    """Where a plan's answers are JSON and no report takes their place."""
    if session.arguments.format == "json":
        return None
    if all(answer_form(step) is Form.TEXT for step in plan.steps):
        return None
    from ..report.answers import Answers

    asked = session.arguments.apply
    return Answers(
        plan,
        incomplete=bool(compilation.broken),
        always_array=asked.plain,
        dry_run=asked.dry_run,
    )


def answer(answers: Answers, exit_code: int) -> int:
    """Write what was asked for; the exit code, which is no success where an answer is none."""
    for problem in answers.problems:
        say(f"borgplan: {problem}: skipped.")
    write(answers.text())
    return exit_code or (1 if answers.problems else 0)
