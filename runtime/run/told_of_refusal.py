"""A run that is refused is one that failed: the services of its files are told so, as the plan has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...compiler.driver.compile import Compilation
from ...compiler.driver.secret_values import secrets_of
from ...compiler.plan.conditions import End
from ...compiler.plan.model import GRACE_SECONDS, Plan, Role, Step, Trigger
from ...compiler.plan.words import Late, SecretOption, Value
from ...compiler.plan.work import kept_name
from ...compiler.shell.printable import printable
from ..cli.arguments import request_of
from ..engine.runner import AbortedError
from ..engine.wording import describe
from ..process.runner import ProcessRunner
from ..process.signals import Signals
from .session import Session, say

WHY = "the run was refused"


class _Nowhere:
    """What servers answer is no part of what a refused run says."""

    def output(self, data: bytes) -> None: ...

    def answer(self, data: bytes) -> None: ...


def tell_refusal(session: Session, compilation: Compilation, plan: Plan) -> None:
    """Send what the plan has for a failure around everything; say what nobody took."""
    steps = messages_of_refusal(plan)
    if not steps or session.arguments.apply.dry_run:
        return
    secrets = {**secrets_of(compilation.configurations, session.host), **compilation.secrets}
    _send(steps, secrets, "The refusal of the run could not be reported", WHY, plan.limits.grace)


def tell_unusable(session: Session, compilation: Compilation) -> None:
    """Send FAIL to the services of files that can't be run, as far as they can be read, and to those of the project
    file; say what nobody took."""
    if session.arguments.apply.dry_run:
        return
    lost = "That files can't be run could not be reported"
    why = f"can't be run: {', '.join(map(printable, compilation.broken))}"
    _send(compilation.alarms, compilation.secrets, lost, why)
    if compilation.generations is None:
        return
    from ...compiler.driver.unusable import unusable

    request = request_of(session.arguments)
    for file in unusable(compilation.broken, compilation.generations, session.host, request):
        lost = f"That {printable(file.path)} can't be run could not be reported"
        _send(file.steps, file.secrets, lost, "the configuration file can't be run")


def _send(
    steps: Sequence[Step],
    secrets: Mapping[SecretOption, str],
    lost: str,
    why: str,
    grace: int = GRACE_SECONDS,
) -> None:
    """`lost`: what is said where a message isn't taken. `why`: what services are told."""
    if not steps:
        return
    values: dict[Value, str] = {Late.ERROR: why}
    with Signals() as signals:
        runner = ProcessRunner((), secrets, signals, _Nowhere(), grace, tell=say)
        runner.foresee(steps)
        for step in steps:
            if runner.signal is not None:
                return
            try:
                result = runner.run(step, values)
            except AbortedError:
                return
            name = kept_name(step.work)
            if name is not None:
                values[Value(step.id, name)] = result.captured
            if result.code != 0:
                say(f"{lost}: {describe(step, result)}.")


def messages_of_refusal(plan: Plan) -> list[Step]:
    """The messages of a failure around everything, or of any of the whole run."""
    return [step for step in plan.steps if step.role is Role.NOTIFY and _tells_of_refusal(step)]


def _tells_of_refusal(step: Step) -> bool:
    condition = step.condition
    if condition is None:
        return step.trigger is Trigger.OWN
    return condition.end is End.FAILURE and not condition.steps
