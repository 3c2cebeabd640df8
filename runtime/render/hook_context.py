"""What Borg's commands have in common, beside their words: patterns, environment, exit codes.

What is the same for several repositories of a file stands there once; where they differ, each block
names the repositories it is for.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ...compiler.plan.command_text import words_text
from ...compiler.plan.exits import ExitCodes
from ...compiler.plan.index import Index
from ...compiler.plan.model import Plan, Role, ScopeKind, Step
from ...compiler.plan.scratch import ScratchKind
from ...compiler.plan.titles import subcommand
from ...compiler.plan.words import (
    ScratchPath,
    Secret,
    SecretCommand,
    SecretFile,
    SecretOption,
    parts_of,
)
from ...compiler.plan.work import Process, process_of, words_of
from ...compiler.semantics import profile_named

_CODES = range(1, 256)

_OF_THE_GENERATION = "BORG_EXIT_CODES"  # no configuration says it

Lines = tuple[str, ...]


def blocks(plan: Plan, tree: Index) -> Iterator[tuple[str, Lines]]:
    """Each block's title and its lines."""
    texts = {file.name: file.shown_lines for file in plan.scratch if file.kind is ScratchKind.TEXT}
    of_texts: dict[str, _Blocks] = {}
    of_environment, of_others = _Blocks(tree), _Blocks(tree)
    semantics = {meaning.configuration: meaning.semantics for meaning in plan.meanings}
    for step in plan.steps:
        if not isinstance(step.work, Process) or step.role is not Role.BORG:
            continue
        for part in parts_of(words_of(step.work)):
            if isinstance(part, ScratchPath) and part.name in texts:
                of_texts.setdefault(part.shown, _Blocks(tree)).add(step, texts[part.name])
        if step.role is not Role.BORG:
            of_others.add(step, tuple(_environment_of_all(step.work)))
            continue
        file = tree.name_of(step.scope, ScopeKind.CONFIGURATION)
        codes = _exit_codes(semantics.get(file, plan.semantics), step, step.work)
        of_environment.add(step, (*_environment(step.work), *codes))
    for shown, found in of_texts.items():
        yield from found.titled(f"{shown} of")
    yield from of_environment.titled("Borg's environment for")
    yield from of_others.titled("Environment of other programs for")


class _Blocks:
    """Lines by configuration file, with the repositories they are for."""

    def __init__(self, tree: Index) -> None:
        self._tree = tree
        self._found: dict[str, dict[Lines, dict[str, None]]] = {}

    def add(self, step: Step, lines: Lines) -> None:
        file = self._tree.name_of(step.scope, ScopeKind.CONFIGURATION)
        repository = self._tree.around(step.scope, ScopeKind.REPOSITORY)
        name = (repository.label or repository.name) if repository else ""
        self._found.setdefault(file, {}).setdefault(lines, {})[name] = None

    def titled(self, title: str) -> Iterator[tuple[str, Lines]]:
        for file, found in self._found.items():
            for lines, names in found.items():
                word = "repository" if len(names) == 1 else "repositories"
                which = f", {word} {' and '.join(names)}" if len(found) > 1 else ""
                yield f"{title} {file}{which}", lines


def _environment_of_all(work: Process) -> Iterator[str]:
    """Of a process and of what is upstream of it, each after its program."""
    for one in (*map(process_of, work.upstream), work):
        found = [line for line in _environment(one) if not line.startswith(_OF_THE_GENERATION)]
        yield from (f"{one.program}: {line}" for line in found)


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
    if work.exits == usual:
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
