"""A place to run borgplan in: a scratch directory, a stand-in `borg` and `hook`, injected faults."""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Ran:
    """How a run of borgplan ended, and which commands ran in it."""

    exit_code: int
    stdout: str
    stderr: str
    events: list[dict[str, Any]]

    @property
    def trace(self) -> list[list[str]]:
        """`["hook", umask, argument…]` and `["borg", subcommand, repository]`, in order."""
        return [normal(event) for event in self.events]


def normal(event: Mapping[str, Any]) -> list[str]:
    """An event without what conformance isn't about: Borg's flags, where a hook was started."""
    argv: list[str] = event["argv"]
    if event["event"] == "hook":
        return ["hook", event["umask"], *argv]
    subcommand = next((word for word in argv if not word.startswith("-")), "")
    repository = next((word.split("::")[0] for word in argv if "/repos/" in word), "")
    return ["borg", subcommand, repository]


class Server:
    """A forking server, see `server.py`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "server.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

    def run(self, request: Mapping[str, object]) -> int:
        self.start(request)
        return self.wait()

    def start(self, request: Mapping[str, object]) -> int:
        """The number of the process, which has to be waited for before the next one."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        return self._answer()

    def wait(self) -> int:
        """The exit code, negative for a signal."""
        return self._answer()

    def _answer(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Laboratory:
    """One scratch directory with what a scenario needs."""

    def __init__(self, directory: Path, server: Server) -> None:
        self.tmp = directory
        self._state = tempfile.mkdtemp(dir=os.environ["BORGPLAN_STATE_DIRECTORY"])
        self._server = server
        for name in ("state", "home", "src", "repos", "cwd", "borgmatic.d", "bin", "log"):
            (directory / name).mkdir()
        (directory / "src" / "file").write_text("content\n")
        source = (HERE / "stand_in.py").read_text()
        for name in ("borg", "hook"):
            script = directory / "bin" / name
            script.write_text(f"#!{sys.executable} -IS\n{source}")
            script.chmod(0o755)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.tmp}/bin:/usr/bin:/bin",
            "HOME": f"{self.tmp}/home",
            "XDG_CONFIG_HOME": f"{self.tmp}/home/.config",
            "LANG": "C.UTF-8",
            "LAB_STATE": f"{self.tmp}/state",
            "BORGPLAN_STATE_DIRECTORY": self._state,
            "BORGPLAN_BORGMATIC": "",
        }

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            full = self.tmp / path
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_text(text.replace("$TMP", str(self.tmp)))

    def run(
        self,
        argv: Sequence[str],
        faults: Sequence[Mapping[str, object]] = (),
        env: Mapping[str, str] | None = None,
        umask: str = "0022",
        meanwhile: Callable[[int], None] = lambda _: None,
    ) -> Ran:
        """`borgplan ARGV` in this place. Faults are as in the recordings (see `stand_in.py`). `meanwhile`: is
        called with the number of its process."""
        state = self.tmp / "state"
        (state / "faults").write_bytes(marshal.dumps([dict(fault) for fault in faults]))
        events = state / "events"
        events.unlink(missing_ok=True)
        (state / "ready").unlink(missing_ok=True)
        process = self._server.start(
            {
                "argv": list(argv),
                "cwd": str(self.tmp / "cwd"),
                "env": {**self.environment(), **(env or {})},
                "umask": umask,
                "stdout": str(state / "stdout"),
                "stderr": str(state / "stderr"),
            }
        )
        meanwhile(process)
        code = self._server.wait()
        return Ran(
            code,
            (state / "stdout").read_text(),
            (state / "stderr").read_text(),
            list(_events(events)),
        )

    def script(
        self,
        text: str,
        env: Mapping[str, str],
        directory: Path,
        umask: str,
        faults: Sequence[Mapping[str, object]] = (),
    ) -> tuple[int, list[list[str]]]:
        """What a shell script does by itself: its exit code, and the stand-ins it starts."""
        ran = self.shell(text, env, directory, umask, faults)
        return ran.exit_code, ran.trace

    def shell(
        self,
        text: str,
        env: Mapping[str, str],
        directory: Path,
        umask: str = "0022",
        faults: Sequence[Mapping[str, object]] = (),
    ) -> Ran:
        """The same, with what it prints and the whole events."""
        state = self.tmp / "state"
        (state / "faults").write_bytes(marshal.dumps([dict(fault) for fault in faults]))
        (state / "events").unlink(missing_ok=True)
        ran = subprocess.run(
            ["/bin/sh", "-c", text], env={**self.environment(), **env}, cwd=directory,
            umask=int(umask, 8), stdin=subprocess.DEVNULL, capture_output=True,
        )  # fmt: skip
        code = ran.returncode if ran.returncode >= 0 else 128 - ran.returncode
        events = list(_events(state / "events"))
        return Ran(code, ran.stdout.decode(), ran.stderr.decode(), events)


def _events(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    with path.open("rb") as file:
        while True:
            try:
                yield marshal.load(file)
            except EOFError:
                return


@contextmanager
def working_directory(path: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(path)
    try:
        yield
    finally:
        os.chdir(before)
