"""Runs in which hostile values reach hooks in every way there is, and the arguments that arrived.

Two configuration files: in `first`, hooks before the backup are given what is known when the plan is
compiled, then Borg fails; in `second` a hook fails. In both, error hooks are told of it, each in one
half of the contexts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from borgplan.compiler.borg.locations import refused_location
from borgplan.compiler.config.hooks import HookKind
from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.model import ScopeKind
from borgplan.compiler.semantics import HookPlace, Profile
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.process.runner import ProcessRunner
from borgplan.runtime.process.signals import Signals
from borgplan.runtime.system.host import RealHost
from tests.laws.contexts import CONTEXTS, Records
from tests.laws.hostile import file_name, one_line, without_references, yaml
from tests.support.laboratory import working_directory

_ACTION = ScopeKind.ACTION
# A NUL can't be in an argument: the number of arguments, and each of them.
ARGS = """\
#!/bin/sh
printf '%s\\0' "$#" "$@" >> "$ARGS"
"""
BORG = """\
#!/bin/sh
cat "$SAID"
exit 2
"""
FAILING_HOOK = 'cat "$SAID"; exit 3'
ERROR_LENGTH = (
    35  # of a value in the failing hook: error messages don't quote all of a long command
)


class Values(NamedTuple):
    """One value for each way into a hook. `said`: the output of what fails; `comment`: in the command
    that fails, and so in the words for its failure. `constants`, `variables`: from 1.7.10 and 1.6 on."""

    said: str
    comment: str
    repository: str
    label: str
    name: str
    constants: tuple[str, ...]
    variables: tuple[str, ...]

    @property
    def path(self) -> str:
        """Of the repository; what Borg refuses is refused before, and `~` isn't for hooks to expand."""
        escaped = self.repository.replace("{", "{{").replace("}", "}}")
        if escaped[:1] in ("", "~") or refused_location(escaped, None):
            return "-"
        return escaped

    @property
    def first(self) -> str:
        return file_name(self.name)

    @property
    def second(self) -> str:
        return "second " + file_name(self.name)

    @property
    def environment(self) -> dict[str, str]:
        return {f"HOSTILE_{number}": value for number, value in enumerate(self.variables)}


class Case(NamedTuple):
    """A generation, and whether hooks are written as entries of `commands:`."""

    profile: Profile
    entries: bool

    def __str__(self) -> str:
        return f"{self.profile.name}-{'commands' if self.entries else 'options'}"

    def early(self, values: Values, prefix: str) -> dict[str, str]:
        """Each placeholder that a hook before the backup can have, with what it stands for."""
        found = {
            "configuration_filename": prefix + values.first,
            "repositories": values.path,
            "repository": values.path,
            "repository_label": values.label,
        }
        return self._known(found, HookKind.BEFORE_BACKUP) | self._from_outside(values)

    def late(self, values: Values, prefix: str, *, second: bool) -> dict[str, str]:
        """Each placeholder that an error hook can have, with what it stands for."""
        hook = f"`{failing_hook(values)}` ended with exit code 3"
        in_repository = not second or self._place(HookKind.BEFORE_BACKUP).scope is _ACTION
        found = {
            "configuration_filename": prefix + (values.second if second else values.first),
            "error": hook if second else "borg create ended with exit code 2",
            "output": values.said.removesuffix("\n"),
            "repository": values.path if in_repository else "",
            "repository_label": values.label if in_repository else "",
        }
        return self._known(found, HookKind.ON_ERROR)

    def _place(self, kind: HookKind) -> HookPlace:
        return next(place for place in self.profile.hooks if place.kind is kind)

    def _known(self, values: Mapping[str, str], kind: HookKind) -> dict[str, str]:
        """Those that hooks of this kind fill in, in this generation."""
        known = self._place(kind).variables
        return {f"{{{name}}}": value for name, value in values.items() if name in known}

    def _from_outside(self, values: Values) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.profile.constants:
            found |= {f"{{own_{n}}}": value for n, value in enumerate(values.constants)}
        if self.profile.environment:
            found |= {f"${{{name}}}": value for name, value in values.environment.items()}
        return found

    def escaped(self, text: str) -> str:
        """`text` as an option's value."""
        return without_references(text) if self.profile.environment else text


def failing_hook(values: Values) -> str:
    return f"{FAILING_HOOK} # {one_line(values.comment, ERROR_LENGTH)}".strip()


def _name(part: str, context: str) -> str:
    """A word that needs no quotes."""
    return "-".join([part, *re.findall(r"\w+", context)])


def _scripts(contexts: list[str], part: str, placeholders: Mapping[str, str]) -> list[str]:
    names = list(placeholders)
    return [CONTEXTS[context].script(_name(part, context), names) for context in contexts]


