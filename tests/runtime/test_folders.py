"""Scratch folders: what a killed run leaves goes with the next one; what others have there stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from borgplan.compiler.plan.scratch import Scratch, ScratchKind
from borgplan.runtime.process.folders import Folders, folders_of, make_folder

KILLED = """\
import os, sys
from borgplan.compiler.plan.scratch import Scratch, ScratchKind
from borgplan.runtime.process.folders import Folders
made = Folders({"s": Scratch("s", "run", ScratchKind.FOLDER, path=sys.argv[1])}).path("s")
os.mkdir(os.path.join(made, "dumps"))
os.mkfifo(os.path.join(made, "dumps/pipe"))
os.kill(os.getpid(), 9)
"""


def folders(base: Path) -> Folders:
    return Folders({"s": Scratch("s", "run", ScratchKind.FOLDER, path=str(base))})


def test_a_folder_is_for_its_owner_alone_and_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    made = folders(tmp_path)
    with folders_of(made):
        path = Path(made.path("s"))
        assert path.stat().st_mode & 0o777 == 0o700
        (path / "below/below").mkdir(parents=True)
        os.mkfifo(path / "below/pipe")
        (path / "link").symlink_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next(tmp_path: Path) -> None:
    for _ in range(2):
        subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    made = folders(tmp_path)
    path = made.path("s")
    assert [str(found) for found in tmp_path.iterdir()] == [path]
    made.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_use_and_what_is_only_called_so_stays(tmp_path: Path) -> None:
    one = folders(tmp_path)
    used = Path(one.path("s"))
    other = tmp_path / "borgplan-backups"
    other.mkdir(0o700)
    (other / "precious").write_text("data")
    (tmp_path / "borgplan-empty").mkdir(0o700)
    two = folders(tmp_path)
    two.path("s")
    two.close()
    assert used.is_dir()
    one.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "borgplan-backups",
        "borgplan-empty",
    ]
    assert (other / "precious").read_text() == "data"


def test_a_folder_that_another_step_makes_meanwhile_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.path.isdir
    slow = {str(tmp_path / "a"), str(tmp_path / "a" / "b")}

    def isdir(path: str) -> bool:
        """Whether it was there before another step made it."""
        before = really(path)
        if path in slow and not before:
            slow.discard(path)
            os.makedirs(path)
        return before

    monkeypatch.setattr(os.path, "isdir", isdir)
    make_folder(str(tmp_path), "a/b/c")
    assert really(str(tmp_path / "a" / "b" / "c"))


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(OSError, match="a"):
        make_folder(str(tmp_path), "a/b/c")
