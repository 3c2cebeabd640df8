"""Words of a plan for a POSIX shell: quoted, late values and scratch files as variables, secrets by reference."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import groupby

from ...compiler.plan.model import Plan
from ...compiler.plan.scratch import Scratch, ScratchKind
from ...compiler.plan.words import (
    Escape,
    ForEach,
    Part,
    ScratchPath,
    Secret,
    SecretCommand,
    SecretFile,
    SecretOption,
    SecretUse,
    Share,
    Use,
    Value,
    Word,
    parts_of,
)
from ...compiler.plan.work import Process
from ...compiler.shell.passwords import hidden
from ...compiler.shell.printable import printable
from ...compiler.support.record import NamedTuple
from ...compiler.support.unseen import is_unseen

_FAILED = 2  # an error in every release of Borg; 1 is a warning
_FD = "BORG_PASSPHRASE_FD"


class CannotError(Exception):
    """What a script can't do, in words."""


class Hidden(NamedTuple):
    """A word with a password in it, such as an address."""

    word: str


class Secrets:
    """The secrets of a script, each with a number; the values stay where they are."""

    def __init__(self) -> None:
        self._numbers: dict[Secret | Hidden, int] = {}

    def use(self, secret: Secret | Hidden) -> str:
        """What stands for it within double quotes."""
        number = self._numbers.setdefault(secret, len(self._numbers) + 1)
        is_variable = isinstance(secret, SecretOption | Hidden)
        return f"$secret_{number}" if is_variable else f"$(secret_{number})"

    def quoted(self, text: str) -> str:
        """A text as a word of a shell. What nobody sees in it is written by number; one with a password is a secret."""
        if hidden(text) != text:
            return f'"{self.use(Hidden(text))}"'
        if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
            return shlex.quote(text)
        parts = ((unseen, "".join(letters)) for unseen, letters in groupby(text, is_unseen))
        return "".join(
            f"\"$(printf '{_octal(part)}')\"" if unseen else shlex.quote(part)
            for unseen, part in parts
        )

    def lines(self) -> Iterator[str]:
        """What makes each of them available: a variable that has to be set, or the command that prints it."""
        for secret, number in self._numbers.items():
            match secret:
                case SecretOption() | Hidden():
                    what = _described(secret)
                    yield f"# {printable(what)}"
                    yield f"secret_{number}=${{BORGPLAN_SECRET_{number}-}}; unset BORGPLAN_SECRET_{number}"
                    message = f"set BORGPLAN_SECRET_{number} to {what}"
                    yield f'[ -n "$secret_{number}" ] || stop {shlex.quote(printable(message))}'
                case SecretFile(path):
                    yield f"secret_{number}() {{ cat {self.quoted(path)}; }}"
                case SecretCommand(argv):
                    yield f"secret_{number}() {{ {shlex.join(argv)}; }}"


def _described(secret: SecretOption | Hidden) -> str:
    if isinstance(secret, Hidden):
        return f"the whole of: {hidden(secret.word)}"
    return f"the value of {secret.option} in {secret.file}"


def _octal(text: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in text.encode("utf-8", "surrogateescape"))


