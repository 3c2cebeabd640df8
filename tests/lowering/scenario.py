"""A recorded vector, run by borgplan: which Borg commands its plan would run, and how that ends.

The plan is interpreted as `apply` does it, with a runner that starts nothing: steps end as Borg ended
in the recording, hooks end well, and in a dry run the dry forms run.
"""

from __future__ import annotations

import contextlib
import io
import os
import posixpath
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, assert_never

from borgplan.compiler.borg.action_inputs import Existence
from borgplan.compiler.borg.versions import version
from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lower.selection import Facts
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Role, Step
from borgplan.compiler.plan.words import (
    Part,
    ScratchPath,
    SecretCommand,
    SecretFile,
    SecretOption,
    Use,
    Value,
    Word,
    parts_of,
    text_of,
)
from borgplan.compiler.plan.work import Process, keeps
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.cli.arguments import request_of
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.engine.runner import DryRunner, Result, Runner
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.run.session import _check_default_actions
from borgplan.runtime.system.host import RealHost
from tests.lowering.normal import Invocation, NormalForm, PassCommand, normal_form
from tests.lowering.sandbox import Sandbox
from tests.lowering.vectors import MANIFEST_OF_OURS, OLDEST, Vector
from tests.lowering.versions import at_least
from tests.lowering.words import words_of

_ARCHIVE = "host-2026-03-01T04:05:06.000007"  # what the recorder's Borg called the newest archive
_ARCHIVE_ID = "ab" * 32  # what Borg 2 prints in its place, since names may repeat
_ANSWER = frozenset({"format", "json", "last", "short"})
_RECORDED = "2026-03-02T04:05:06"
_PROBES = frozenset({"info", "repo-info", "--version"})


# How borgplan says that it doesn't have something.
_NOT_KNOWN = ("not implemented", "unrecognized arguments", "there is no action", "invalid choice")


class Ran(NamedTuple):
    """`lookup`: whether it only asks for the newest archive. `exit_codes`: the kind Borg is to use."""

    form: NormalForm
    lookup: bool
    exit_codes: str


class Ending(NamedTuple):
    """What borgplan makes of a vector. `missing`: what it refuses as not implemented; `refused`: what
    else it has against it; `ran`: what would run; `failed`: whether the exit code says so; `noted`: the
    checks whose time would be noted."""

    ran: tuple[Ran, ...] = ()
    failed: bool = False
    missing: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    noted: frozenset[str] = frozenset()


def ran(
    invocation: Invocation, version: str, passcommand: PassCommand | None, *, lookup: bool
) -> Ran:
    """Of what asks for the newest archive only what it looks at matters, not the form of the answer."""
    form = normal_form(invocation, version, passcommand)
    if lookup:
        options = tuple((name, value) for name, value in form.options if name not in _ANSWER)
        form = form._replace(options=options)
    return Ran(form, lookup, invocation.environment.get("BORG_EXIT_CODES", ""))


class RefusedError(Exception):
    """The command line isn't understood; the message is borgplan's."""


def plan_for(vector: Vector, words: tuple[str, ...]) -> Compilation:
    """The only place that knows how borgplan is called. `words`: for its command line.

    All that borgplan would find out by asking is in the vector: whether repositories exist, Borg's
    version, the clock, when checks last ran.
    """
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            arguments = parse(["plan", *words])
    except SystemExit:
        text = said.getvalue().strip().removeprefix("borgplan plan: ")
        raise RefusedError(text.rpartition("; for all options: ")[0]) from None
    host = RecordedHost(vector)
    diagnostics = Diagnostics()
    sources = read(request_of(arguments), host, diagnostics)
    if not vector.args:
        _check_default_actions(sources, diagnostics)
    known = version(vector.borg_version)
    assert known is not None
    targets = [(c.of(r).settings, r.path) for c in sources.configurations for r in c.repositories]
    facts = Facts(
        existence=dict.fromkeys((path for _, path in targets), existence(vector)),
        versions={settings.text("local_path") or "borg": known for settings, _ in targets},
    )
    return plan_of(sources, host, diagnostics, facts)


