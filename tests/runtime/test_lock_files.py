"""Files of locks, without a second process: names, signatures, who may read them, how one is waited for."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import pytest

from borgplan.runtime.journal import locks
from borgplan.runtime.journal.locks import BusyError, Holder, Wanted, held

LOCK = Wanted("repo", "a.lock", shared=False)
SHARED = LOCK._replace(shared=True)
ME = Holder(os.getpid(), "me", "apply", "now")


def nothing(_: str) -> None: ...


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("/srv/backups/repo one", "srv-backups-repo-one-5b9e74b68e0ef915.lock"),
        (
            "ssh://user@backup.example.org/./somewhere/Ä/far_away",
            "ackup-example-org---somewhere---far-away-dd7a592780fb7951.lock",
        ),
    ],
)
def test_the_name_of_a_file_is_the_same_in_every_release(location: str, name: str) -> None:
    """Else two releases of borgplan that run at the same time would not know of each other."""
    assert locks._file_name(location) == name


def test_only_its_owner_can_read_a_lock(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        with held([LOCK], str(tmp_path), ME, 0, nothing):
            assert (tmp_path / "a.lock").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(mask)


def test_a_lock_says_who_has_it_and_nothing_of_who_had_it(tmp_path: Path) -> None:
    (tmp_path / "a.lock").write_text("1\nsomebody\nwith a very long command line\nlong ago\n")
    with held([LOCK], str(tmp_path), ME, 0, nothing):
        assert (tmp_path / "a.lock").read_text() == f"{os.getpid()}\nme\napply\nnow\n"
        with (
            pytest.raises(BusyError) as refused,
            held([LOCK], str(tmp_path), ME, 0, nothing),
        ):
            pass
    assert str(refused.value) == (
        f"repo is in use by process {os.getpid()} of me, `apply`, since now"
    )


def test_nothing_is_left_of_a_lock_that_nobody_has(tmp_path: Path) -> None:
    with held([SHARED], str(tmp_path), ME, 0, nothing):
        with held([SHARED], str(tmp_path), ME, 0, nothing):
            pass
        assert os.listdir(tmp_path) == ["a.lock"]
    assert os.listdir(tmp_path) == []


def test_who_shares_a_lock_keeps_others_from_having_it_alone(tmp_path: Path) -> None:
    with (
        held([SHARED], str(tmp_path), ME, 0, nothing),
        pytest.raises(BusyError),
        held([LOCK], str(tmp_path), ME, 0, nothing),
    ):
        pass


@pytest.mark.parametrize("in_its_place", [False, True])
def test_a_file_that_its_holder_has_just_removed_is_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, in_its_place: bool
) -> None:
    path = tmp_path / "a.lock"
    lock = fcntl.flock
    removed: list[bool] = []

    def late(descriptor: int, operation: int) -> None:
        if not removed:
            removed.append(True)
            path.unlink()
            if in_its_place:
                path.write_text("")
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    descriptor = locks._try(str(path), shared=False)
    assert descriptor is not None
    assert os.path.samestat(os.stat(path), os.fstat(descriptor))
    os.close(descriptor)


def test_a_lock_is_looked_at_five_times_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sleep` stands for the time until the holder lets go."""
    naps: list[float] = []
    told: list[str] = []
    with open(tmp_path / "a.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        def sleep(seconds: float) -> None:
            naps.append(seconds)
            if len(naps) == 3:
                fcntl.flock(file, fcntl.LOCK_UN)

        monkeypatch.setattr(time, "sleep", sleep)
        with held([LOCK], str(tmp_path), ME, locks.FOREVER, told.append):
            pass
    assert naps == [0.2] * 3
    assert told == ["Waiting: repo is in use by another run of borgplan"]


def test_who_is_gone_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(pid: int, number: int) -> None:
        raise ProcessLookupError

    path = tmp_path / "a.lock"
    path.write_text("17\nme\napply\nnow\n")
    monkeypatch.setattr(os, "kill", gone)
    assert locks._holder(str(path)) == "another run of borgplan"
    path.write_text("17\nme\n")
    assert locks._holder(str(path)) == "another run of borgplan"
    assert locks._holder(f"{path}.none") == "another run of borgplan"


def test_asking_whether_a_process_runs_sends_it_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    assert locks._runs(17)
    assert sent == [(17, 0)]
    monkeypatch.undo()
    assert not locks._runs(1 << 80)


def test_a_place_that_is_not_writable_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(BusyError) as refused:
        locks.directory_of_locks({}, str(tmp_path))
    place = tmp_path / ".local/state/borgplan/locks"
    assert str(refused.value) == f"locks can't be kept in {place}: it isn't writable"


def test_the_first_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(locks, "_OF_ROOT", f"{tmp_path}/root")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(BusyError, match=r"/root: it isn.t writable"):
        locks.directory_of_locks({}, str(tmp_path))
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(locks, "_OF_ROOT", f"{tmp_path}/file/root")
    with pytest.raises(BusyError, match=r"/file/root: "):
        locks.directory_of_locks({}, str(tmp_path))
