"""Real configuration files in older forms, migrated: borgmatic takes them, comments and meaning are kept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from borgplan.compiler.migration.migrate import Migration, migrate
from borgplan.compiler.migration.sheet import comments
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.commands.migrate import proof
from tests.conformance.corpus import CORPUS, CorpusHost, Entry, entries

OLD = [e for e in entries() if e.form in ("sectioned", "flat") and e.data["valid_2_1_10"]]
BORGMATIC = os.environ.get("BORGMATIC", "")
# What is told of these files; docs/migrate.md has the reasons.
TOLD = {
    "actions", "address", "checked", "directory", "environment", "exit codes", "included", "reading",
    "retries", "soft", "space", "stored", "umask",
}  # fmt: skip
# Monitoring services are told at other places since 1.8 and 2.0.
TOLD_WITH_SERVICES = TOLD | {"failures", "hooks", "order"}
# What nothing takes the place of.
STILL_DEPRECATED = (
    'containing "~" are deprecated', "The borgmatic_source_directory option is deprecated",
)  # fmt: skip
_VARIABLE = re.compile(rb"\$\{([A-Za-z_][A-Za-z0-9_]*)")

pytestmark = pytest.mark.skipif(not OLD, reason=f"no corpus in {CORPUS}")
each = pytest.mark.parametrize("entry", OLD, ids=lambda entry: entry.name)


@cache
def migrated(entry_name: str) -> Migration:
    entry = next(entry for entry in OLD if entry.name == entry_name)
    diagnostics = Diagnostics()
    found = migrate((str(entry.path),), CorpusHost(entry), "", diagnostics)
    assert found is not None, diagnostics
    return found


@each
def test_a_real_file_runs_the_same_and_all_that_is_different_is_of_a_known_kind(
    entry: Entry,
) -> None:
    found = proof(migrated(entry.name))
    served = any("healthchecks" in difference.text for difference in found)
    told = TOLD_WITH_SERVICES if served else TOLD
    assert {difference.kind for difference in found} <= told


@each
def test_a_real_file_keeps_its_comments(entry: Entry) -> None:
    (file,) = migrated(entry.name).files
    before, after = file.before.decode(), file.after.decode()
    texts = [sorted(comment.text for comment in comments(text)) for text in (before, after)]
    assert texts[0] == texts[1]


@each
def test_a_real_file_is_migrated_once(entry: Entry) -> None:
    (file,) = migrated(entry.name).files

    class Afterwards(CorpusHost):
        def read(self, path: str, limit: int) -> bytes:
            return file.after if path == file.path else super().read(path, limit)

    found = migrate((file.path,), Afterwards(entry), "", Diagnostics())
    assert found is not None
    assert not found.files[0].is_changed


def test_most_real_files_are_in_an_old_form() -> None:
    assert sum(migrated(entry.name).files[0].is_changed for entry in OLD) > len(OLD) // 2


@pytest.mark.oracle
@pytest.mark.skipif(not BORGMATIC, reason="BORGMATIC names no borgmatic 2.1")
@each
def test_borgmatic_takes_a_migrated_file(entry: Entry, tmp_path: Path) -> None:
    (file,) = migrated(entry.name).files
    for source in entry.path.parent.rglob("*"):
        if source.is_file():
            copy = tmp_path / source.relative_to(entry.path.parent)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    (tmp_path / entry.path.name).write_bytes(file.after)
    names: set[str] = set()
    for path in filter(Path.is_file, tmp_path.rglob("*")):
        data = path.read_bytes()
        names |= {name.decode() for name in _VARIABLE.findall(data)}
        for name, stored in (entry.includes or {}).items():
            data = re.sub(
                rf"(?<=[\s\[,]){re.escape(name)}(?=[\s\],]|$)".encode(),
                str(tmp_path / (stored or "")).encode(),
                data,
            )
        path.write_bytes(re.sub(rb"(?m)^log_file:.*", b"log_file: /dev/null", data))
    done = subprocess.run(
        [BORGMATIC, "config", "validate", "-c", entry.path.name],
        cwd=tmp_path, env={**os.environ, **dict.fromkeys(names, "7")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    if not entry.includes:
        output = " ".join((done.stdout + done.stderr).split())
        for text in STILL_DEPRECATED:
            output = output.replace(text, "")
        assert "deprecated" not in output