class RecordedHost(RealHost):
    """This machine, at the time of the recording. Times of checks are borgmatic's, where borgplan looks
    for its own: `CHECK` or `CHECK-ARCHIVES`, in a directory for each repository."""

    def __init__(self, vector: Vector) -> None:
        super().__init__()
        self._vector = vector

    @property
    def now(self) -> float:
        return _seconds(self._vector.data.get("now", _RECORDED))

    def modified(self, path: str) -> float | None:
        check = check_of(path)
        times = [
            _seconds(time)
            for file, time in self._vector.data.get("state_before", {}).items()
            if check in file.split("/")[-2:]
        ]
        return max(times, default=None)


def check_of(path: str) -> str:
    """The check whose time borgplan notes in a file."""
    return posixpath.basename(path).partition("-")[0]


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp()


def existence(vector: Vector) -> Existence:
    """What asking Borg about a repository would have told borgplan."""
    answers = [rule for rule in vector.faults if rule["cmd"] in ("info", "repo-info")]
    if not answers:
        return Existence.EXISTS
    told = str(answers[0].get("stderr", ""))
    return Existence.ABSENT if "Repository.DoesNotExist" in told else Existence.UNKNOWN


def run(vector: Vector, root: Path) -> Ending:
    """Compile what was recorded, in a directory of its own, and run the plan without starting anything."""
    sandbox = Sandbox(root)
    sandbox.write(vector.files)
    said = words_of([sandbox.real(word) for word in vector.args], vector.release)
    with sandbox.entered(vector.environment):
        try:
            compilation = plan_for(vector, said.words)
        except RefusedError as refused:
            text = str(refused)
            if any(words in text for words in _NOT_KNOWN):
                return Ending(failed=True, missing=(text,))
            return Ending(failed=True, refused=(text,))
        complaints = tuple(f"{item.code} {item.message}" for item in compilation.errors)
        if compilation.plan is None:
            return Ending(failed=True, refused=complaints)
        if compilation.plan.refusals:
            missing = dict.fromkeys(item.what for item in compilation.plan.refusals)
            return Ending(failed=True, missing=tuple(missing))
        inner = StandIn(vector, sandbox, compilation)
        runner: Runner = DryRunner(inner) if said.dry_run else inner
        report = interpret(compilation.plan, runner)
        failed = report.exit_code != 0 or bool(compilation.broken)
    return Ending(tuple(inner.ran), failed, refused=complaints, noted=frozenset(inner.noted))


