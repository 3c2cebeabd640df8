"""Files of a revision, from one process of git: contents, sizes, what is not there, and processes that come and go."""

from __future__ import annotations

import gc
import os
import subprocess
from pathlib import Path

import pytest

from borgplan.runtime.system.git import GitError, Repository
from borgplan.runtime.system.git_blobs import Blobs, TooLargeError

_CONTENTS = [b"", b"\n", b"one\ntwo", b"\0\xff" * 70_000]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


def _kept(top: Path, content: bytes) -> str:
    words = ["git", "-C", str(top), "hash-object", "-w", "--stdin"]
    return subprocess.run(words, input=content, capture_output=True, check=True).stdout.decode()[
        :-1
    ]


def test_one_process_reads_all(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, ...]] = []
    start = Repository.started

    def counted(self: Repository, *words: str) -> subprocess.Popen[bytes]:
        started.append(words)
        return start(self, *words)

    monkeypatch.setattr(Repository, "started", counted)
    names = [_kept(top, content) for content in _CONTENTS]
    blobs = Blobs(Repository(str(top)))
    assert [blobs.read(name, 200_000) for name in [*names, *names]] == [*_CONTENTS, *_CONTENTS]
    assert len(started) == 1


def test_after_an_error_the_next_file_is_read(top: Path) -> None:
    small, large = _kept(top, b"small"), _kept(top, b"x" * 100_000)
    blobs = Blobs(Repository(str(top)))
    for _ in range(2):
        with pytest.raises(TooLargeError) as error:
            blobs.read(large, 99_999)
        assert error.value.size == 100_000
        assert blobs.read(small, 5) == b"small"
        with pytest.raises(GitError, match="no such file"):
            blobs.read("0" * 40, 5)


def test_a_forked_process_asks_its_own_git(top: Path) -> None:
    name = _kept(top, b"text")
    blobs = Blobs(Repository(str(top)))
    assert blobs.read(name, 9) == b"text"
    pid = os.fork()
    if pid == 0:
        os._exit(0 if blobs.read(name, 9) == b"text" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert blobs.read(name, 9) == b"text"


def test_the_process_ends_with_its_reader(top: Path) -> None:
    name = _kept(top, b"text")
    blobs = Blobs(Repository(str(top)))
    blobs.read(name, 9)
    process = blobs._process
    assert process is not None
    del blobs
    gc.collect()
    assert process.returncode is not None
