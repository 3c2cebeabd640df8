"""Whether a thing is there that a command makes or removes: looked at before and after.

What is there already is not ours, and what it holds may be old: then nothing is made. What isn't there any more need not be
removed: that a run was killed before it had made it, or after it had removed it, comes to the same.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

from ...compiler.plan.exits import Outcome
from ...compiler.plan.words import Word, text_of
from ...compiler.plan.work import Presence, Process, Where
from ..engine.runner import Result
from ..engine.wording import ending
from ..system.host import reason
from ..system.mounts import is_mounted

_NOTHING = "nothing to do: it does not exist"
_PATIENCE = 60  # seconds for a command that lists

Words = Callable[[Word], str | Result | None]  # a word in full, if it can be had
Filled = Callable[[Word], str]


class UnknownError(Exception):
    """It can't be seen whether a thing is there; the message says why."""


def around(work: Process, words: Words, run: Callable[[], Result]) -> Result:
    """Run a command between two looks at what it makes or removes."""

    def filled(word: Word) -> str:
        text = words(word)
        if not isinstance(text, str):
            raise UnknownError(f"the value of `{text_of(word)}` is not known")
        return text

    try:
        names = [filled(thing.name) for thing in (*work.makes, *work.removes)]
        there = [filled(thing.name) for thing in work.makes if _is_there(thing, filled)]
    except UnknownError as error:
        return Result(Outcome.HARD, None, note=f"was not started: {error}")
    if there:
        return Result(Outcome.HARD, None, note=f"was not started: {there[0]} exists already")
    # A list may lack what is there: then the command is tried.
    is_certain = work.removes and all(thing.where is not Where.LISTED for thing in work.removes)
    if is_certain and _are_gone(work.removes, filled):
        return Result(Outcome.DONE, None, note=_NOTHING)
    result = run()
    if result.outcome is Outcome.DONE:
        return _checked(work, filled, result)
    if not work.removes:
        return result
    if _are_gone(work.removes, filled):
        return result._replace(outcome=Outcome.DONE, note=_NOTHING)
    note = result.note or ending(result)
    return result._replace(note=f"{note}; {' and '.join(names)} may still exist")


def _checked(work: Process, filled: Filled, result: Result) -> Result:
    """A good end, if what was to be made is there, and what was to be removed isn't."""
    try:
        lacking = [filled(thing.name) for thing in work.makes if not _is_there(thing, filled)]
        left = [filled(thing.name) for thing in work.removes if _is_there(thing, filled)]
    except UnknownError as error:
        return result._replace(outcome=Outcome.HARD, note=f"ended with exit code 0, but {error}")
    if lacking:
        note = f"ended with exit code 0, but {lacking[0]} does not exist"
        return result._replace(outcome=Outcome.HARD, note=note)
    if left:
        note = f"ended with exit code 0, but {left[0]} still exists"
        return result._replace(outcome=Outcome.HARD, note=note)
    return result


def _are_gone(things: tuple[Presence, ...], filled: Filled) -> bool:
    """Where that can't be seen, the command itself is to tell."""
    try:
        return not any(_is_there(thing, filled) for thing in things)
    except UnknownError:
        return False


def _is_there(thing: Presence, filled: Filled) -> bool:
    """Raises UnknownError."""
    name = filled(thing.name)
    try:
        match thing.where:
            case Where.PATH:
                return _is_path(name)
            case Where.MOUNT:
                return is_mounted(os.path.realpath(name))
            case Where.LISTED:
                return name in _listed(tuple(filled(word) for word in thing.argv))
    except OSError as error:
        raise UnknownError(f"it can't be seen whether {name} exists: {reason(error)}") from error


def _is_path(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _listed(argv: tuple[str, ...]) -> list[str]:
    try:
        ended = subprocess.run(  # no shell; words of the plan
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnknownError(f"`{argv[0]}` took longer than {_PATIENCE} s") from error
    except OSError as error:
        raise UnknownError(f"`{argv[0]}` could not be started: {reason(error)}") from error
    if ended.returncode:
        raise UnknownError(f"`{argv[0]}` ended with exit code {ended.returncode}")
    return [line.strip() for line in ended.stdout.decode("utf-8", "surrogateescape").splitlines()]
