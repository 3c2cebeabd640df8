"""`plan --script`: the commands of a plan as a POSIX shell script, for who wants to see them bare.

On the way on which nothing fails it runs what `apply` runs, in the same order. After a failure it ends, where `apply`
may go on, and runs the cleanups and error hooks of what it was in. What else it can't do is said in its comments.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from ...compiler.analysis.failures import is_usual
from ...compiler.plan.command_text import command_text
from ...compiler.plan.exits import FIRST_DEATH, ExitCodes
from ...compiler.plan.index import index
from ...compiler.plan.model import (
    Failed,
    Phase,
    Plan,
    Resume,
    Scope,
    ScopeKind,
    Status,
    Step,
    Trigger,
)
from ...compiler.plan.titles import consents, named
from ...compiler.plan.words import Value
from ...compiler.plan.work import (
    LAST_LINE,
    OutputUse,
    Process,
    Request,
    Shell,
    process_of,
    values_in,
)
from ...compiler.shell.printable import printable
from .diagnostics import place
from .plan_preamble import summary
from .script_words import CannotError, Surroundings, Words, surroundings
from .step_notes import limits

_HEAD = """\
#!/bin/sh
# {summary}.
#
# Written by `borgplan plan --script`: the same commands in the same order. What `borgplan apply` does and this
# script doesn't:
# - After a failure it runs cleanups and error hooks, and ends; `apply` continues with the next repository or file.
# - No journal, no `recover` or `resume`; no locks between runs; no retries, time limits or parallel runs.
# - Exit code 75 of a hook ends the script without an error, after the cleanups.
# - Borg's evidence isn't read: an archive counts as made if Borg ends with 0 or a warning.
# - No messages to monitoring services, no dates of checks, no logs, no masks over secrets in what is printed.
# shellcheck disable=SC2016,SC2089,SC2090  # what is in quotes is meant literally
# shellcheck disable=SC2034  # some values are for steps that aren't done
# shellcheck disable=SC2030,SC2031  # variables are for one command
# shellcheck disable=SC2317,SC2329  # functions below are called by their names in $open
set -eu

stop() {{ printf '%s\\n' "$*" >&2; exit 2; }}
omitted() {{ printf 'step %s is not done by this script: %s\\n' "$1" "$2" >&2; }}

# warning CODE FIRST-LAST...: whether an exit code is only a warning.
warning() {{
    code=$1
    shift
    for range in "$@"; do
        [ "$code" -lt "${{range%-*}}" ] || [ "$code" -gt "${{range#*-}}" ] || return 0
    done
    return "$code"
}}
"""
_TRAP = """\
scratch=$(mktemp -d "${TMPDIR:-/tmp}/borgplan-script.XXXXXX")
step=0
open=  # what has to run after a failure, the innermost first

