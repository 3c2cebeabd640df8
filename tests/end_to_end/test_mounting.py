"""mount and umount with real Borg: through FUSE where this machine has it, and what they refuse anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.configured import applied, apply, configure, init, plan
from tests.end_to_end.home import Home

pytestmark = pytest.mark.borg


@pytest.fixture
def mountable(home: Home) -> Home:
    init(home)
    configure(home, match_archives="*")
    for name in ("one", "two"):
        home.borg("create", f"backups/r::{name}", "documents")
        home.write("documents/data", name)
    (home.path / "there").mkdir()
    return home


def fuse() -> dict[str, str]:
    """Variables with which Borg can mount. Skips where it can't: no device, no program, no library."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("there is no /dev/fuse")
    if not (shutil.which("fusermount") or shutil.which("fusermount3")):
        pytest.skip("there is no fusermount")
    names = ("PYTHONPATH", "LD_LIBRARY_PATH")
    given = {name: os.environ[name] for name in names if name in os.environ}
    borg = shutil.which("borg") or ""
    first = Path(borg).read_bytes().split(b"\n")[0]
    python = first.removeprefix(b"#!").decode().strip() if first.startswith(b"#!") else "python3"
    for library in ("llfuse", "pyfuse3"):
        if (
            subprocess.run(
                [python, "-c", f"import {library}"], check=False, capture_output=True
            ).returncode
            == 0
        ):
            return given
    pytest.skip("Borg has neither llfuse nor pyfuse3")


def test_an_archive_is_mounted_and_unmounted(mountable: Home) -> None:
    given, there = fuse(), mountable.path / "there"
    applied(mountable, "mount", "--archive", "latest", "--mount-point", str(there), **given)
    try:
        assert (there / "documents/data").read_text() == "one"
        assert os.path.ismount(there)
    finally:
        applied(mountable, "umount", "--mount-point", str(there), **given)
    assert not os.path.ismount(there)
    assert list(there.iterdir()) == []


def test_all_archives_are_folders_of_a_mount(mountable: Home) -> None:
    given, there = fuse(), mountable.path / "there"
    words = ["--mount-point", str(there), "--last", "1", "--options", "ro"]
    applied(mountable, "mount", *words, **given)
    try:
        assert [path.name for path in there.iterdir()] == ["two"]
    finally:
        applied(mountable, "umount", "--mount-point", str(there), **given)


def test_what_is_mounted_in_a_run_is_unmounted_at_its_end(mountable: Home) -> None:
    given, there = fuse(), mountable.path / "there"
    words = ["--archive", "one", "--path", "documents/letter.txt", "--mount-point", str(there)]
    applied(mountable, "mount,umount", *words, **given)
    assert not os.path.ismount(there)


def test_nothing_to_unmount_is_a_failure(mountable: Home) -> None:
    fuse()
    ran = apply(mountable, "umount", "--mount-point", str(mountable.path / "there"))
    assert ran.exit_code == 1
    assert "borg umount" in ran.stderr


def test_a_mount_point_that_is_not_there_fails(mountable: Home) -> None:
    ran = apply(mountable, "mount", "--mount-point", str(mountable.path / "nowhere"))
    assert ran.exit_code == 1


def test_a_dry_run_mounts_nothing(mountable: Home) -> None:
    there = mountable.path / "there"
    applied(mountable, "mount,umount", "--archive", "one", "--mount-point", str(there), "-n")
    assert not os.path.ismount(there)


def test_a_mount_needs_a_place_and_one_repository(mountable: Home) -> None:
    for action in ("mount", "umount"):
        ran = apply(mountable, action)
        assert ran.exit_code == 2
        assert f"{action} needs a mount point" in ran.stderr
    init(mountable, "s")
    configure(mountable, ("r", "s"))
    ran = apply(mountable, "mount", "--mount-point", "there")
    assert ran.exit_code == 2
    assert "one repository at a time" in ran.stderr


def test_a_place_is_unmounted_once_whatever_repositories_there_are(mountable: Home) -> None:
    init(mountable, "s")
    configure(mountable, ("r", "s"), encryption_passphrase="a phrase")
    assert plan(mountable, "umount", "--mount-point", "there") == [
        ["borg", "umount", "--log-json", "there"]
    ]
    ran = mountable.borgplan(
        "plan", "--format", "json", "-a", "umount", "c.yaml", "--mount-point", "there"
    )
    (step,) = ran.report["steps"]
    assert step["work"]["passphrase"] is None
    assert [claim["kind"] for claim in step["claims"]] == ["files"]
