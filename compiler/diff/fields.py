"""In what two steps, or two scopes, differ that belong together: each thing by name, before and after.

Every field counts but those that say where something is written, why, and under which id; a field that
has no words of its own here is told as it is.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator

from ..plan.command_text import command_text, feed_text, words_text
from ..plan.conditions import Condition, in_words
from ..plan.evidence import Product
from ..plan.exits import ExitCodes
from ..plan.feeds import Feed
from ..plan.model import Effect, Repeat, Resume, Retry, Scope, ScopeKind, Status, Step, Trigger
from ..plan.words import (
    ScratchPath,
    SecretCommand,
    SecretFile,
    SecretOption,
    Value,
    text_of,
)
from ..plan.work import Output, Process, Request, Shell
from ..support.enums import Enum
from ..support.record import NamedTuple
from .renaming import Names, renamed


class FieldChange(NamedTuple):
    """One thing that is different; an empty text is nothing."""

    name: str
    old: str
    new: str


_NAMES = {
    "trigger": "runs",
    "condition": "is sent",
    "on_soft": "on soft failure (exit 75)",
    "on_hard": "on failure",
    "name": "name",
    "timeout": "time limit",
    "repeat": "retries",
    "exits": "exit codes",
    "late": "filled in",
    "passphrase": "passphrase",
    "output": "output",
    "records": "records",
    "required": "needs its archive",
    "once": "must not run twice",
    "evidence": "evidence",
    "proof": "required evidence",
    "leaves": "required files",
    "feeds": "dumps",
    "on_child_skipped": "on soft failure (exit 75) within it",
    "on_child_failed": "on failure within it",
    "retry": "retries",
}
# Where a thing is and why, which is no difference; `script` and `argv` are told as the command.
_OF_NO_MATTER = frozenset(
    {
        "id",
        "scope",
        "parent",
        "phase",
        "reason",
        "origin",
        "hook",
        "kind",
        "title",
        "role",
        "claims",
    }
)
_TRIGGERS = {
    Trigger.SUCCESS: "if nothing failed before",
    Trigger.FAILURE: "only after a failure",
    Trigger.ALWAYS: "also after failures",
    Trigger.WELL: "if nothing within failed, not even softly",
    Trigger.UNFAILED: "if nothing within failed but softly",
    Trigger.FAILED: "if any step within failed",
    Trigger.OWN: "if a step of the scope itself failed",
    Trigger.ENDED: "in any case",
}
STATUSES = {
    None: "status unchanged",
    Status.OK: "status ok",
    Status.SKIPPED: "status skipped",
    Status.FAILED: "status failed",
}
RESUMES = {
    Resume.NEXT: "next step runs",
    Resume.PHASE: "rest of the list skipped",
    Resume.EXIT: "continues with the after-hooks that apply",
    Resume.LEAVE: "after-hooks skipped, error hooks apply",
    Resume.END: "all remaining steps are skipped",
}


def step_fields(old: Step, new: Step, names: Names) -> Iterator[FieldChange]:
    """What differs but the place."""
    yield from _work(old, new, names)
    yield from _fields(old, new, "work")


def scope_fields(old: Scope, new: Scope) -> Iterator[FieldChange]:
    """What differs but the place; the name of a file doesn't count, since nothing depends on it."""
    own = ("name",) if old.kind is new.kind is ScopeKind.CONFIGURATION else ()
    yield from _fields(old, new, *own)


def _fields(old: NamedTuple, new: NamedTuple, *without: str) -> Iterator[FieldChange]:
    for name, one, other in zip(old._fields, old, new, strict=True):
        if one != other and name not in _OF_NO_MATTER and name not in without:
            told = _UNITS.get(name, _words)
            yield FieldChange(_NAMES.get(name, name), told(one), told(other))


