"""What a run does for good, with real Borg: deleting a repository, rewriting archives, another passphrase."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.configured import applied, apply, configure, init
from tests.end_to_end.home import PHRASE, Home

pytestmark = pytest.mark.borg
NEW = "another phrase"


@pytest.fixture
def kept(home: Home) -> Home:
    init(home)
    configure(home)
    home.borg("create", "--comment", "first", "backups/r::one", "documents", "app")
    return home


@pytest.fixture
def locked(home: Home) -> Home:
    """With a passphrase."""
    configure(home, encryption_passphrase=PHRASE)
    applied(home, "repo-create", "-e", "repokey")
    applied(home, "create")
    return home


@pytest.mark.parametrize("force", [[], ["--force"], ["--force", "--force"]])
def test_a_repository_is_deleted_with_consent_only(kept: Home, force: list[str]) -> None:
    config = kept.path / "backups/r/config"
    ran = apply(kept, "repo-delete", *force)
    assert ran.exit_code == 2
    assert "deletes the repository" in ran.stderr
    assert "--yes" in ran.stderr
    assert config.exists()
    applied(kept, "repo-delete", *force, "--dry-run")
    assert config.exists()
    applied(kept, "repo-delete", *force, "--yes", "--list")
    assert not config.exists()


def test_the_environment_is_no_consent(kept: Home) -> None:
    sure = {"BORG_DELETE_I_KNOW_WHAT_I_AM_DOING": "YES"}
    assert apply(kept, "repo-delete", **sure).exit_code == 2
    assert (kept.path / "backups/r/config").exists()


def test_a_plan_shows_what_needs_consent(kept: Home) -> None:
    ran = kept.borgplan("plan", "-a", "repo-delete", "c.yaml")
    assert "Needs consent" in ran.stdout
    assert f"deletes the repository {kept.path}/backups/r" in ran.stdout


def test_a_saved_plan_needs_consent_too(kept: Home) -> None:
    assert kept.borgplan("plan", "-a", "repo-delete", "c.yaml", "-o", "p.json").exit_code == 0
    assert kept.borgplan("apply", "p.json").exit_code == 2
    assert (kept.path / "backups/r/config").exists()
    assert kept.borgplan("apply", "p.json", "--yes").exit_code == 0
    assert not (kept.path / "backups/r/config").exists()


def test_a_cache_alone_needs_no_consent(kept: Home) -> None:
    applied(kept, "create")
    caches = kept.path / ".cache/borg"
    assert list(caches.glob("*/config"))
    applied(kept, "repo-delete", "--cache-only")
    assert not list(caches.glob("*/config"))
    assert len(kept.archives("r")) == 2


@pytest.mark.parametrize(("typed", "is_deleted"), [("{}/backups/r", True), ("yes", False)])
def test_at_a_terminal_the_repository_is_typed(kept: Home, typed: str, is_deleted: bool) -> None:
    code = at_a_terminal(kept, ["apply", "-a", "repo-delete", "c.yaml"], typed.format(kept.path))
    assert (kept.path / "backups/r/config").exists() is not is_deleted
    assert code == (0 if is_deleted else 2)


def at_a_terminal(
    home: Home, words: list[str], typed: str, question: bytes = b"To agree, type"
) -> int:
    """A run whose standard input, output and error are a terminal, at which a line is typed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "borgplan.runtime", *words], cwd=home.path,
        env=home.environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said, end, has_typed = b"", time.monotonic() + 60, False
    while time.monotonic() < end:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                said += os.read(ours, 65536)
            except OSError:
                break
        if not has_typed and question in said:
            has_typed = True
            os.write(ours, f"{typed}\n".encode())
    os.close(ours)
    assert has_typed, said
    return process.wait(timeout=30)


def test_recreate_rewrites_one_archive_as_configured(kept: Home) -> None:
    configure(kept, source_directories=["documents"], exclude_patterns=["*/scratch.tmp"])
    assert apply(kept, "recreate", "--archive", "one").exit_code == 2
    assert apply(kept, "recreate", "--yes").exit_code == 2  # of which archive?
    before = kept.borg("list", "--short", "backups/r::one").decode().split("\n")
    assert "app/state" in before
    applied(kept, "recreate", "--archive", "one", "--yes", "--list", "--comment", "two words")
    after = kept.borg("list", "--short", "backups/r::one").decode().split("\n")
    assert "documents/letter.txt" in after
    assert "app/state" not in after
    assert "documents/scratch.tmp" not in after
    (info,) = json.loads(kept.borg("info", "--json", "backups/r::one"))["archives"]
    assert info["comment"] == "two words"


def test_recreate_into_a_new_archive_needs_no_consent(kept: Home) -> None:
    configure(kept, source_directories=["documents"])
    applied(kept, "recreate", "--archive", "one", "--target", "new")
    assert sorted(kept.archives("r")) == ["new", "one"]
    assert b"app/state" in kept.borg("list", "--short", "backups/r::one")


def test_another_passphrase_comes_from_a_file_or_a_descriptor(locked: Home, tmp_path: Path) -> None:
    secret = tmp_path / "new"
    secret.write_text(f"{NEW}\n")
    words = ["key-change-passphrase", "--new-passphrase", str(secret)]
    assert apply(locked, *words).exit_code == 2
    ran = applied(locked, *words, "--yes")
    assert NEW not in ran.stdout + ran.stderr
    assert apply(locked, "repo-list").exit_code == 1  # the configuration has the old one
    assert len(locked.archives("r", NEW)) == 1
    configure(locked, encryption_passphrase=NEW)
    reading, writing = os.pipe()
    os.write(writing, b"a third")
    os.close(writing)
    done = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "apply", "-a", "key-change-passphrase", "--yes",
         "c.yaml", "--new-passphrase", f"/dev/fd/{reading}"],
        cwd=locked.path, env=locked.environment, pass_fds=[reading], capture_output=True, check=False,
    )  # fmt: skip
    os.close(reading)
    assert done.returncode == 0, done.stderr
    assert len(locked.archives("r", "a third")) == 1


def test_without_a_new_passphrase_the_old_one_is_not_taken_for_it(locked: Home) -> None:
    ran = apply(locked, "key-change-passphrase", "--yes")
    assert ran.exit_code == 2
    assert "needs the new passphrase" in ran.stderr
    assert len(locked.archives("r", PHRASE)) == 1
    applied(locked, "key-change-passphrase", "--yes", BORG_NEW_PASSPHRASE=NEW)
    assert len(locked.archives("r", NEW)) == 1


def test_a_key_is_exported_and_imported(locked: Home) -> None:
    applied(locked, "key-export", "--destination", f"{locked.path}/key")
    applied(locked, "key-change-passphrase", "--yes", BORG_NEW_PASSPHRASE=NEW)
    assert len(locked.archives("r", NEW)) == 1
    applied(locked, "key-import", "--path", f"{locked.path}/key")
    assert len(locked.archives("r", PHRASE)) == 1
    ran = apply(locked, "key-import", "--path", f"{locked.path}/nowhere")
    assert ran.exit_code == 1
    for words in ([], ["--path", "-"], ["--paper"]):
        assert apply(locked, "key-import", *words).exit_code == 2
