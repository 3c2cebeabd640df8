"""Files replaced as a whole, with what belongs to them kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from borgplan.runtime.replace import ChangedError, keep_copy, replace


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


def names(path: Path) -> set[str]:
    return set(os.listdir(path.parent))


def test_the_content_is_replaced_and_the_mode_stays(file: Path) -> None:
    before = file.stat()
    replace(str(file), b"new", before=b"old")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode == before.st_mode
    assert names(file) == {"c.yaml"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_stays(file: Path) -> None:
    os.chown(file, 1234, 2345)
    replace(str(file), b"new")
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 2345)
    keep_copy(str(file))
    assert Path(f"{file}.bak").stat().st_uid == 1234


def test_whoever_has_it_open_goes_on_to_see_the_old_content(file: Path) -> None:
    with file.open("rb") as reader:
        replace(str(file), b"new")
        assert reader.read() == b"old"


def test_a_link_stays_and_leads_to_the_new_content(file: Path) -> None:
    link = file.parent / "link"
    link.symlink_to(file)
    replace(str(link), b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"


def test_a_file_that_was_changed_in_the_meantime_stays(file: Path) -> None:
    with pytest.raises(ChangedError):
        replace(str(file), b"new", before=b"older")
    assert file.read_bytes() == b"old"
    assert names(file) == {"c.yaml"}


def test_only_files_are_replaced(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not a regular file"):
        replace(str(tmp_path), b"new")
    with pytest.raises(FileNotFoundError):
        replace(str(tmp_path / "none"), b"new")


def test_copies_are_kept_apart(file: Path) -> None:
    assert keep_copy(str(file)) == f"{file}.bak"
    file.write_bytes(b"newer")
    assert keep_copy(str(file)) == f"{file}.bak2"
    assert Path(f"{file}.bak").read_bytes() == b"old"
    assert Path(f"{file}.bak2").read_bytes() == b"newer"
    assert Path(f"{file}.bak").stat().st_mode == file.stat().st_mode