class StandIn:
    """A runner that notes commands instead of running them."""

    def __init__(self, vector: Vector, sandbox: Sandbox, compilation: Compilation) -> None:
        self.ran: list[Ran] = []
        self.noted: set[str] = set()
        self.signal: int | None = None
        self._vector = vector
        self._sandbox = sandbox
        self._compilation = compilation
        self._faults = Faults(vector)

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        work = step.work
        if not isinstance(work, Process) or step.role is Role.DUMP:  # beside Borg
            return Result(Outcome.DONE)
        needed = (
            work.directory or "",
            *(os.path.join(work.directory or "", p) for p in work.needs),
        )
        if not all(os.path.lexists(path) for path in needed if path):
            return Result(Outcome.HARD, None, note="something that it needs is missing")
        if work.spot is not None:
            # Its lists and sums aren't in the recordings; tests/end_to_end/test_spot.py has them.
            self.noted |= {check_of(path) for path in work.records}
            return Result(Outcome.DONE, 0, captured="listed")
        lookup = keeps(work)
        version = self._vector.borg_version
        try:
            invocation = self._invocation(work, values)
            if invocation is None:
                return Result(Outcome.DONE, None, note="there is no archive")
            found = ran(invocation, version, self._sandbox.output_of, lookup=lookup)
        except (OSError, subprocess.CalledProcessError):
            return Result(Outcome.HARD, None, note="the passphrase can't be had")
        self.ran.append(found)
        code, output = self._faults.take(invocation.argv)
        captured = ""
        if lookup and output is None:
            captured = _ARCHIVE_ID if at_least(version, "2.0.0b11") else _ARCHIVE
        outcome = work.exits.outcome(code)
        if outcome is Outcome.DONE:
            self.noted |= {check_of(path) for path in work.records}
        made = f"{_ARCHIVE}.checkpoint" if work.feeds else ""
        return Result(outcome, code, captured=captured, archive=made)

    def wait(self, seconds: float) -> None:
        """No time passes."""

    def _invocation(self, work: Process, values: Mapping[Value, str]) -> Invocation | None:
        """What would be started; None if a late value that it needs isn't there."""
        assert self._compilation.plan is not None
        patterns = {
            file.name: tuple(map(_manifest_placed, file.shown_lines))
            for file in self._compilation.plan.scratch
        }
        files: dict[str, tuple[str, ...]] = {}
        argv = []
        for word in work.argv:
            text = _text(word, values)
            if text is None:
                return None
            for part in parts_of((word,)):
                if isinstance(part, ScratchPath):
                    lines = patterns[part.name]
                    files[self._sandbox.placed(text)] = tuple(map(self._sandbox.placed, lines))
            argv.append(self._sandbox.placed(text))
        inherited = self._sandbox.environment(self._vector.environment)
        environment = {k: v for k, v in inherited.items() if k not in work.unset}
        environment.update((name, text_of(word)) for name, word in work.environment)
        directory = str(Path(f"{self._sandbox.root}/cwd", work.directory or ""))
        if argv[:2] == ["env", "-C"]:
            _, _, directory, *argv = argv
        return Invocation(
            tuple(argv),
            {name: self._sandbox.placed(text) for name, text in environment.items()},
            self._sandbox.placed(directory),
            files,
            self._passphrase(work),
        )

    def _passphrase(self, work: Process) -> str | None:
        match work.passphrase:
            case None:
                return None
            case SecretOption():
                found = self._compilation.secrets[work.passphrase]
            case SecretFile(path):
                found = Path(f"{self._sandbox.root}/cwd", path).read_text()
            case SecretCommand(argv):
                found = f"printed by {argv}"
            case _:
                assert_never(work.passphrase)
        return self._sandbox.placed(found).rstrip("\n")


def _text(word: Word, values: Mapping[Value, str]) -> str | None:
    texts = [_part(part, values) for part in parts_of((word,))]
    return None if None in texts else "".join(text for text in texts if text is not None)


def _part(part: Part, values: Mapping[Value, str]) -> str | None:
    match part:
        case str():
            return part
        case ScratchPath(name):
            return f"patterns {name}"
        case Use(value):
            return values.get(value) or None
        case _:
            raise AssertionError(part)


def _manifest_placed(line: str) -> str:
    """A line with the place of the manifest as an absolute path, which it is in a run."""
    return line.replace(MANIFEST_OF_OURS.removeprefix("/"), MANIFEST_OF_OURS)


class Faults:
    """How Borg is to end, by the recorder's rules: `cmd`, words that must be there, which call."""

    def __init__(self, vector: Vector) -> None:
        self._rules = [rule for rule in vector.faults if rule["cmd"] not in _PROBES]
        # Since 1.8, every `create` came after a trial run, which counts in `nth` from 0.
        self._calls_before = 1 if vector.release == OLDEST else 2
        self._seen: dict[int, int] = {}

    def take(self, argv: tuple[str, ...]) -> tuple[int, str | None]:
        """The exit code of a call, and what it prints if that is said."""
        for number, rule in enumerate(self._rules):
            if self._fits(number, rule, argv):
                return int(rule.get("rc", 0)), rule.get("stdout")
        return 0, None

    def _fits(self, number: int, rule: dict[str, Any], argv: tuple[str, ...]) -> bool:
        if rule["cmd"] not in argv or not set(rule.get("argv_has", ())) <= set(argv):
            return False
        count = self._seen.get(number, 0)
        self._seen[number] = count + 1
        return "nth" not in rule or rule["nth"] // self._calls_before == count