def _records(contexts: list[str], part: str, placeholders: Mapping[str, str]) -> Records:
    named = ((CONTEXTS[context], _name(part, context)) for context in contexts)
    return [record for context, name in named for record in context.records(name, placeholders)]


def configurations(case: Case, values: Values, contexts: list[str]) -> dict[str, str]:
    """The two files, by name."""
    early = _scripts(contexts, "early", case.early(values, ""))
    first = _scripts(contexts[::2], "first", case.late(values, "", second=False))
    second = _scripts(contexts[1::2], "second", case.late(values, "", second=True))
    return {
        values.first: _configuration(case, values, early, first),
        values.second: _configuration(case, values, [failing_hook(values)], second),
    }


def _configuration(case: Case, values: Values, before: list[str], on_error: list[str]) -> str:
    path = case.escaped(values.path)
    label = case.escaped(values.label)
    location = {
        "source_directories": ["/"],
        "repositories": [{"path": path, "label": label} if label else path],
    }
    hooks: dict[str, object] = {"before_backup": before, "on_error": on_error}
    if case.entries:
        hooks = {
            "commands": [
                {"before": "action", "when": ["create"], "run": before},
                {"after": "error", "run": on_error},
            ]
        }
    if case.profile.constants and values.constants:
        hooks["constants"] = {
            f"own_{number}": case.escaped(value) for number, value in enumerate(values.constants)
        }
    return yaml({"location": location, "hooks": hooks}) + "\n"


def expected(case: Case, values: Values, contexts: list[str], prefix: str = "") -> Records:
    """The arguments with which `args` has to be started, in order. `prefix`: before names of files."""
    return [
        *_records(contexts, "early", case.early(values, prefix)),
        *_records(contexts[::2], "first", case.late(values, prefix, second=False)),
        *_records(contexts[1::2], "second", case.late(values, prefix, second=True)),
    ]


class Scene:
    """A scratch directory with the programs; `here` is where hooks run and canaries would appear."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.here = directory / "here"
        self.here.mkdir()
        (directory / "bin").mkdir()
        self.project = str(directory / "borgplan.yaml")
        Path(self.project).write_text("plain_text: [args]\n")
        for name, text in (("args", ARGS), ("borg", BORG)):
            program = directory / "bin" / name
            program.write_text(text)
            program.chmod(0o755)

    def environment(self, values: Values) -> dict[str, str]:
        return {
            "PATH": f"{self.directory}/bin:/usr/bin:/bin",
            "HOME": str(self.directory),
            "LANG": "C.UTF-8",
            "ARGS": str(self.directory / "args"),
            "SAID": str(self.directory / "said"),
            "BORGPLAN_STATE_DIRECTORY": str(self.directory / "state"),
            "BORGPLAN_BORGMATIC": "",
            **values.environment,
        }

    @contextmanager
    def prepared(self, case: Case, values: Values, contexts: list[str]) -> Iterator[None]:
        """The files are there; afterwards nothing else may be."""
        (self.directory / "said").write_bytes(values.said.encode())
        (self.directory / "args").write_bytes(b"")
        files = configurations(case, values, contexts)
        for name, text in files.items():
            (self.here / name).write_text(text)
        yield
        assert set(os.listdir(self.here)) == set(files), "a value was executed"
        for name in files:
            (self.here / name).unlink()

    def records(self) -> Records:
        words = (self.directory / "args").read_bytes().decode().split("\0")
        found = []
        while len(words) > 1:
            count = int(words[0])
            found.append(words[1 : count + 1])
            del words[: count + 1]
        return found

    def run(self, case: Case, values: Values, contexts: list[str]) -> Records:
        """What the hooks were given when `apply` interprets the plan in this process."""
        with (
            working_directory(self.here),
            mock.patch.dict(os.environ, self.environment(values)),
            self.prepared(case, values, contexts),
        ):
            compilation = _compiled(case, (values.first, values.second), self.project)
            assert compilation.plan
            with Signals() as signals:
                plan = compilation.plan
                runner = ProcessRunner(plan.scratch, compilation.secrets, signals, _Nowhere())
                report = interpret(plan, runner)
            assert report.exit_code == 1
            return self.records()


def _compiled(case: Case, paths: tuple[str, ...], project: str) -> Compilation:
    diagnostics = Diagnostics()
    host = RealHost()
    request = CompileRequest(paths, (Action.CREATE,), semantics=case.profile.name, project=project)
    compilation = plan_of(read(request, host, diagnostics), host, diagnostics)
    assert not compilation.errors, compilation.errors
    return compilation


class _Nowhere:
    def output(self, data: bytes) -> None:
        """Output is what error hooks are told, and no more."""

    def answer(self, data: bytes) -> None:
        self.output(data)
