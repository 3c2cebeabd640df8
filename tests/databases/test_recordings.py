"""Recorded dumps of borgmatic 2.1.10: the same programs, words, passwords and `dumps.json` in borgplan's plans."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from borgplan.compiler.driver.compile import Compilation
from borgplan.compiler.plan.model import Role
from borgplan.compiler.plan.scratch import Scratch, ScratchKind
from borgplan.compiler.plan.words import (
    EACH,
    ForEach,
    ScratchPath,
    SecretFile,
    SecretOption,
    SecretUse,
    Use,
    Value,
    Word,
    escaped,
)
from borgplan.compiler.plan.work import OutputUse, Process
from borgplan.runtime.engine.runner import NotReadyError
from borgplan.runtime.process.listed import feeds_for_each, text_for_each, words_for_each
from tests.compiler.planning import compilation
from tests.databases.dump_differences import Difference, Ran, difference_of, read
from tests.databases.engines import ADDRESS, Engines
from tests.databases.own_recordings import own_recordings

ROOT = Path(__file__).parents[2].parent / "shared/databases/recordings"
GROUPS = ("config", "container", "credential", "dump-")
# What these servers answer when they are asked for their databases.
_POSTGRESQL = ["postgres", "template0", "template1", "users", "orders", "user_archive"]
_MARIADB = ["information_schema", "mysql", "performance_schema", "sys", "users", "orders", "user_archive"]  # fmt: skip
_ENGINES = ("docker", "podman")


def recordings() -> list[dict[str, Any]]:
    shared = [json.loads(path.read_text()) for path in sorted(ROOT.glob("*.json"))]
    return [one for one in (*shared, *own_recordings()) if one["group"].startswith(GROUPS)]


RECORDINGS = recordings()


def _plain(text: str) -> str:
    text = re.sub(r"\$TMP/run/borgmatic-RANDOM/(\./)?", "DUMPS/./", text)
    return re.sub(r"/dev/fd/(\$FD|\d+)|DUMPS/\./borgmatic/\w+_config/tmpRANDOM", "FILE", text)


def theirs(recording: dict[str, Any]) -> list[Ran]:
    found = []
    for event in recording["trace"]:
        if event["event"] in ("borg", "hook"):
            continue
        argv = [_plain(word) for word in event["argv"]]
        to_file = "-l" if event["event"] == "slapcat" else "--result-file"
        if to_file in argv:
            at = argv.index(to_file)
            del argv[at : at + 2]
        own = [f["content"].strip() for f in event.get("files", ()) if "$FD" in f["arg"]]
        own += [f["content"].strip() for f in event.get("files", ()) if "tmpRANDOM" in f["arg"]]
        environment = tuple(sorted(event.get("env_added", {}).items()))
        found.append(Ran(event["event"], tuple(argv), environment, tuple(own)))
    once = [one for one in found if one.program in _ENGINES]  # asked again for every database
    return sorted([*dict.fromkeys(once), *(one for one in found if one.program not in _ENGINES)])


class Filling:
    """Words in full, as far as a test can."""

    def __init__(self, compiled: Compilation, files: dict[str, str]) -> None:
        assert compiled.plan is not None
        self._credentials = files
        self._secrets = compiled.secrets
        self._scratch = {file.name: file for file in compiled.plan.scratch}
        self.values: dict[Value, str] = {}
        self.files: list[str] = []

    def text(self, word: Word, values: Any = None) -> str:
        values = self.values if values is None else values
        if isinstance(word, str):
            return word
        found = ""
        for part in word:
            match part:
                case str():
                    found += part
                case Use(value):
                    found += values.get(value, "")
                case ForEach():
                    found += text_for_each(part, values) or ""
                case SecretUse(secret, _, escape):
                    known = (
                        self._secrets.get(secret, "") if isinstance(secret, SecretOption) else "…"
                    )
                    if isinstance(secret, SecretFile):
                        name = secret.path.removeprefix("$TMP/")
                        found_there = self._credentials.get(
                            name, self._credentials.get(f"cwd/{name}")
                        )
                        if found_there is None:
                            raise NotReadyError(name)
                        known = found_there.rstrip("\n")
                    found += escaped(known, escape)
                case ScratchPath(name):
                    found += self._path(self._scratch[name])
        return found

    def _path(self, file: Scratch) -> str:
        if file.kind is ScratchKind.FOLDER:
            return "DUMPS"
        self.files.append("\n".join(self.text(line) for line in file.lines))
        return "FILE"

    def ran(self, argv: tuple[Word, ...], environment: Any, values: Any) -> Ran:
        self.files = []
        words: list[str] = []
        for word in argv:
            if not isinstance(word, str) and len(word) == 1 and isinstance(word[0], ForEach):
                words += words_for_each(word[0], values) or []
            else:
                words.append(self.text(word, values))
        own = [word for word in words[1:] if word != "--"]
        variables = tuple(sorted((name, self.text(word, values)) for name, word in environment))
        return Ran(words[0], tuple(own), variables, tuple(self.files))

    def metadata(self) -> dict[str, str]:
        return {
            file.path.removeprefix("borgmatic/"): "\n".join(self.text(line) for line in file.lines)
            for file in self._scratch.values()
            if file.path.endswith("dumps.json")
        }


def _each(ran: Ran) -> list[Ran]:
    """What a command starts: xargs one for each line of its file, another one itself."""
    if ran.program != "xargs":
        return [ran]
    at = ran.argv.index("-I") + 2
    program, *words = ran.argv[at:]
    return [
        Ran(program, tuple(word.replace("{}", line) for word in words), ran.environment)
        for line in ran.files[0].splitlines()
    ]


def _inspected(argv: tuple[Word, ...], recording: dict[str, Any]) -> tuple[str, list[Ran]]:
    """What a command prints that asks engines, and how it calls them."""
    known = recording.get("containers", {"dbcontainer": ADDRESS})
    by_podman = any(event["event"] == "podman" for event in recording["trace"])
    with TemporaryDirectory() as folder:
        engines = Engines(Path(folder), {} if by_podman else known, known)
        for name in recording.get("without", ()):
            Path(folder, name).unlink()
        words = [word for word in argv if isinstance(word, str)]
        ran = subprocess.run(words, env={"PATH": engines.path}, stdout=subprocess.PIPE, check=False)
        return ran.stdout.decode(), [Ran(w[0], tuple(w[1:]), (), ()) for w in engines.asked()]


def ours(
    compiled: Compilation, recording: dict[str, Any]
) -> tuple[list[Ran], dict[str, str] | None]:
    """What runs, and `dumps.json`; None for that where a list of names is refused."""
    listed = recording.get("server_databases")
    filling = Filling(compiled, recording["files"])
    found: list[Ran] = []
    assert compiled.plan is not None
    for step in compiled.plan.steps:
        work = step.work
        if not isinstance(work, Process):
            continue
        if "--dry-run" in recording["args"]:
            continue
        if step.role is Role.DUMP and work.argv[0] == "sh":
            value = Value(step.id, work.output.name)
            filling.values[value], asked = _inspected(work.argv, recording)
            found += asked
        elif step.role is Role.DUMP and work.argv[0] != "find":
            found += _each(filling.ran(work.argv, work.environment, filling.values))
            if work.output.use is OutputUse.KEEP:
                is_csv = "--csv" in work.argv
                names = (_POSTGRESQL if is_csv else _MARIADB) if listed is None else listed
                lines = [f'"{n}",owner' for n in names] if is_csv else names
                filling.values[Value(step.id, work.output.name)] = "\n".join(lines)
        try:
            for feed, values in feeds_for_each(work.feeds, filling.values) or ():
                assert EACH not in filling.values
                found.append(filling.ran(feed.argv, feed.environment, values))
        except NotReadyError:
            return sorted(found), None
    return sorted(found), filling.metadata()


def differences(recording: dict[str, Any], difference: Difference | None = None) -> list[str]:
    """In words, but for a `difference` that is deliberate; empty for what is equivalent."""
    deliberate = difference or Difference("")
    text = recording["files"]["borgmatic.d/db.yaml"].replace("$TMP/src", "/etc")
    text = text.replace("$TMP/repos/r1.borg", "/backups/one")
    environment = recording.get("env") or {}
    compiled = compilation({"c.yaml": text}, semantics="2.1.10", environment=environment)
    fails = recording["exit_code"] != 0
    wanted = deliberate.ran(theirs(recording))
    if why := _refused(compiled):
        is_so = deliberate.refused in why if deliberate.refused else fails and not wanted
        return [] if is_so else [f"borgplan refuses it beforehand: {why}"]
    found, metadata = ours(compiled, recording)
    told = [f"only borgmatic: {one}" for one in (Counter(wanted) - Counter(found)).elements()]
    told += [f"only borgplan: {one}" for one in (Counter(found) - Counter(wanted)).elements()]
    if (fails and not deliberate.only_theirs_fails) or metadata is None:
        return told if fails and metadata is None else [*told, "one of the two fails"]
    trees = [e["runtime_files"] for e in recording["trace"] if e.get("runtime_files")]
    recorded = {k: v for k, v in (trees[-1] if trees else {}).items() if k.endswith("dumps.json")}
    if (theirs_say := deliberate.metadata(read(recorded))) != read(metadata):
        told.append(f"dumps.json: {theirs_say} != {metadata}")
    return told


def _refused(compiled: Compilation) -> list[str]:
    """Codes of errors, and what is refused by name; empty if it runs."""
    refusals = compiled.plan.refusals if compiled.plan else ()
    return [*(item.code for item in compiled.errors), *(refusal.what for refusal in refusals)]


@pytest.mark.skipif(not RECORDINGS, reason="no recordings beside the project")
@pytest.mark.parametrize("recording", RECORDINGS, ids=[one["id"] for one in RECORDINGS])
def test_a_recorded_dump(recording: dict[str, Any], record_property: Any) -> None:
    difference = difference_of(recording["id"])
    found = differences(recording, difference)
    kind = "failing" if found else "deliberately different" if difference else "equivalent"
    record_property("dumps", (recording["group"], kind))
    assert found == []
    if difference:
        assert differences(recording), (
            f"it is equivalent, though said to differ: {difference.reason}"
        )


@pytest.mark.skipif(not RECORDINGS, reason="no recordings beside the project")
def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints for each kind how many are equivalent."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in RECORDINGS:
        how = "equivalent" if not differences(one) else "deliberately different"
        counts[one["group"], how] += 1
    with capsys.disabled():
        for (group, how), number in sorted(counts.items()):
            print(f"dumps of borgmatic 2.1.10, {group}: {number} {how}")
