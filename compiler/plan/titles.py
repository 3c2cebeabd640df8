"""How findings and reports name steps and lists of them."""

from __future__ import annotations

from collections.abc import Sequence

from .index import Index
from .model import Plan, Role, ScopeKind, Step
from .work import Form, OutputUse, Process, Request, Shell

_BORG = "borg "
_MOST = 60  # characters of a hook; more only hides the rest of the sentence


def of_borg(subcommand: str) -> str:
    """The title of a step that runs one of Borg's commands."""
    return f"{_BORG}{subcommand}"


def subcommand(step: Step) -> str:
    """Borg's subcommand, as `create`, by the step's title; empty for a step that runs none."""
    is_borg = step.role is Role.BORG and step.title.startswith(_BORG)
    return step.title.removeprefix(_BORG) if is_borg else ""


def named(step: Step, tree: Index) -> str:
    """A hook by the first line of its command, a Borg command by its subcommand and repository."""
    if isinstance(step.work, Shell):
        first, *more = step.work.written.strip().split("\n")
        if len(first) > _MOST:  # commands that belong together often differ at their ends
            first = f"{first[: _MOST // 2]} ... {first[-_MOST // 2 :]}"
        return f"`{first}{' ...' if more else ''}`"
    if isinstance(step.work, Request):
        return f"the message {step.work.summary}" if step.work.summary else step.title
    repository = tree.around(step.scope, ScopeKind.REPOSITORY)
    where = (repository.label or repository.name) if repository else ""
    return f"{step.title}{' of ' if where else ''}{where}"


def consents(plan: Plan) -> tuple[str, ...]:
    """What somebody has to agree to before a plan runs, in words."""
    works = [step.work for step in plan.steps]
    return tuple(work.consent for work in works if isinstance(work, Process) and work.consent)


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def shows(step: Step) -> bool:
    """Whether what a step prints is the answer that was asked for."""
    return isinstance(step.work, Process) and step.work.output.use is OutputUse.SHOW


def answer_form(step: Step) -> Form:
    """What a step answers with: text, too, where it is asked for nothing."""
    work = step.work
    if isinstance(work, Process) and work.output.use is OutputUse.SHOW:
        return work.output.form
    return Form.TEXT
