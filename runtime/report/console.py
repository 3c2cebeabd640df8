"""What a run says while it goes on: steps as they begin, their output as it comes; to the console, to
log files and, where nobody watches a terminal, to the system's log."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager

from ...compiler.plan.command_text import command_text, first_line
from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Scope, ScopeKind, Step
from ...compiler.plan.titles import answer_form, shows
from ...compiler.plan.work import Form, Shell
from ...compiler.shell.printable import printable
from ...compiler.support.record import TYPE_CHECKING, Protocol
from ..engine.runner import Result
from ..engine.wording import ending, subject
from .style import Paint, Style
from .wrapping import fitting
from .writer import Writer

if TYPE_CHECKING:
    from typing import IO

    from .answers import Answers

_LONGEST_LINE = 8192  # bytes that are held back until their line is complete


class Log(Protocol):
    """Takes whole lines."""

    def line(self, text: str, *, error: bool, step: str = "") -> None:
        """`step`: the id of the step that is running, if one is."""


class Console:
    """A `Reporter` and a `Sink`. Output of steps is passed on as it is, byte for byte.

    `quiet`: only of steps that fail. `plain`: for scripts, what steps print goes to standard output, and of steps
    that go well nothing is said unless `verbosity` is above 0. `answers_aside`: answers go to standard error, where standard
    output is for a report. `answers`: collects those in JSON, beside which nothing goes to standard output.
    `mute`: nothing is shown, all goes to `logs`.
    """

    def __init__(
        self,
        plan: Plan,
        style: Style,
        logs: Sequence[Log],
        *,
        quiet: bool,
        answers_aside: bool = False,
        answers: Answers | None = None,
        mute: bool = False,
        writer: Writer | None = None,
        plain: bool = False,
        verbosity: int = 1,
    ) -> None:
        self._tree = index(plan)
        self._numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self._style = style
        self._logs = logs
        self._quiet = quiet or (plain and verbosity < 0)
        self._titles = not self._quiet and (not plain or verbosity > 0)
        self._plain = plain
        self._heads = plain or self._answers_several(plan)
        self._answers_aside = answers_aside
        self._answers = answers
        self._mute = mute
        self._writer = writer or Writer()
        self._step = ""
        self._head = ""  # stands before the next answer
        self._stream: IO[str] | None = None  # for the step's output; None is standard error
        self._at_line_start = True
        self._partial = b""

    def started(self, step: Step) -> None:
        self._step = step.id
        self._writer.started(step)
        if self._answers is not None:
            self._answers.started(step)
        self._head = ""
        # Beside an answer, what Borg says is no part of what scripts read.
        is_read = self._plain and self._answers is None and not shows(step)
        self._stream = sys.stdout if is_read else None
        if self._heads and answer_form(step) is Form.TEXT and shows(step):
            self._head = self._heading(step)
        if not self._titles and not self._logs:
            return  # nobody is told: not even the words are put together
        self._say(
            f"{self._label(step)} {self._title(step)}",
            "bold",
            shown=self._titles,
            in_one_piece=isinstance(step.work, Shell),
        )

    def ended(self, step: Step, result: Result) -> None:
        self._finish_line()
        self._writer.ended(step)
        if self._answers is not None:
            self._answers.ended(step, result)
        self._say_how(step, result)
        self._step = ""

    def _say_how(self, step: Step, result: Result) -> None:
        if result.outcome is Outcome.SOFT:
            what = f"{subject(step)} {ending(result)}: what follows is skipped"
            self._say(f"{self._label(step)} {what}", "yellow")
        elif result.outcome is not Outcome.DONE:
            if self._quiet and result.output:
                self._show(f"{printable_lines(result.output)}\n")
            self._say(
                f"{self._label(step)} FAILED: {subject(step)} {ending(result)}", "red", error=True
            )
        elif result.code is not None and step.work.exits.is_warning(result.code):
            self._say(f"{self._label(step)} warning: {subject(step)} {ending(result)}", "yellow")
        elif result.note:
            self._say(f"{self._label(step)} {result.note}", "dim", shown=self._titles)

    def tell(self, text: str) -> None:
        """Something that concerns the run, while a step is running."""
        self._finish_line()
        self._say(text, "yellow")

    def aside(self, text: str) -> None:
        """How far the step is that is running: nothing that a log has to keep."""
        self._finish_line()
        self._show(f"{self._style.paint(printable(text), 'dim')}\n")

    def repeated(self, scope: Scope, attempt: int) -> None:
        wait = f" in {scope.retry.wait * attempt} s" if scope.retry.wait else ""
        self._say(f"Trying {scope.name} again{wait} ({attempt} of {scope.retry.times})", "yellow")

    def again(self, step: Step, attempt: int) -> None:
        wait = f" in {step.repeat.wait} s" if step.repeat.wait else ""
        text = f"Trying {subject(step)} again{wait} ({attempt} of {step.repeat.times})"
        self._say(f"{self._label(step)} {text}", "yellow")

    def output(self, data: bytes) -> None:
        """Of the step that is running."""
        if not self._quiet and not self._mute:
            self._writer.write(data, self._stream)
            self._at_line_start = data.endswith(b"\n")
        if self._logs:
            *lines, self._partial = (self._partial + data).split(b"\n")
            for line in lines:
                self._note(line.decode("utf-8", "replace"))
            self._partial = self._partial[-_LONGEST_LINE:]

    def answer(self, data: bytes) -> None:
        """Of a step that was asked a question: a result, to standard output."""
        if self._answers is not None and self._answers.takes(self._step):
            self._answers.add(self._step, data)
            return
        self._finish_line()
        is_aside = self._answers_aside or (
            self._answers is not None and not self._answers.streams(self._step)
        )
        if self._head:
            data, self._head = self._head.encode("utf-8", "backslashreplace") + data, ""
        self._writer.write(data, sys.stderr if is_aside else sys.stdout)

    def _finish_line(self) -> None:
        if self._partial:
            self._note(self._partial.decode("utf-8", "replace"))
        self._partial = b""
        if not self._at_line_start:
            self._writer.write(b"\n", self._stream)
        self._at_line_start = True

    def _say(
        self,
        text: str,
        colour: Paint,
        *,
        shown: bool = True,
        error: bool = False,
        in_one_piece: bool = False,
    ) -> None:
        """`in_one_piece`: a command, which somebody may copy."""
        text = printable(text)
        if shown:
            lines = [text] if in_one_piece else fitting(text, self._columns)
            self._show("".join(f"{self._style.paint(line, colour)}\n" for line in lines))
        self._note(text, error=error)

    @property
    def _columns(self) -> int | None:
        """Those of a terminal."""
        return self._style.columns

    def _show(self, text: str) -> None:
        if not self._mute:
            self._writer.write(text.encode("utf-8", "backslashreplace"))

    def _note(self, text: str, *, error: bool = False) -> None:
        for log in self._logs:
            log.line(text, error=error, step=self._step)

    def _answers_several(self, plan: Plan) -> bool:
        """Whether texts about several repositories follow one another."""
        around = {
            self._tree.name_of(step.scope, ScopeKind.REPOSITORY)
            for step in plan.steps
            if shows(step) and answer_form(step) is Form.TEXT
        }
        return len(around) > 1

    def _heading(self, step: Step) -> str:
        """Names the repository that an answer is about, and the action."""
        repository = self._tree.around(step.scope, ScopeKind.REPOSITORY)
        action = self._tree.name_of(step.scope, ScopeKind.ACTION)
        name = (repository.label or repository.name) if repository else ""
        return f"{printable(name)}: {action}\n" if name else ""

    def _label(self, step: Step) -> str:
        return f"[{self._numbers[step.id]}/{len(self._numbers)}]"

    def _title(self, step: Step) -> str:
        if isinstance(step.work, Shell):
            return first_line(command_text(step))
        return f"{subject(step)} {self._tree.name_of(step.scope, ScopeKind.REPOSITORY)}".rstrip(" ")


class LaneConsole(Console):
    """Of one of several children that run at the same time: whole lines, with its name before each."""

    def __init__(self, console: Console, name: str, guard: AbstractContextManager[object]) -> None:
        self.__dict__.update(vars(console))
        self._name = f"{printable(name)}: "
        self._guard = guard
        self._rest = b""

    def output(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._line(line)

    def _line(self, line: bytes) -> None:
        if not self._quiet and not self._mute:
            with self._guard:
                name = self._name.encode("utf-8", "backslashreplace")
                self._writer.write(name + line + b"\n")
        if self._logs:
            self._note(line.decode("utf-8", "replace"))

    def _finish_line(self) -> None:
        if self._rest:
            self._line(self._rest)
        self._rest = b""

    @property
    def _columns(self) -> int | None:
        return self._style.columns and self._style.columns - len(self._name)

    def _show(self, text: str) -> None:
        with self._guard:
            super()._show("".join(f"{self._name}{line}\n" for line in text.splitlines()))

    def _note(self, text: str, *, error: bool = False) -> None:
        super()._note(self._name + text, error=error)


def printable_lines(text: str) -> str:
    return "\n".join(printable(line) for line in text.splitlines())
