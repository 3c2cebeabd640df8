"""Runs as somebody sees them at a terminal of 80 and of 120 columns; `UPDATE_SESSIONS=1` rewrites what is kept of them.

What is kept is the screen at one moment and at the end. Times, rates and ids are no part of it.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.interrupts import default_signals
from tests.support.pipes import release
from tests.support.terminal import Terminal

HERE = Path(__file__).parent
CONFIGURATION = """\
repositories:
  - path: {lab}/repo/near
    label: near
  - path: {lab}/repo/far
    label: far
source_directories: [/etc/hostname]
keep_daily: 7
checks: [{{name: repository, frequency: always}}]
commands:
  - before: configuration
    run: ["echo 'dumping the database'; printf '3 of 7 tables'; read -r word < $LAB/go-hook; echo ', done'"]
  - after: error
    run: ["echo telling the administrator"]
"""


class Lab:
    """A directory with a stand-in of Borg, and what it waits for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.terminal: Terminal | None = None
        (path / "bin").mkdir()
        for name in ("near", "far"):
            (path / "repo" / name / "data").mkdir(parents=True)
            (path / "repo" / name / "config").write_text("[repository]\n")
        shutil.copy(HERE / "borg.sh", path / "bin/borg")
        (path / "web.yaml").write_text(CONFIGURATION.format(lab=path))
        (path / "web.yaml").chmod(0o600)
        for name in ("hook", "create-near", "create-far", "check-near"):
            os.mkfifo(path / f"go-{name}")

    def start(self, columns: int, *words: str, **variables: str) -> Terminal:
        """`apply` of the configuration."""
        own = ("apply", "web.yaml", "--semantics", "2.1", *words)
        return self.start_command(columns, *own, **variables)

    def start_command(self, columns: int, *words: str, **variables: str) -> Terminal:
        environment = {
            "PATH": f"{self.path}/bin:/usr/bin:/bin", "LAB": str(self.path), "HOME": str(self.path),
            "BORGPLAN_STATE_DIRECTORY": f"{self.path}/journal", "BORGPLAN_BORGMATIC": "", "FAILS": "",
            "LANG": "C.UTF-8", "TERM": "xterm-256color", **variables,
        }  # fmt: skip
        argv = [sys.executable, "-m", "borgplan.runtime", *words]
        with default_signals():
            self.terminal = Terminal(argv, columns, environment, str(self.path))
        return self.terminal

    def let_go(self, name: str) -> None:
        (self.path / f"go-{name}").write_text("go\n")

    def never_waits(self, *names: str) -> None:
        for name in names:
            (self.path / f"go-{name}").unlink()


@pytest.fixture
def lab() -> Iterator[Lab]:
    path = Path(tempfile.mkdtemp(prefix="lab", dir="/tmp"))  # a name of the same length each time
    found = Lab(path)
    yield found
    if found.terminal is not None:
        found.terminal.close()
    release(*path.glob("go-*"))
    shutil.rmtree(path)


Keep = Callable[[str], None]


@pytest.fixture
def keep(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Keep]:
    """Compares what was seen with what is kept."""
    seen: list[str] = []
    yield lambda text: seen.append(_without_chance(text, lab))
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")
    file = HERE / f"{name}.txt"
    text = f"\n{'=' * 20}\n".join(seen) + "\n"
    if os.environ.get("UPDATE_SESSIONS"):
        file.write_text(text)
    assert text == file.read_text()


def _without_chance(text: str, lab: Lab) -> str:
    """A screen without what is another one each time; nothing else moves by that."""
    text = re.sub(r"\d+\.\d\d [kMGT]?B/s", "RATE", text)
    text = re.sub(r"\b\d+\.\d s\b", "0.0 s", text)
    text = re.sub(r"\b0:\d\d\b", "0:00", text)
    text = re.sub(r"\b\d{8}-\d{6}\b", "20261128-030000", text)
    return text.replace(
        lab.path.name, "laboratory"[: len(lab.path.name)].ljust(len(lab.path.name), "x")
    )


@pytest.mark.parametrize("columns", [80, 120])
def test_a_first_backup(lab: Lab, keep: Keep, columns: int) -> None:
    lab.never_waits("create-far")
    terminal = lab.start(columns, "-a", "create,prune,check")
    keep(terminal.until("3 of 7 tables\n"))
    lab.let_go("hook")
    keep(terminal.until("B/s"))
    lab.let_go("create-near")
    keep(terminal.until("42%"))
    lab.let_go("check-near")
    keep(terminal.end())
    assert terminal.code == 0


@pytest.mark.parametrize("columns", [80, 120])
def test_a_failing_backup(lab: Lab, keep: Keep, columns: int) -> None:
    lab.never_waits("hook", "create-far", "check-near")
    (lab.path / "go-hook").write_text("go\n")
    terminal = lab.start(columns, "-a", "create", FAILS="near")
    terminal.until("1,204 files")
    lab.let_go("create-near")
    keep(terminal.end())
    assert terminal.code == 1


@pytest.mark.parametrize("columns", [80, 120])
def test_two_lanes(lab: Lab, keep: Keep, columns: int) -> None:
    lab.never_waits("hook", "check-near")
    (lab.path / "go-hook").write_text("go\n")
    terminal = lab.start(columns, "-a", "create", "--jobs", "2")
    terminal.until("far   [3/4]")
    terminal.until("near  [2/4]")
    terminal.look(1.5)
    # Above, lines of lanes come in any order.
    keep("\n".join(terminal.text().split("\n")[-3:]))
    lab.let_go("create-far")
    lab.let_go("create-near")
    terminal.end()
    assert terminal.code == 0


@pytest.mark.parametrize("columns", [80, 120])
def test_a_backup_that_is_interrupted(lab: Lab, keep: Keep, columns: int) -> None:
    lab.never_waits("hook")
    (lab.path / "go-hook").write_text("go\n")
    terminal = lab.start(columns, "-a", "create")
    terminal.until("1,204 files")
    terminal.press(b"\x03")
    keep(terminal.end())
    assert terminal.code == 130
