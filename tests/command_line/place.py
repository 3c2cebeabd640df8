"""A scratch home for runs of the whole program, with programs of the test's own on PATH."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.interrupts import default_signals
from tests.support.laboratory import Server
from tests.support.made import MADE

FLAT = "source_directories: [/etc/hostname]\nrepositories: [{path: repo}]\nkeep_daily: 1\n"

# Which Borg there is is asked beforehand, and not what these tests are about.
VERSION = '[ "$1" = --version ] && { echo borg 1.2.4; exit; }\n'

# Notes its subcommand and the passphrase it is given.
BORG = """\
echo "borg $1" >> "$HOME/trace"
if [ -n "$BORG_PASSPHRASE_FD" ]; then cat "/dev/fd/$BORG_PASSPHRASE_FD" >> "$HOME/phrases"; fi
"""


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Place:
    def __init__(self, path: Path, server: Server) -> None:
        self.path = path
        self._server = server
        (path / "bin").mkdir()
        self.program("borg", BORG)

    def write(self, name: str, content: str | bytes) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        file.chmod(0o600)
        return file

    def program(self, name: str, script: str) -> None:
        start = VERSION + MADE if name == "borg" else ""
        file = self.write(f"bin/{name}", f"#!/bin/sh\n{start}{script}")
        file.chmod(0o755)

    def read(self, name: str) -> str:
        file = self.path / name
        return file.read_text(errors="replace") if file.exists() else ""

    @property
    def trace(self) -> list[str]:
        """What ran, of what notes itself."""
        return self.read("trace").splitlines()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.path}/bin:/usr/bin:/bin",
            "HOME": str(self.path),
            "XDG_CONFIG_HOME": f"{self.path}/.config",
            "LANG": "C.UTF-8",
            "BORGPLAN_STATE_DIRECTORY": f"{self.path}/journal",
            "BORGPLAN_BORGMATIC": "",  # whatever is installed on this machine
        }

    def run(self, *words: str, directory: str = ".", **environment: str) -> Ran:
        out, err = self.path / ".out", self.path / ".err"
        code = self._server.run(
            {
                "argv": words,
                "cwd": str(self.path / directory),
                "env": {**self.environment, **environment},
                "umask": "0022",
                "stdout": str(out),
                "stderr": str(err),
            }
        )
        return Ran(code, out.read_text(errors="replace"), err.read_text(errors="replace"))

    def signalled(self, number: int, ready: str, *words: str) -> Ran:
        """A run that is sent a signal as soon as there is a file of that name."""
        with default_signals():
            process = subprocess.Popen(
                [sys.executable, "-m", "borgplan.runtime", *words],
                cwd=self.path, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
        try:
            until = time.monotonic() + 10
            while not (self.path / ready).exists() and process.poll() is None:
                assert time.monotonic() < until, "it never came that far"
                time.sleep(0.01)
            os.kill(process.pid, number)
            out, err = process.communicate(timeout=10)
        finally:
            process.kill()
        return Ran(process.returncode, out, err)


def nothing_ran(place: Place, ran: Ran) -> None:
    assert ran.code == 2, ran
    assert not place.trace
    assert "internal error" not in ran.err