class Words:
    """Words of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.secrets = Secrets()
        self._scratch = {file.name: file for file in plan.scratch}
        self._paths = {file.name: f"s{n}" for n, file in enumerate(plan.scratch, 1)}
        self._values: dict[Value, str] = {}
        self.used: dict[str, None] = {}  # names of scratch files

    def keep(self, value: Value) -> str:
        """The variable that a value is kept in."""
        return self._values.setdefault(value, f"value_{len(self._values) + 1}")

    def text(self, words: tuple[Word, ...]) -> str:
        """Words of a command line. Raises CannotError."""
        return " ".join(map(self.word, words))

    def word(self, word: Word) -> str:
        if isinstance(word, str):
            return self.secrets.quoted(word)
        return "".join(map(self._part, word)) or "''"

    def _part(self, part: Part) -> str:
        match part:
            case str():
                return self.secrets.quoted(part) if part else ""
            case ScratchPath(name):
                return self._path(name)
            case SecretUse(secret, _, escape, share):
                if escape is not Escape.NONE or share is not Share.ALL:
                    raise CannotError("it needs a part of a secret")
                return f'"{self.secrets.use(secret)}"'
            case Use(value, escape):
                if value not in self._values or escape not in (Escape.NONE, Escape.PATTERN):
                    raise CannotError(f"it needs {{{value.name}}}, which only a run knows")
                return f'"${self._values[value]}"'
            case ForEach():
                raise CannotError("it is about names that only a run knows")

    def _path(self, name: str) -> str:
        file = self._scratch.get(name)
        if file is None:
            raise CannotError("it needs a scratch file")
        if name not in self.used:
            # What can't be written can't be used: the file itself, and what is in a folder.
            inner = [one for one in self._scratch.values() if one.folder == name]
            for one in (file, *inner):
                self._check(one)
            self.used[name] = None
        if file.folder:
            return f"{self._path(file.folder)}/{self.secrets.quoted(file.path)}"
        return f'"$scratch"/{self._paths[name]}'

    def _check(self, file: Scratch) -> None:
        """Raises CannotError for lines that can't be written."""
        for part in parts_of(file.lines):
            if not isinstance(part, ScratchPath):
                self._part(part)

    def files(self) -> Iterator[str]:
        """Commands that make the scratch files that were used, and what their lines use."""
        made: set[str] = set()
        while waiting := [name for name in self._with_contents() if name not in made]:
            for name in waiting:
                made.add(name)
                yield from self._made(self._scratch[name])

    def _with_contents(self) -> Iterator[str]:
        """Files that were used; those in a used folder, too."""
        for name, file in self._scratch.items():
            if name in self.used or file.folder in self.used:
                yield name

    def _made(self, file: Scratch) -> Iterator[str]:
        path = self._path(file.name)
        if file.kind is ScratchKind.FOLDER:
            yield f"mkdir -p {path}"
            return
        if file.folder and "/" in file.path:
            yield f"mkdir -p {self._path(file.folder)}/{shlex.quote(file.path.rpartition('/')[0])}"
        lines = " \\\n    ".join(map(self.word, file.lines)) or "''"
        yield f"printf '%s\\n' > {path} \\\n    {lines}"


class Surroundings(NamedTuple):
    """What a process is given beside its words, as the lines of a function that runs its arguments so."""

    lines: tuple[str, ...]


def surroundings(work: Process, words: Words) -> Surroundings:
    """Variables, directory, and the passphrase. Raises CannotError."""
    lines = []
    if work.directory is not None:
        lines.append(f"cd {words.word(work.directory)} || exit {_FAILED}")
    lines += [f"[ -e {words.word(path)} ] || exit {_FAILED}" for path in work.needs]
    unset = [name for name in work.unset if not (work.passphrase and name == _FD)]
    if isinstance(work.passphrase, SecretCommand):
        unset = [name for name in unset if name != "BORG_PASSCOMMAND"]
    if unset:
        lines.append(f"unset {' '.join(unset)}")
    for name, value in work.environment:
        text = words.word(value)
        if "$(" in text:  # the exit code of `export` isn't that of a command in it
            lines.append(f"{name}={text} || exit {_FAILED}")
            text = f'"${name}"'
        lines.append(f"export {name}={text}")
    match work.passphrase:
        case None:
            lines.append('exec "$@"')
        case SecretCommand(argv):
            # As the plan's passphrase, which comes by file descriptor; Borg runs the command itself.
            lines.append(f"export BORG_PASSCOMMAND={words.secrets.quoted(shlex.join(argv))}")
            lines.append('exec "$@"')
        case SecretFile(path):
            lines += [f"export {_FD}=9", f'exec "$@" 9< {words.secrets.quoted(path)}']
        case SecretOption() as secret:
            lines.append(f"export {_FD}=9")
            lines.append(f'exec "$@" 9<<END\n{words.secrets.use(secret)}\nEND')
    return Surroundings(tuple(lines))
