"""Runs in which something goes wrong while databases are dumped, and what has to be true afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.configured import apply, configure, init
from tests.end_to_end.home import Home, Ran

ALL = bool(os.environ.get("ALL_FAULTS"))
thorough = pytest.mark.skipif(not ALL, reason="only with ALL_FAULTS=1 (make databases)")
BOUND = 120  # seconds, on a busy machine

SOUND = "echo '-- a dump'; echo '--'; echo '-- PostgreSQL database dump complete'; echo '--'"
LARGE = "head -c 3000000 /dev/zero | tr '\\0' x"
# At a point that a test waits for, until the test goes on or for a minute.
HERE = 'echo $$ >"$HOME/here.new"; mv "$HOME/here.new" "$HOME/here"; n=0; while [ ! -e "$HOME/go" ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done'


class Scene:
    """A home in which runs fail. `note` gets whether the fault was told."""

    def __init__(self, home: Home, note: Callable[[str, object], None]) -> None:
        self.home = home
        self.path = home.path
        note("fault", "injected")
        init(home)
        (self.path / "run").mkdir()

    def script(self, name: str, text: str) -> str:
        """A program of this text."""
        path = self.path / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)
        return str(path)

    def configure(self, **options: Any) -> None:
        hook = {"after": "error", "run": ["echo failed >>failures"]}
        options.setdefault("user_runtime_directory", f"{self.path}/run")
        configure(self.home, commands=[hook], **options)

    def dumping(self, *texts: str, **options: Any) -> None:
        """A configuration with a database for each of these programs."""
        databases = [
            {"name": f"db{n}", "format": "plain", "pg_dump_command": self.script(f"dump{n}", text)}
            for n, text in enumerate(texts)
        ]
        self.configure(postgresql_databases=databases, **options)

    # Runs

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A run of its own, which can be killed."""
        for name in ("here", "go"):
            (self.path / name).unlink(missing_ok=True)
        with (self.path / "out").open("wb") as out, (self.path / "err").open("wb") as err:
            return subprocess.Popen(
                [sys.executable, "-m", "borgplan.runtime", *(words or ("apply", "-a", "create", "c.yaml"))],
                cwd=self.path, env=self.home.environment, stdout=out, stderr=err,
            )  # fmt: skip

    def here(self) -> int:
        """Wait until a program is at the point; its number."""
        self.until((self.path / "here").exists)
        return int((self.path / "here").read_text())

    def go(self) -> None:
        (self.path / "go").touch()

    def until(self, what: Callable[[], object], seconds: float = BOUND) -> None:
        until = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < until, (
                f"{what} is not so after {seconds} s: {self.processes()}"
            )
            time.sleep(0.02)

    def ended(self, run: subprocess.Popen[bytes]) -> Ran:
        """How a run ends; that it does is part of the test."""
        try:
            code = run.wait(BOUND)
        except subprocess.TimeoutExpired:
            run.kill()
            raise
        return Ran(code, (self.path / "out").read_text(), (self.path / "err").read_text())

    def processes(self) -> dict[int, str]:
        """All that belong to this home, with their words."""
        own = f"HOME={self.path}\0".encode()
        found = {}
        for place in Path("/proc").iterdir():
            try:
                words = (place / "cmdline").read_bytes() if place.name.isdigit() else b""
                if words and own in (place / "environ").read_bytes() + b"\0":
                    found[int(place.name)] = words.replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
        return found

    def borg(self) -> int:
        """The number of the Borg that makes the archive."""
        found = [pid for pid, words in self.processes().items() if "/borg create " in words]
        return min(found)

    # What has to be true

    def told(self, ran: Ran, *words: str, code: int = 1, hook: bool = True) -> None:
        """It failed, for this reason, everybody was told, and nothing is left but an archive that Borg hides."""
        assert ran.exit_code == code, (ran.stdout, ran.stderr)
        text = ran.stdout + ran.stderr
        assert any(word in text for word in words) or not words, text
        assert any(
            f"ackup of c.yaml {how}" in ran.stdout for how in ("was made", f"in {self.path}")
        ), text
        assert "No backup" in ran.stdout or "is incomplete: archive" in ran.stdout, text
        assert (self.path / "failures").exists() == hook
        self.hides()
        self.leaves_nothing()

    def cut(self) -> None:
        """borgplan itself was killed: the next run doesn't begin beside what is left of it, and recovers."""
        recovered = self.home.borgplan("recover", "--wait", "60")
        assert recovered.exit_code == 0, recovered
        self.until(lambda: not self.processes(), 10)
        self.hides()
        self.next_is_fine("--recover")

    def hides(self) -> None:
        """No archive looks whole that isn't; one that Borg hides is named."""
        assert self.home.archives("r") == []

    def leaves_nothing(self) -> None:
        """No folder, no pipe, no process."""
        assert list((self.path / "run").iterdir()) == []
        self.until(lambda: not self.processes(), 10)

    def next_is_fine(self, *words: str) -> None:
        """With programs that dump."""
        for number in range(len(list(self.path.glob("dump[0-9]")))):
            self.script(f"dump{number}", SOUND)
        before = len(self.home.archives("r"))
        ran = apply(self.home, "create", *words)
        assert ran.exit_code == 0, ran.stderr
        assert len(self.home.archives("r")) == before + 1
        self.leaves_nothing()


SIGNALS = {"TERM": signal.SIGTERM, "KILL": signal.SIGKILL}
