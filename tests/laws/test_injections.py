"""No value is ever run: hook texts and values that try everything, in real shells.

By default each text meets a few values; `make injections` lets each meet all of them. Every value comes
in three ways: known only while running (`{output}`), known beforehand (a constant), and as a repository's
path at run time. Other machines, users and containers are stand-ins that run all they are given; so do
the programs called `unknown`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from borgplan.compiler.diagnostic import Diagnostics
from borgplan.compiler.hooks import Script, Text
from borgplan.compiler.neutral import TOLD, in_form, variable
from borgplan.compiler.plan import Late
from borgplan.compiler.source import Span
from borgplan.compiler.template import script
from tests.laws.injections import PAYLOADS, hook_texts

ALL = bool(os.environ.get("ALL_INJECTIONS"))
CHUNKS = 40
PLACE = Span("config.yaml", 7, 9, 7, 20)
# Stands for a program that takes whatever it is given for code, in every way there is.
OBEDIENT = """\
#!/bin/sh
exec 2>/dev/null
for word; do
    (eval "$word") </dev/null
    (eval "${word#*=}") </dev/null
    (eval "${word#-?}") </dev/null
    ("$word") </dev/null
    (sh -c "$word") </dev/null
done
(eval "$*") </dev/null
("$@") </dev/null
(shift; "$@") </dev/null
timeout 2 sh
:
"""
REPLACED = (
    "at", "crontab", "doas", "docker", "kubectl", "m4", "mysql", "parallel", "podman", "psql", "runuser", "screen",
    "ssh", "su", "sudo", "systemd-run", "tmux", "unknown", "vim", "watch", "ntfy", "systemd-cat", "systemctl",
)  # fmt: skip
QUIET = ("curl", "logger", "mail", "notify-send", "wall", "wget")
LATE: dict[str, str | Late] = {"value": Late.OUTPUT}
WAYS: tuple[tuple[str, str | Late | None], ...] = (
    ("late", Late.OUTPUT),
    ("path", Late.REPOSITORY),
    ("constant", None),
)


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


class Bench:
    """A directory in which hooks run, and the programs that they find."""

    def __init__(self, directory: Path, shell: str) -> None:
        self.directory = directory / "here"
        self._programs = directory / "bin"
        self._programs.mkdir()
        for name in REPLACED:
            _program(self._programs / name, OBEDIENT)
        for name in QUIET:
            _program(self._programs / name, "#!/bin/sh\ncat >/dev/null\n")
        _program(self._programs / "payload", f"#!/bin/sh\ntouch '{self.directory}/marker'\n")
        (self._programs / "python3").symlink_to(sys.executable)
        # Inside of hooks, too, `sh` is this shell.
        (self._programs / "sh").symlink_to(shell)
        self.shell = str(self._programs / "sh")

    def run(self, command: Script, value: str) -> bool:
        """Whether a part of the value was run, the script being given it as the runner does."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir()
        (self.directory / "text").write_text("x\n")
        (self.directory / "Makefile").write_text("all:\n\techo $(X)\n")
        _program(self.directory / "unknown.sh", OBEDIENT)
        _program(self.directory / "payload.sh", f"#!/bin/sh\ntouch '{self.directory}/marker'\n")
        named = (*((variable(late), late) for late in TOLD), *command.late)
        child = subprocess.Popen(
            [self.shell, "-c", command.text],
            env={
                "PATH": f"{self._programs}:/usr/bin:/bin",
                "HOME": str(self.directory),
                "SHELL": self.shell,
                "LANG": "C.UTF-8",
                **{name: in_form(name, late, value) for name, late in named},
            },
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            pass
        finally:
            # What a hook leaves behind in the background isn't waited for.
            try:
                os.killpg(child.pid, 9)
            except ProcessLookupError:
                pass
            child.wait()
        return any(name.startswith("marker") for name in os.listdir(self.directory))


@pytest.fixture(scope="module", params=["dash", "bash"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    shell = shutil.which(request.param)
    if shell is None:
        pytest.skip(f"there is no {request.param}")
    yield Bench(tmp_path_factory.mktemp("bench"), shell)


def compiled(text: str, value: str | Late) -> Script | None:
    diagnostics = Diagnostics()
    found = script(Text(text, PLACE), {"value": value}, None, diagnostics)
    assert (found is None) == diagnostics.has_errors
    return found


def _values(number: int) -> tuple[str, ...]:
    """Those that text `number` meets: fixed ones that fit everywhere, and some of the others in turn."""
    if ALL:
        return PAYLOADS
    return tuple(PAYLOADS[(number * 7 + 13 * step) % len(PAYLOADS)] for step in range(2))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_value_is_run(
    chunk: int, bench: Bench, record_property: Callable[[str, object], None]
) -> None:
    tried = refused = 0
    executed = []
    for number, text in enumerate(hook_texts()):
        if number % CHUNKS != chunk:
            continue
        for turn, value in enumerate(_values(number)):
            ways = WAYS if ALL else WAYS[: 1 + (turn == 0 and number % 3 == 0) * 2]
            for way, given in ways:
                command = compiled(text.replace("§", "{value}"), value if given is None else given)
                if command is None:
                    refused += 1
                    continue
                tried += 1
                if bench.run(command, value):
                    executed.append((text, way, value, command.text))
    record_property("injections", (Path(bench.shell).resolve().name, tried, refused, len(executed)))
    assert not executed


@pytest.mark.parametrize("text", ["eval $BORGPLAN_OUTPUT", "unknown \"$BORGPLAN_OUTPUT\"", "echo \"$BORGPLAN_OUTPUT\" | sh"])
def test_the_bench_notices_what_is_run(text: str, bench: Bench) -> None:
    """The same, had the value been there as it is."""
    assert bench.run(Script(text), "touch marker")
    assert not bench.run(Script("true"), "touch marker")