def _work(old: Step, new: Step, names: Names) -> Iterator[FieldChange]:
    before, after = old.work, new.work
    if isinstance(before, Process) and isinstance(after, Process) and before != after:
        before, after = renamed(before, {}), renamed(after, names)
    if type(before) is not type(after):
        yield FieldChange("command", command_text(old), command_text(new))
    elif isinstance(before, Shell) and isinstance(after, Shell):
        told = ["script", "written"]
        if before.written != after.written:
            yield FieldChange("command", before.written.strip("\n"), after.written.strip("\n"))
            told.append("late")  # it follows from the text
        elif before.script != after.script:
            yield FieldChange("command", command_text(old), command_text(new))
        yield from _fields(before, after, *told)
    elif isinstance(before, Request) and isinstance(after, Request):
        yield from _request(before, after)
    elif isinstance(before, Process) and isinstance(after, Process):
        if before.argv != after.argv:
            yield FieldChange("command", words_text(before.argv), words_text(after.argv))
        elif before.dry_argv != after.dry_argv:
            dry = (words_text(work.dry_argv or ()) for work in (before, after))
            yield FieldChange("in a dry run", *dry)
        yield from _variables(before, after)
        told = ["argv", "dry_argv", "environment"]
        if before.argv != after.argv:
            # They follow from the command.
            told += ["evidence", "leaves", "progress_at", "counts_at", "listing", "checks"]
        yield from _fields(before, after, *told)


def _request(before: Request, after: Request) -> Iterator[FieldChange]:
    for name, one, other in zip(before._fields, before, after, strict=True):
        if one != other:
            yield FieldChange(name, _sent(one), _sent(other))


def _sent(value: object) -> str:
    """A part of a request: its texts as people read them."""
    match value:
        case tuple() if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
            return ", ".join(f"{name}={text_of(word)}" for name, word in value)
        case tuple():
            return text_of(value)
        case int() if not isinstance(value, bool):
            return str(value)
        case Enum():
            return str(value.value)
        case Output(use):
            return use.value
        case _:
            return _words(value)


def _variables(old: Process, new: Process) -> Iterator[FieldChange]:
    """Of the environment, each by its name."""
    before, after = dict(old.environment), dict(new.environment)
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one != other:
            yield FieldChange(
                f"environment {name}",
                "" if one is None else words_text((one,)),
                "" if other is None else words_text((other,)),
            )


def _words(value: object) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return "yes" if value else "no"
        case Trigger():
            return _TRIGGERS[value]
        case Condition():
            return in_words(value)
        case Effect(status, resume):
            return f"{STATUSES[status]}, {RESUMES[resume]}"
        case Repeat(times, wait):
            return _times(times, wait)
        case Retry(times, wait, statuses, forgives):
            ends = " or ".join(status.value for status in statuses)
            forgiven = "" if forgives else "; a failed attempt counts even if a later one succeeds"
            return f"{_times(times, wait)}{f', if {ends}' if ends else ''}{forgiven}"
        case ExitCodes():
            return _exits(value)
        case SecretOption(file, option):
            return f"`{option}` of {file}"
        case SecretFile(path):
            return f"what {path} holds"
        case SecretCommand(argv):
            return f"what `{shlex.join(argv)}` prints"
        case Value():
            return value.name
        case ScratchPath():
            return value.shown
        case Feed():
            return feed_text(value).strip()
        case Product(path):
            return text_of(path)
        case Output(use, name):
            return f"{use.value} {name}".strip()
        case tuple():
            between = "\n" if any(isinstance(item, Feed) for item in value) else ", "
            return between.join(_words(item) for item in value)
        case _:
            return str(value)


def _seconds(value: object) -> str:
    return "" if value is None else f"{value} s"


def _octal(value: object) -> str:
    return f"{value:04o}" if isinstance(value, int) else ""


_UNITS: dict[str, Callable[[object], str]] = {"timeout": _seconds, "umask": _octal}


def _times(times: int, wait: int) -> str:
    return f"at most {times} times, {wait} s apart" if times else "never"


def _exits(exits: ExitCodes) -> str:
    words = [f"{_ranges(exits.soft)} is a soft failure"] if exits.soft else []
    words += [f"{_ranges(exits.warning)} is a warning"] if exits.warning else []
    words += (
        [f"{_ranges(exits.forgiven)} is accepted even if Borg's log has an error"]
        if exits.forgiven
        else []
    )
    words += ["a soft failure fails the run"] if exits.soft_fails_run else []
    return ", ".join(words) or "all but 0 are failures"


def _ranges(ranges: tuple[tuple[int, int], ...]) -> str:
    return " and ".join(str(low) if low == high else f"{low} to {high}" for low, high in ranges)