ended() {
    code=$?
    trap - EXIT
    trap '' HUP INT TERM
    set +e
    if [ "$code" -ne 0 ]; then
        BORGPLAN_ERROR="step $step ended with exit code $code"
        export BORGPLAN_ERROR
        [ "$code" -eq 75 ] || printf '%s\\n' "$BORGPLAN_ERROR" >&2
        for undo in $open; do "$undo"; done
    fi
    rm -rf "$scratch"
    [ "$code" -ne 75 ] || code=0
    exit "$code"
}
trap ended EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
"""


def render(plan: Plan) -> str:
    """The script; it holds no secret."""
    return "\n".join(_Script(plan).lines()) + "\n"


class _Script:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._tree = index(plan)
        self._number = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self._place = {scope.id: number for number, scope in enumerate(plan.scopes, 1)}
        self._words = Words(plan)
        self._surroundings: dict[Surroundings, int] = {}
        self._missing: dict[int, str] = {}  # why, by the number of the step
        self._open = ""  # what runs after a failure, where the script is written

    def lines(self) -> Iterator[str]:
        """What comes last tells what has to come first: functions, secrets, scratch files."""
        body = list(self._scope(self._tree.root))
        undo = [line for scope in self._plan.scopes for line in self._undo(scope)]
        files = list(self._words.files())
        yield _HEAD.format(summary=printable(summary(self._plan)))
        for consent in dict.fromkeys(consents(self._plan)):
            what = f"this {consent}; set BORGPLAN_CONSENT=yes to agree"
            yield f'[ "${{BORGPLAN_CONSENT-}}" = yes ] || stop {shlex.quote(printable(what))}'
        for number, why in self._missing.items():
            what = f"step {number} can't be done by a script: {why}; set BORGPLAN_INCOMPLETE=yes to run the others"
            yield f'[ "${{BORGPLAN_INCOMPLETE-}}" = yes ] || stop {shlex.quote(printable(what))}'
        yield from self._words.secrets.lines()
        yield from self._late()
        yield _TRAP
        yield from files
        for around, number in self._surroundings.items():
            yield f"\n# Borg's environment.\nwith_{number}() ("
            yield from (f"    {line}" for line in around.lines)
            yield ")"
        yield from undo
        yield from body

    def _late(self) -> Iterator[str]:
        """Variables that hooks are given in a run; only the error is known here."""
        works = (step.work for step in self._plan.steps)
        names = dict.fromkeys(name for w in works if isinstance(w, Shell) for name, _ in w.late)
        if names:
            yield "# Late values: in a script they are empty, but for the error."
        for name in names:
            yield f"{name}=; export {name}"

    def _undo(self, scope: Scope) -> Iterator[str]:
        """Functions for what runs once a scope has failed: its after-hooks, then its error hooks."""
        for phase in (Phase.EXIT, Phase.RECOVER):
            steps = self._failing(scope, phase)
            if steps:
                yield f"\n{_function(phase)}_{self._place[scope.id]}() {{"
                for step in steps:
                    lines = self._step(step, "return" if _ends(step) else ":")
                    yield from (f"    {line}" for line in lines)
                yield "}"

    def _failing(self, scope: Scope, phase: Phase) -> list[Step]:
        steps = self._tree.steps_of(scope, phase)
        return [step for step in steps if _after_failure(step)]

    def _scope(self, scope: Scope) -> Iterator[str]:
        yield f"\n# {printable(_title(scope))}"
        yield from self._usual(scope, Phase.ENTER)
        yield from self._usual(scope, Phase.BODY)
        for child in self._tree.children_of(scope):
            has_steps = any(self._tree.steps_of(child, phase) for phase in Phase)
            if has_steps or child.kind is not ScopeKind.ACTION:
                yield from self._scope(child)
        yield from self._usual(scope, Phase.EXIT)
        yield from self._usual(scope, Phase.RECOVER)

    def _usual(self, scope: Scope, phase: Phase) -> Iterator[str]:
        for step in self._tree.steps_of(scope, phase):
            if is_usual(step):
                called = " ".join(self._called(step))
                if called != self._open:
                    self._open = called
                    yield f'open="{called}"'
                yield from self._step(step, "")

    def _called(self, step: Step) -> Iterator[str]:
        """The functions that run if a step fails, the innermost first."""
        resume, phase = step.on_hard.resume, step.phase
        for scope in self._tree.with_ancestors(step.scope):
            if phase in (Phase.ENTER, Phase.BODY) and resume not in (Resume.LEAVE, Resume.END):
                yield from self._function_of(scope, Phase.EXIT)
            if phase is not Phase.RECOVER and resume is not Resume.END:
                yield from self._function_of(scope, Phase.RECOVER)
            if scope.parent is not None:
                parent = self._tree.scopes[scope.parent]
                resume, phase = parent.on_child_failed.resume, Phase.BODY

    def _function_of(self, scope: Scope, phase: Phase) -> Iterator[str]:
        if self._failing(scope, phase):
            yield f"{_function(phase)}_{self._place[scope.id]}"

    def _step(self, step: Step, otherwise: str) -> Iterator[str]:
        """A step as a command. `otherwise`: what follows its failure; empty to end the script."""
        number = self._number[step.id]
        notes = f"; {limits(step)}" if limits(step) else ""
        yield f"# {number}  {printable(named(step, self._tree))} ({place(step.origin)}){printable(notes)}"
        try:
            command = self._command(step)
        except CannotError as error:
            if not isinstance(step.work, Request):
                self._missing[number] = str(error)
            yield from (f"#   {printable(line)}" for line in command_text(step).split("\n"))
            yield f"omitted {number} {shlex.quote(printable(str(error)))}"
            return
        yield f"step={number}"
        yield f"{command} || {otherwise}" if otherwise else command
        if isinstance(step.work, Process) and step.work.output == LAST_LINE:
            variable = self._words.keep(Value(step.id, LAST_LINE.name))
            yield f"{variable}=$(printf '%s\\n' \"${variable}\" | tail -n 1)"

    def _command(self, step: Step) -> str:
        """Raises CannotError."""
        match step.work:
            case Request():
                raise CannotError("it is a message")
            case Shell() as work:
                return self._shell(work)
            case Process() as work:
                return self._process(step, work)

    def _shell(self, work: Shell) -> str:
        text = f"sh -c {self._words.word(work.script)}"
        before = [f"umask {work.umask:04o}"] if work.umask is not None else []
        if work.directory is not None:
            before.append(f"cd {self._words.word(work.directory)} || exit")
        return f"( {'; '.join([*before, text])} )" if before else text

    def _process(self, step: Step, work: Process) -> str:
        if work.feeds:
            raise CannotError("dumps are read from pipes that borgplan watches")
        if work.spot is not None:
            raise CannotError("it compares what earlier steps have found")
        parts = [f"{self._with(one)} {self._words.text(one.argv)}" for one in _pipeline(work)]
        text = " | ".join(parts)
        if work.output.use is OutputUse.DISCARD:
            text = f"{text} > /dev/null"
        if work.output.use in (OutputUse.KEEP, OutputUse.LAST_LINE):
            variable = self._words.keep(Value(step.id, work.output.name))
            text = f"{variable}=$({text})"
        needed = {self._words.keep(value): None for value, spared in values_in(work) if not spared}
        without = "exit 1" if work.required else "true"
        missing = "".join(f'if [ -z "${name}" ]; then {without}; else ' for name in needed)
        return f"{missing}{text}{_warnings(work.exits)}{'; fi' * len(needed)}"

    def _with(self, work: Process) -> str:
        """The function that gives a process its surroundings."""
        around = surroundings(work, self._words)
        return f"with_{self._surroundings.setdefault(around, len(self._surroundings) + 1)}"


def _pipeline(work: Process) -> Iterable[Process]:
    return (*map(process_of, work.upstream), work)


def _warnings(exits: ExitCodes) -> str:
    """What lets a command end with a code that is only a warning."""
    ranges = [
        f"{low}-{min(high, FIRST_DEATH - 1)}" for low, high in exits.warning if low < FIRST_DEATH
    ]
    return f" || warning $? {' '.join(ranges)}" if ranges else ""


def _after_failure(step: Step) -> bool:
    if step.condition is not None or step.trigger in (Trigger.OWN, Trigger.WELL, Trigger.UNFAILED):
        return False
    return step.trigger.fits(Status.FAILED, Failed.WITHIN)


def _ends(step: Step) -> bool:
    """Whether a failure of it ends its list."""
    return step.on_hard.resume is not Resume.NEXT


def _function(phase: Phase) -> str:
    return "after" if phase is Phase.EXIT else "recover"


def _title(scope: Scope) -> str:
    if scope.kind is ScopeKind.RUN:
        return "everything"
    label = f" ({scope.label})" if scope.label else ""
    return f"{scope.kind.value} {scope.name}{label}"
