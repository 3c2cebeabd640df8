"""repo-create before Borg starts: what would leave half a repository, and what is created already.

Borg makes the repository's folder first and asks for a passphrase then (measured, 1.2 and 1.4): without an
answer the folder stays, and is neither a repository nor room for one.
"""

from __future__ import annotations

import shlex
from posixpath import basename, dirname, join

from ..plan.words import SecretCommand, text_of
from ..plan.work import Process
from ..source.diagnostic import ASKS, Diagnostics
from ..source.host import is_withheld
from ..source.span import Span
from ..support.record import NamedTuple
from .locations import normal_location
from .target import Target

_PLAIN = "none"  # the one mode without a key, and so without a passphrase
_PASSCOMMAND = "BORG_PASSCOMMAND"
# Where Borg looks for one before it asks; an inherited descriptor isn't handed on to it.
_ANSWERS = ("BORG_PASSPHRASE", "BORG_NEW_PASSPHRASE", _PASSCOMMAND)


def is_refused(
    target: Target, command: Process, encryption: str, diagnostics: Diagnostics, *, runs: bool
) -> bool:
    """Whether Borg would ask for a passphrase, which nobody answers (BP360): an error of a plan that `runs`
    at once. Where it is only looked at, the environment of the run may be another: a warning."""
    if encryption == _PLAIN or command.passphrase is not None:
        return False
    given = {**target.host.environment, **dict(command.environment)}
    unknown = {name for name in _ANSWERS if is_withheld(target.host.environment, name)}
    answers = ({name for name in _ANSWERS if name in given} | unknown) - {*command.unset}
    if not given.get(_PASSCOMMAND) and _PASSCOMMAND not in unknown:
        answers.discard(_PASSCOMMAND)
    if answers:
        return False
    record = diagnostics.error if runs else diagnostics.warning
    record(
        ASKS,
        f"creating {target.location} needs a passphrase, and none is configured"
        f"{'' if runs else ': apply refuses this'}",
        target.repository.span,
        "set `encryption_passcommand` or `encryption_passphrase`, or use --encryption none",
    )
    return runs


def asked_first(target: Target, command: Process) -> Process:
    """`command` with the configured `encryption_passcommand` run before Borg is started: where it fails,
    nothing has been made."""
    text = dict(command.environment).get(_PASSCOMMAND)
    try:
        words = tuple(shlex.split(text_of(text or "")))
    except ValueError:
        words = ()
    if not words:
        return command
    inside = ("env", "-C", target.directory) if target.directory is not None else ()
    return command._replace(
        environment=tuple(pair for pair in command.environment if pair[0] != _PASSCOMMAND),
        unset=tuple(sorted({*command.unset, _PASSCOMMAND})),
        passphrase=SecretCommand((*inside, *words)),
    )


class _Creation(NamedTuple):
    """`mode`: how the repository is encrypted."""

    location: str
    mode: str
    span: Span


class Creations:
    """The repositories that one run creates: each is created once, whichever entries name it."""

    def __init__(self) -> None:
        self._made: list[_Creation] = []

    def add(self, target: Target, encryption: str) -> None:
        """Note that the run creates this repository. `encryption`: what the command line says, if it does."""
        made = _Creation(_place(target), _mode(target, encryption), target.repository.span)
        self._made.append(made)

    def has(self, target: Target, encryption: str, diagnostics: Diagnostics) -> bool:
        """Whether an earlier entry of the run creates this repository: a note (BP405), an error (BP422) if
        with another encryption."""
        here, span = _place(target), target.repository.span
        before = next((c for c in self._made if _is_same(c.location, here, target)), None)
        if before is None:
            return False
        first, mode = f"{before.span.file}:{before.span.line}", _mode(target, encryption)
        if mode and mode != before.mode:
            diagnostics.error(
                "BP422",
                f"{first} creates {target.location} with encryption {before.mode}, not {mode}",
                span,
                "a repository has a single encryption mode",
            )
        else:
            diagnostics.note("BP405", f"{first} creates {target.location}: nothing to create", span)
        return True


def _place(target: Target) -> str:
    return normal_location(target.location, join(target.host.directory, target.directory or ""))


def _mode(target: Target, encryption: str) -> str:
    return encryption or target.repository.creation.text("encryption") or ""


def _is_same(one: str, other: str, target: Target) -> bool:
    """Whether two spellings mean one place, links to the folders around it followed."""
    if one == other:
        return True
    local = one.startswith("/") and other.startswith("/")
    return (
        local
        and basename(one) == basename(other)
        and target.host.same_file(dirname(one), dirname(other))
    )
