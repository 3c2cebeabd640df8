"""What Borg's commands have in common, beside their words: patterns, environment, exit codes.

What is the same for several repositories of a file, or for several files, is there once; where they differ, each block
names those it is for.
"""

from __future__ import annotations

import shlex
from collections.abc import Container, Iterator

from ...compiler.plan.command_text import words_text
from ...compiler.plan.exits import ExitCodes
from ...compiler.plan.index import Index
from ...compiler.plan.model import Plan, Role, ScopeKind, Step
from ...compiler.plan.scratch import ScratchKind
from ...compiler.plan.titles import listed, subcommand
from ...compiler.plan.words import (
    ScratchPath,
    Secret,
    SecretCommand,
    SecretFile,
    SecretOption,
    parts_of,
)
from ...compiler.plan.work import Process, words_of
from ...compiler.semantics import profile_named
from ...compiler.support.record import NamedTuple

_CODES = range(1, 256)
# What is in the text files of a plan, by what people read in place of their paths.
_CONTENTS = {
    "PATTERNS": "R is a source, + includes, - and ! exclude",
    "BOOTSTRAP-PATTERNS": "the configuration files, which every archive gets for `borgplan bootstrap`; BOOTSTRAP is a "
    "temporary directory with the list of them",
    "DUMP-PATTERNS": "the dumps of databases; DUMPS is a temporary directory with them",
    "CLIENT-OPTIONS": "the user and the password, in a file that only the database client reads",
    "CONFIGURATION-FILES": "these are in every archive, too",
}

Lines = tuple[str, ...]


class Block(NamedTuple):
    """Lines that Borg's commands have in common. `what`: as `PATTERNS of`; `of`: the configuration files, each with its
    repositories where not all of them have these lines. `names_files`: whether among them are names of configuration
    files, and so many of them. `contents`: what the lines are, in words."""

    what: str
    of: tuple[str, ...]
    lines: Lines
    names_files: bool = False
    contents: str = ""

    def title(self, most: int | None = None) -> str:
        """What it is and for which files; of more than `most` files the rest is counted."""
        names = self.of
        if most is not None and len(names) > most + 1:
            names = (*names[:most], f"{len(names) - most} more")
        is_plain = not any(", " in name for name in names)
        contents = f": {self.contents}" if self.contents else ""
        return f"{self.what} {listed(names) if is_plain else '; '.join(names)}{contents}"


def blocks(plan: Plan, tree: Index, without: Container[str] = ()) -> list[Block]:
    """Each block once, for all that it is for. `without`: configuration files whose own are left out."""
    texts = {file.name: file for file in plan.scratch if file.kind is ScratchKind.TEXT}
    of_texts: dict[str, _Blocks] = {}
    of_environment = _Blocks(tree)
    semantics = {meaning.configuration: meaning.semantics for meaning in plan.meanings}
    for step in plan.steps:
        if not isinstance(step.work, Process) or step.role is not Role.BORG:
            continue
        file = tree.name_of(step.scope, ScopeKind.CONFIGURATION)
        if file in without:
            continue
        for part in parts_of(words_of(step.work)):
            if isinstance(part, ScratchPath) and part.name in texts:
                text = texts[part.name]
                of_texts.setdefault(part.shown, _Blocks(tree)).add(
                    step, text.shown_lines, names_files=text.names_files
                )
        codes = _exit_codes(semantics.get(file, plan.semantics), step, step.work)
        of_environment.add(step, (*_environment(step.work), *codes))
    found = [
        block
        for shown, some in of_texts.items()
        for block in some.titled(f"{shown} of", _CONTENTS.get(shown, ""))
    ]
    return [*found, *of_environment.titled("Borg's environment for")]


class _Blocks:
    """Lines by configuration file, with the repositories they are for."""

    def __init__(self, tree: Index) -> None:
        self._tree = tree
        self._found: dict[str, dict[Lines, dict[str, None]]] = {}
        self._naming: set[Lines] = set()

    def add(self, step: Step, lines: Lines, *, names_files: bool = False) -> None:
        file = self._tree.name_of(step.scope, ScopeKind.CONFIGURATION)
        repository = self._tree.around(step.scope, ScopeKind.REPOSITORY)
        name = (repository.label or repository.name) if repository else ""
        self._found.setdefault(file, {}).setdefault(lines, {})[name] = None
        if names_files:
            self._naming.add(lines)

    def titled(self, what: str, contents: str = "") -> list[Block]:
        """The blocks, those with the same lines together; the first says what they contain."""
        owners: dict[Lines, list[str]] = {}
        for file, found in self._found.items():
            for lines, names in found.items():
                word = "repository" if len(names) == 1 else "repositories"
                which = f", {word} {' and '.join(names)}" if len(found) > 1 else ""
                owners.setdefault(lines, []).append(f"{file}{which}")
        return [
            Block(what, tuple(of), lines, lines in self._naming, "" if number else contents)
            for number, (lines, of) in enumerate(owners.items())
        ]


def _environment(work: Process) -> Iterator[str]:
    if work.directory is not None:
        yield f"runs in {work.directory}"
    yield from (f"{name}={words_text((value,))}" for name, value in work.environment)
    if work.passphrase is not None:
        yield f"BORG_PASSPHRASE_FD: {_secret(work.passphrase)}, by file descriptor"
    if work.unset:
        yield f"unset: {' '.join(work.unset)}"


def _secret(secret: Secret) -> str:
    """Where a passphrase comes from."""
    match secret:
        case SecretOption(file, option):
            return f"`{option}` of {file}"
        case SecretFile(path):
            return f"what {path} holds"
        case SecretCommand(argv):
            return f"what `{shlex.join(argv)}` prints"


def _exit_codes(semantics: str, step: Step, work: Process) -> Iterator[str]:
    """The exit codes that the configuration has read otherwise than the generation does."""
    profile = profile_named(semantics)
    if profile is None:
        return
    usual = profile.check_exits if subcommand(step) == "check" else profile.borg_exits
    if work.exits == usual or not subcommand(step):
        return
    changed = [
        f"{code} is {_reading(work.exits, code)}"
        for code in _CODES
        if _reading(work.exits, code) != _reading(usual, code)
    ]
    if changed:
        yield f"exit codes, as configured: {', '.join(changed)}"


def _reading(exits: ExitCodes, code: int) -> str:
    if exits.is_warning(code):
        return "a warning"
    return "an error" if exits.outcome(code) is exits.outcome(-1) else "a soft failure"
