"""When a Borg command counts as done: every exit code, with and without Borg's word, in every generation.

`ALL_ENDS=1` (`make evidence`) also runs a stand-in as a real process for each code and word.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from borgplan.compiler.borg.action_options import ActionOptions
from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.evidence import Product
from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.work import Process, Proof
from borgplan.compiler.semantics import PROFILES
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.process.borg_log import BorgLog
from borgplan.runtime.process.verdict import verdict
from tests.compiler.memory_host import MemoryHost
from tests.runtime.conftest import Processes

TEXT = """\
source_directories: [/etc]
repositories: [{path: /r}]
keep_daily: 1
"""
OF_OLD = "location: {source_directories: [/etc], repositories: [/r]}\nretention: {keep_daily: 1}\n"
ACTIONS = {
    action: ActionOptions()
    for action in (
        Action.CREATE, Action.PRUNE, Action.COMPACT, Action.CHECK, Action.REPO_LIST, Action.REPO_INFO,
        Action.BREAK_LOCK,
    )
} | {
    Action.REPO_CREATE: ActionOptions(encryption="none"),
    Action.EXTRACT: ActionOptions(archive="a", paths=("etc",)),
    Action.EXPORT_TAR: ActionOptions(archive="a", destination="-"),
    Action.LIST: ActionOptions(archive="a"),
    Action.INFO: ActionOptions(archive="a"),
    Action.DIFF: ActionOptions(archive="a", second_archive="b"),
    Action.DELETE: ActionOptions(archive="a"),
    Action.KEY_EXPORT: ActionOptions(),
    Action.KEY_IMPORT: ActionOptions(paths=("/etc/hostname",)),
    Action.KEY_CHANGE_PASSPHRASE: ActionOptions(new_passphrase="/etc/hostname"),
    Action.MOUNT: ActionOptions(archive="a", mount_point="/mnt"),
    Action.UMOUNT: ActionOptions(mount_point="/mnt"),
    Action.RECREATE: ActionOptions(archive="a"),
    Action.REPO_DELETE: ActionOptions(),
    Action.BORG: ActionOptions(words=("list",)),
}  # fmt: skip
WORDS = ("", "WARNING", "ERROR")
SIGNALS = range(-64, 0)
MADE = "host-2024"


@cache
def commands(semantics: str, action: Action, more: str = "") -> tuple[Process, ...]:
    """What an action runs in a generation, for a configuration with these lines more."""
    old = next(p for p in PROFILES if p.name == semantics).first < (1, 8)
    files = {"/srv/c.yaml": (OF_OLD if old and not more else TEXT) + more, "/etc/hostname": "h\n"}
    host = MemoryHost(
        files if action is Action.REPO_CREATE else {**files, "/r/config": "[repository]\n"}
    )
    diagnostics = Diagnostics()
    request = CompileRequest(("c.yaml",), (action,), semantics=semantics, options=ACTIONS[action])
    plan = plan_of(read(request, host, diagnostics), host, diagnostics).plan
    assert plan, diagnostics
    return tuple(step.work for step in plan.steps if isinstance(step.work, Process))


def told(level: str, *, made: bool = False) -> BorgLog:
    """What Borg has told by the end."""
    log = BorgLog()
    if level:
        log.feed(message("a word", level))
    if made:
        log.feed(message(f"Archive name: {MADE}", "INFO", name="borg.output.stats"))
    return log


def message(text: str, level: str, **more: str) -> bytes:
    entry = {"type": "log_message", "message": text, "levelname": level, **more}
    return json.dumps(entry).encode() + b"\n"


def may_succeed(semantics: str, work: Process, code: int, level: str, *, made: bool) -> bool:
    """By the words of the documentation, not by the tables."""
    if work.proof is Proof.ARCHIVE and not made:
        return False
    if code == 0:
        return level != "ERROR" or made
    release = next(profile for profile in PROFILES if profile.name == semantics).first
    modern = release >= (1, 8, 7)
    if code == 1:
        from_here_on_failures = (1, 4, 12) <= release < (1, 8, 7) or release >= (2, 1, 2)
        warning = not (work.argv[1] == "check" and from_here_on_failures)
    else:
        errors = {101, 102, 104, 105, 106} if release >= (2, 1) else set()
        if (2, 1) <= release < (2, 1, 3):
            errors.add(107)
        warning = modern and 100 <= code <= 125 and code not in errors
    return warning and level == "WARNING"


class Count(NamedTuple):
    tried: int
    told: int
    wrong: list[str]


def grid(actions: tuple[Action, ...], semantics: str) -> Iterator[tuple[str, bool, Outcome]]:
    """Each case of a generation: its name, whether it may be a success, and what it counts as."""
    for action in actions:
        for work in commands(semantics, action):
            heard = "--log-json" in work.argv
            for level in WORDS:
                for made in (False, True) if work.proof is Proof.ARCHIVE else (False,):
                    for code in (*SIGNALS, *range(256)):
                        log = told(level, made=made)
                        log.feed(message("an item", "INFO", name="borg.output.list"))
                        may = may_succeed(semantics, work, code, level if heard else "", made=made)
                        found = verdict(work, code, log if heard else told(""), answered=True)
                        name = f"{semantics} {action} {code} {level} {made}"
                        yield name, may, found.outcome


@pytest.mark.parametrize("semantics", [profile.name for profile in PROFILES])
def test_no_ending_without_evidence_is_a_success(
    semantics: str, record_property: Callable[[str, object], None]
) -> None:
    tried = told_of = succeeded = 0
    wrong = []
    for name, may, outcome in grid(tuple(ACTIONS), semantics):
        tried += not may
        told_of += not may and outcome is not Outcome.DONE
        succeeded += may
        if may is not (outcome is Outcome.DONE):
            wrong.append(name)
    record_property("evidence", ("endings judged", tried, told_of))
    assert not wrong
    assert tried > 10_000
    assert succeeded > 20


@pytest.mark.parametrize("code", [*SIGNALS, *range(126, 256)])
@pytest.mark.parametrize("semantics", ["1.3", "1.9", "2.1"])
def test_no_configuration_makes_a_death_a_success(semantics: str, code: int) -> None:
    ranges = ((-100, 300),)
    exits = ExitCodes(warning=ranges, forgiven=ranges)
    assert exits.outcome(code) is Outcome.HARD
    rule = f"borg_exit_codes: [{{code: {abs(code)}, treat_as: warning}}]\n"
    for work in commands(semantics, Action.PRUNE, rule):
        found = verdict(work, code, told("WARNING"), answered=True)
        assert found.outcome is Outcome.HARD


@pytest.mark.parametrize("level", WORDS)
def test_what_is_called_a_warning_still_needs_a_word_of_borgs(level: str) -> None:
    rule = "borg_exit_codes: [{code: 2, treat_as: warning}]\n"
    (work,) = commands("2.1", Action.PRUNE, rule)
    found = verdict(work, 2, told(level), answered=True)
    assert (found.outcome is Outcome.DONE) == bool(level)
    (work,) = commands("2.1", Action.CREATE, rule)
    assert verdict(work, 2, told(level), answered=True).outcome is Outcome.HARD
    found = verdict(work, 2, told(level, made=True), answered=True)
    assert (found.outcome is Outcome.DONE) == bool(level)


ABSENT = [
    "Include pattern 'etc/nosuch' never matched.",
    "Archive nosuch not found (1/1).",
    "Archive odd\nname not found (1/2).",
]


@pytest.mark.parametrize("text", ABSENT)
@pytest.mark.parametrize("action", [Action.EXTRACT, Action.EXPORT_TAR, Action.DELETE])
@pytest.mark.parametrize("semantics", ["1.3", "1.8", "2.1"])
def test_nothing_of_what_was_asked_for_is_a_failure(
    semantics: str, action: Action, text: str
) -> None:
    for work in commands(semantics, action):
        for code in (0, 1, 100, 101):
            log = told("")
            log.feed(message(text, "WARNING"))
            found = verdict(work, code, log, answered=True)
            assert found.outcome is Outcome.HARD
            if work.exits.outcome(code) is Outcome.DONE:
                assert text in found.note


def test_a_proof_that_is_asked_for_has_to_be_there(tmp_path: Path) -> None:
    (work,) = commands("2.1", Action.REPO_INFO)
    assert verdict(work, 0, told(""), answered=False).outcome is Outcome.HARD
    file = tmp_path / "key"
    work = work._replace(proof=None, leaves=(Product(str(file)),))
    assert verdict(work, 0, told(""), answered=True).outcome is Outcome.HARD
    file.touch()
    assert "is missing or empty" in verdict(work, 0, told(""), answered=True).note
    file.write_text("key")
    assert verdict(work, 0, told(""), answered=True).outcome is Outcome.DONE
    folder = tmp_path / "dump"
    work = work._replace(leaves=(Product(str(folder)),))
    (folder / "empty").mkdir(parents=True)
    (folder / "empty/file").touch()
    (folder / "link").symlink_to(file)
    assert "dump is missing or empty" in verdict(work, 0, told(""), answered=True).note
    (folder / "empty/file").write_text("data")
    assert verdict(work, 0, told(""), answered=True).outcome is Outcome.DONE
    work = work._replace(leaves=(), proof=Proof.ITEMS)
    assert verdict(work, 0, told(""), answered=True).outcome is Outcome.HARD
    log = told("")
    log.feed(message("etc/a", "INFO", name="borg.output.list"))
    assert verdict(work, 0, log, answered=True).outcome is Outcome.DONE


def test_what_a_repair_tells_of_is_mended() -> None:
    exits = ExitCodes(forgiven=((0, 0),))
    (work,) = commands("2.1", Action.CHECK)
    assert verdict(work, 0, told("ERROR"), answered=True).outcome is Outcome.HARD
    repairing = work._replace(exits=exits)
    assert verdict(repairing, 0, told("ERROR"), answered=True).outcome is Outcome.DONE


STAND_IN = """\
#!/bin/sh
[ -z "$LEVEL" ] || printf '{"type": "log_message", "levelname": "%s", "message": "a word"}\\n' "$LEVEL" >&2
[ -z "$MADE" ] || printf '{"archive": {"name": "%s"}}\\n' "$MADE"
exit "$CODE"
"""
CODES = (
    range(256) if os.environ.get("ALL_ENDS") else (0, 1, 2, 75, 99, 100, 107, 125, 126, 137, 255)
)


@pytest.mark.parametrize("level", WORDS)
@pytest.mark.parametrize("action", [Action.CREATE, Action.PRUNE])
@pytest.mark.parametrize("semantics", ["1.3", "1.9", "2.1"])
def test_processes_count_as_they_are_judged(
    semantics: str,
    action: Action,
    level: str,
    tmp_path: Path,
    processes: Processes,
    record_property: Callable[[str, object], None],
) -> None:
    """A stand-in for Borg, really run."""
    script = tmp_path / "borg"
    script.write_text(STAND_IN)
    script.chmod(0o755)
    work, *_ = commands(semantics, action)  # what frees space after prune is judged alike
    tried = told_of = 0
    for code in CODES:
        for made in (False, True) if action is Action.CREATE else (False,):
            environment = {"CODE": str(code), "LEVEL": level, "MADE": MADE if made else ""}
            started = work._replace(
                argv=(str(script), work.argv[1], "--log-json"),
                environment=tuple(environment.items()), needs=(),
            )  # fmt: skip
            result = processes.run(started)
            may = may_succeed(semantics, work, code, level, made=made)
            assert may is (result.outcome is Outcome.DONE), (code, level, made, result)
            assert result.archive == (MADE if made else "")
            assert MADE not in result.output
            tried += not may
            told_of += not may and result.outcome is not Outcome.DONE
    record_property("evidence", ("stand-ins run", tried, told_of))
    assert tried > len(CODES) // 2
