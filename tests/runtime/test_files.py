"""Files replaced as a whole, with what belongs to them kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from borgplan.runtime.system.files import SHARED, ChangedError, create, keep_copy, replace, rewrite


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
    rewrite(str(file), b"new", before=b"old")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode == before.st_mode
    assert names(file) == {"c.yaml"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_stays(file: Path) -> None:
    os.chown(file, 1234, 2345)
    rewrite(str(file), b"new")
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 2345)
    keep_copy(str(file))
    assert Path(f"{file}.bak").stat().st_uid == 1234


def test_whoever_has_it_open_goes_on_to_see_the_old_content(file: Path) -> None:
    with file.open("rb") as reader:
        rewrite(str(file), b"new")
        assert reader.read() == b"old"


def test_a_link_stays_and_leads_to_the_new_content(file: Path) -> None:
    link = file.parent / "link"
    link.symlink_to(file)
    rewrite(str(link), b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"


def test_a_file_that_was_changed_in_the_meantime_stays(file: Path) -> None:
    with pytest.raises(ChangedError):
        rewrite(str(file), b"new", before=b"older")
    assert file.read_bytes() == b"old"
    assert names(file) == {"c.yaml"}


def test_only_files_are_replaced(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not a regular file"):
        rewrite(str(tmp_path), b"new")
    with pytest.raises(FileNotFoundError):
        rewrite(str(tmp_path / "none"), b"new")


def test_copies_are_kept_apart(file: Path) -> None:
    assert keep_copy(str(file)) == f"{file}.bak"
    file.write_bytes(b"newer")
    assert keep_copy(str(file)) == f"{file}.bak2"
    assert Path(f"{file}.bak").read_bytes() == b"old"
    assert Path(f"{file}.bak2").read_bytes() == b"newer"
    assert Path(f"{file}.bak").stat().st_mode == file.stat().st_mode


def test_a_new_file_is_for_its_owner_unless_it_is_to_be_shared(tmp_path: Path) -> None:
    replace(str(tmp_path / "own"), b"text")
    create(str(tmp_path / "shared"), b"text", SHARED)
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o600 & ~umask
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_new_file_takes_the_place_of_a_link_and_not_of_what_it_leads_to(file: Path) -> None:
    link = file.parent / "link"
    link.symlink_to(file)
    replace(str(link), b"new")
    assert not link.is_symlink()
    assert file.read_bytes() == b"old"


def test_what_is_there_is_never_created_again(file: Path) -> None:
    with pytest.raises(FileExistsError):
        create(str(file), b"new")
    assert file.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["directory", "n\0n", "none/file"])
def test_where_nothing_can_be_written_nothing_is_left_behind(tmp_path: Path, name: str) -> None:
    (tmp_path / "directory").mkdir()
    with pytest.raises((OSError, ValueError)):
        replace(f"{tmp_path}/{name}", b"new")
    assert os.listdir(tmp_path) == ["directory"]
