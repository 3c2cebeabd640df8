"""`borgplan notify --test`: each configured monitoring service is sent a message, and says whether it hears it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from ...compiler.analysis.messages import Messages, messages
from ...compiler.plan.command_text import command_text
from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import Plan, Step
from ...compiler.plan.words import Late, SecretOption, Value
from ...compiler.plan.work import OutputUse, Shell
from ...compiler.support.record import NamedTuple
from ..cli.options.action import add_to, options
from ..cli.options.common import add_configs, add_format, add_shaping, shaped_by
from ..engine.runner import AbortedError, Result, Runner
from ..engine.wording import ending
from ..process.guard import GuardedRunner
from ..process.runner import ProcessRunner
from ..process.signals import Signals
from ..report.style import Style
from ..run.session import Session, compile_all, say, write, write_json
from ..system.host import RealHost

_IT_IS_A_TEST = "this is a test by `borgplan notify --test`, nothing has failed"
_KEPT = (OutputUse.KEEP, OutputUse.LAST_LINE)
_GIVEN = {
    Late.ERROR: _IT_IS_A_TEST,
    Late.OUTPUT: _IT_IS_A_TEST,
    Late.REPOSITORY: "test",
    Late.LABEL: "test",
}


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--test", action="store_true", required=True,
        help="send a message to each service, now, and print what it answers")  # fmt: skip
    add("--failures", action="store_true",
        help="also send what a failed run would report, before the message of success")  # fmt: skip
    add_configs(parser)
    add_format(parser)
    add_shaping(parser)
    add_to(parser)


def run(namespace: argparse.Namespace) -> int:
    """0 if every service has taken its messages; 1 if one hasn't, or there is none; 2 without a plan."""
    configs = (*namespace.configs, *namespace.config)
    shaping = shaped_by(namespace, "notify", configs, options(namespace, ()))
    session = Session(shaping, RealHost())
    compilation = compile_all(session)
    session.show(compilation._replace(diagnostics=compilation.errors), sys.stderr)
    if compilation.plan is None:
        return 2
    asked = messages(compilation.plan, failures=namespace.failures)
    if not asked:
        say("borgplan notify: no monitoring service is configured: nothing was sent")
        return 1
    try:
        heard = send(compilation.plan, asked, compilation.secrets)
    except AbortedError as aborted:
        return 128 + aborted.number
    if namespace.format == "json":
        write_json([as_data(item) for item in heard])
    else:
        write(render(heard, session.style(sys.stdout)))
    return 0 if all(_took_it(answer.result) for item in heard for answer in item.answers) else 1


class Answer(NamedTuple):
    """What came of one message."""

    step: Step
    result: Result


class Heard(NamedTuple):
    """What one service said to its messages; those after one that a signal ended weren't sent."""

    messages: Messages
    answers: tuple[Answer, ...]


class _Nowhere:
    """A `Sink`: messages print nothing but what their results hold."""

    def output(self, data: bytes) -> None: ...

    def answer(self, data: bytes) -> None: ...


def send(plan: Plan, asked: Sequence[Messages], secrets: Mapping[SecretOption, str]) -> list[Heard]:
    """Send all of them, as a run does. Raises AbortedError."""
    heard = []
    with Signals() as signals:
        processes = ProcessRunner(
            plan.scratch, secrets, signals, _Nowhere(), plan.limits.grace, tell=say
        )
        processes.foresee(plan.steps)
        runner = GuardedRunner(processes)
        for item in asked:
            heard.append(Heard(item, tuple(_sent(item.steps, runner))))
            if runner.signal is not None:
                raise AbortedError(runner.signal)
    return heard


def _sent(steps: Sequence[Step], runner: Runner) -> list[Answer]:
    """To one service. What it answers may be needed for the next message: a session, for instance."""
    values: dict[Value, str] = dict(_GIVEN)
    answers = []
    for step in steps:
        if runner.signal is not None:
            break
        result = runner.run(step, values)
        work = step.work
        if not isinstance(work, Shell) and work.output.use in _KEPT:
            values[Value(step.id, work.output.name)] = result.captured
        answers.append(Answer(step, result))
    return answers


def _took_it(result: Result) -> bool:
    """A message that doesn't arrive is only a warning in a run; here it is what one wants to know."""
    return result.outcome is Outcome.DONE and result.code == 0


def render(heard: Sequence[Heard], style: Style) -> str:
    """Each message with what was said to it, for people."""
    lines = []
    for item in heard:
        only = " (gets failures only: a test failure was sent)" if item.messages.alarms_only else ""
        lines.append(
            style.paint(f"{item.messages.service} of {item.messages.configuration}{only}", "bold")
        )
        for step, result in item.answers:
            took = _took_it(result)
            mark = style.paint("taken ", "green") if took else style.paint("FAILED", "red")
            lines.append(f"  {mark}  {step.title}: {command_text(step)}")
            if not took:
                lines.append(f"          {ending(result)}")
            lines += [f"          {line}" for line in result.output.splitlines() if line.strip()]
    taken = sum(_took_it(answer.result) for item in heard for answer in item.answers)
    count = sum(len(item.answers) for item in heard)
    return "\n".join([*lines, f"{taken} of {count} messages were taken.", ""])


def as_data(heard: Heard) -> dict[str, object]:
    """The same, for programs."""
    return {
        "configuration": heard.messages.configuration,
        "service": heard.messages.service,
        "alarms_only": heard.messages.alarms_only,
        "messages": [
            {
                "step": step.id,
                "title": step.title,
                "taken": _took_it(result),
                "note": result.note,
                "answer": result.output,
                "seconds": round(result.seconds, 3),
            }
            for step, result in heard.answers
        ],
    }
