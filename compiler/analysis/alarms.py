"""Alarm coverage: which failures somebody hears of.

An alarm is a message to a monitoring service that is sent only then, or a step that runs only after failures and does something else than to print, or to give back
what was taken. A ping that stays away tells too, to those who wait for it. This is what `plan --failures`,
`lint` and policies mean by "is told".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ..plan.conditions import End
from ..plan.model import Phase, Plan, Resume, Role, Step, Trigger
from ..plan.work import Shell
from ..plan.work import can_fail as work_can_fail
from ..shell.behind import behind, code
from ..shell.lexer import MAX_CHARACTERS, SPEAKING, Words, program, simple_commands
from ..shell.lists import deciding
from ..shell.printing import only_prints, plainly, prints
from ..shell.telling import ASKING, fetches, tells
from ..support.record import NamedTuple
from .claims import claims_of
from .failure_records import Failure, Failures, Stretch

_HARMLESS = frozenset(("echo", "printf", "true", ":"))
# They tidy up after a failure, whatever they are given, and tell nobody.
_TIDYING = frozenset(
    ("kill", "pkill", "killall", "find", "chown", "chmod", "chgrp", "mkdir", "sync", "borg", "borgmatic",
     "borgplan", "umount", "fusermount", "fusermount3", "rm", "rmdir", "modprobe", "losetup", "vgchange",
     "sysctl", "udevadm", "udisksctl", "fuser", "lsof", "cp", "mv", "ln", "rsync", "install", "tar", "gzip")
)  # fmt: skip
_FLAGGING = frozenset(("touch", "tee"))  # a file that is there after failures can be watched


class Some:
    """Those of ascending numbers that stand in some stretches of places: as many as there are of them, in as
    little memory as there are stretches."""

    __slots__ = ("_numbers", "_stretches")

    def __init__(self, numbers: Sequence[int], stretches: Sequence[Stretch]) -> None:
        self._numbers = numbers
        self._stretches = [(first, end) for first, end in stretches if first < end]

    def __iter__(self) -> Iterator[int]:
        return (self._numbers[n] for first, end in self._stretches for n in range(first, end))

    def __bool__(self) -> bool:
        return bool(self._stretches)

    @property
    def last(self) -> int:
        return self._numbers[self._stretches[-1][1] - 1]


class Told(NamedTuple):
    """Who hears of a failure: `alarms` that run, `missed` pings that don't; numbers of steps from 0."""

    failure: Failure
    alarms: tuple[int, ...]
    missed: Some

    @property
    def silent(self) -> bool:
        return not (self.alarms or self.missed)


def told(plan: Plan, found: Failures) -> list[Told]:
    """For each of `found.all`, in that order; the same whichever of its steps fails."""
    alarming = frozenset(
        n for n, step in enumerate(plan.steps) if not found.usual[n] and is_alarm(step)
    )
    pings = [n for n, step in enumerate(plan.steps) if found.usual[n] and _pings(step)]
    answers = []
    for failure in found.all:
        failing = failure.steps[-1]
        called = found.called(failure, failing) if alarming else ()
        alarms = tuple(n for n in called if n in alarming)
        answers.append(Told(failure, alarms, _missed(pings, found, failure, failing)))
    return answers


def _missed(pings: list[int], found: Failures, failure: Failure, failing: int) -> Some:
    stretches = [(failing + 1, failure.until), *failure.skipped] if pings else []
    places = [(bisect_left(pings, first), bisect_left(pings, end)) for first, end in stretches]
    if failure.goes_on and places:  # some of the first stretch run all the same
        first, end = places[0]
        left_out = (n for n in range(first, end) if not found.runs(failure, failing, pings[n]))
        places[:1] = [(n, n + 1) for n in left_out]
    return Some(pings, places)


def hurdles(plan: Plan, found: Failures, answer: Told) -> tuple[int, ...]:
    """The steps called before all of its alarms that would keep them from running by a failure of their own.

    As in a list that begins with `umount`: if nothing was mounted yet, it ends there.
    """
    if not answer.alarms or answer.missed:
        return ()
    alarms = [plan.steps[n] for n in answer.alarms]
    list_of_first = alarms[0].scope, alarms[0].phase
    if any((step.scope, step.phase) != list_of_first for step in alarms):
        return ()
    called = found.called(answer.failure, answer.failure.steps[-1])
    before = [(n, plan.steps[n]) for n in called if n < answer.alarms[0]]
    return tuple(
        n
        for n, step in before
        if (step.scope, step.phase) == list_of_first
        and step.on_hard.resume is not Resume.NEXT
        and can_fail(step)
        and not _forgives(step)
    )


def is_alarm(step: Step) -> bool:
    """Whether a step that runs after failures says so to anybody, a log included.

    What it prints only reaches who looks at the run, and giving back what was taken tells nothing.
    """
    if step.role is Role.NOTIFY:
        if step.condition is not None:
            return step.condition.end in (End.FAILURE, End.SOFT_FAILURE)
        return step.trigger in (Trigger.FAILED, Trigger.OWN)
    return isinstance(step.work, Shell) and _is_alarm(step.work.written)


def _is_alarm(text: str) -> bool:
    if only_prints(text):
        return False
    return len(text) > MAX_CHARACTERS or any(map(_is_alarming, simple_commands(plainly(text))))


def _is_alarming(words: Words) -> bool:
    """Of a simple command. A redirection of what is printed is a command `>` here, and writes a log."""
    if words[0] == ">":
        return True
    if prints(words):
        return False
    words = behind(words)
    name = program(words[0])
    if tells(words) or name in ASKING | SPEAKING:
        return True
    inner = " ".join(words[1:]) if name == "eval" else code(words)
    if inner is not None:  # of several words it is among the commands itself
        return inner.split() == [inner] and _is_alarm(inner)
    return name in _FLAGGING or not (name in _TIDYING or claims_of(words))


def can_fail(step: Step) -> bool:
    """False for a hook that only prints something or does nothing."""
    if not isinstance(step.work, Shell):
        return work_can_fail(step.work)
    commands = simple_commands(step.work.written)
    return not commands or not {program(words[0]) for words in commands} <= _HARMLESS


def _forgives(step: Step) -> bool:
    """Whether it ends well whatever happens, as by `umount /mnt || true`."""
    if not isinstance(step.work, Shell):
        return False
    text = step.work.written
    return len(text) <= MAX_CHARACTERS and next(deciding(text), None) is None


def _pings(step: Step) -> bool:
    """Whether somebody may wait for what a step says; what is only fetched is no sign of life."""
    if step.role is Role.NOTIFY:
        if step.condition is not None and step.condition.quiet is not None:
            return False  # it stays away at times although all is well
        return step.phase is Phase.RECOVER  # without which the service takes it for failed
    if not isinstance(step.work, Shell) or not any(p in step.work.written for p in ASKING):
        return False
    return any(
        program(behind(words)[0]) in ASKING and not fetches(words)
        for words in simple_commands(step.work.written)
        if behind(words)
    )
