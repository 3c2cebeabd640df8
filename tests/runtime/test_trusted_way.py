"""What borgplan keeps for itself is reached by no link that somebody else has put there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from borgplan.runtime.journal.marks import mark
from borgplan.runtime.journal.store import UnusableError, open_for_writing
from borgplan.runtime.report.logfile import LogFile
from borgplan.runtime.system.trusted_way import ForeignLinkError, folder, made, opened, touch

NOBODY = 65534


def link(at: Path, to: Path | str, *, foreign: bool) -> None:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(to)
    if foreign:
        if os.geteuid():
            pytest.skip("only root can make a link of somebody else")
        os.lchown(at, NOBODY, NOBODY)


def test_a_note_is_never_written_through_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    os.utime(victim, (1, 1))
    link(tmp_path / "checks/note", victim, foreign=False)
    touch(f"{tmp_path}/checks/note")
    assert (victim.read_text(), victim.stat().st_mtime) == ("precious", 1)
    note = tmp_path / "checks/note"
    assert not note.is_symlink()
    assert note.stat().st_mtime > 1
    assert note.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in note.parent.iterdir()] == ["note"]


def test_a_dangling_link_makes_no_file_elsewhere(tmp_path: Path) -> None:
    link(tmp_path / "checks/note", tmp_path / "made", foreign=False)
    touch(f"{tmp_path}/checks/note")
    assert not (tmp_path / "made").exists()


def test_what_is_missing_on_the_way_is_made_private(tmp_path: Path) -> None:
    touch(f"{tmp_path}/a/b/note")
    assert (tmp_path / "a/b/note").exists()
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("relative", [False, True])
def test_an_own_link_on_the_way_is_followed(tmp_path: Path, *, relative: bool) -> None:
    (tmp_path / "there").mkdir()
    link(tmp_path / "x/here", "../there" if relative else tmp_path / "there", foreign=False)
    touch(f"{tmp_path}/x/here/checks/repo/note")
    assert (tmp_path / "there/checks/repo/note").exists()


@pytest.mark.parametrize("at", ["state/checks", "state/checks/repo"])
def test_what_borgplan_makes_itself_is_never_a_link(tmp_path: Path, at: str) -> None:
    """Not even an own one."""
    (tmp_path / "victim/repo").mkdir(parents=True)
    link(tmp_path / at, tmp_path / "victim", foreign=False)
    with pytest.raises(ForeignLinkError):
        touch(f"{tmp_path}/state/checks/repo/note")
    assert [path.name for path in (tmp_path / "victim").rglob("*")] == ["repo"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    link(tmp_path / "one", "two", foreign=False)
    link(tmp_path / "two", "one", foreign=False)
    with pytest.raises(OSError, match="links"):
        folder(f"{tmp_path}/one/x")


@pytest.mark.parametrize("at", ["state", "state/borgplan"])
def test_a_link_of_somebody_else_on_the_way_is_refused(tmp_path: Path, at: str) -> None:
    (tmp_path / "victim/borgplan").mkdir(parents=True)
    link(tmp_path / at, tmp_path / "victim", foreign=True)
    for make in (
        lambda: touch(f"{tmp_path}/state/borgplan/checks/repo/note"),
        lambda: made(f"{tmp_path}/state/borgplan/locks"),
        lambda: mark(f"{tmp_path}/state/borgplan/journal", "run"),
        lambda: LogFile(f"{tmp_path}/state/borgplan/log"),
    ):
        with pytest.raises(ForeignLinkError, match="another user"):
            make()
    with pytest.raises(UnusableError, match="another user"):
        open_for_writing(f"{tmp_path}/state/borgplan/journal")
    assert [path for path in (tmp_path / "victim").rglob("*") if path.name != "borgplan"] == []


def test_a_log_is_not_added_to_through_a_link_of_somebody_else(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    link(tmp_path / "log", victim, foreign=True)
    with pytest.raises(ForeignLinkError):
        LogFile(f"{tmp_path}/log")
    assert victim.read_text() == "precious"


def test_an_own_log_may_be_elsewhere(tmp_path: Path) -> None:
    link(tmp_path / "log", tmp_path / "there", foreign=False)
    LogFile(f"{tmp_path}/log").line("said", error=False)
    assert "said" in (tmp_path / "there").read_text()


def test_standard_output_is_a_link_too() -> None:
    os.close(opened("/dev/null", os.O_WRONLY, 0o600))
    os.close(opened("/dev/stderr", os.O_WRONLY | os.O_APPEND, 0o600))
