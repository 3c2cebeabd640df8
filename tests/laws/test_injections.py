"""No value is ever run: hook texts and values that try everything, in real shells.

By default each text meets one value, in turn; `make injections` lets each meet more of them. A value comes
in three ways: said from outside (`{output}`), as a repository's path at run time, and known beforehand, as a
constant. Other machines, users and containers are stand-ins that run all they are given in every way there
is; so do the programs called `unknown`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from borgplan.compiler.config.hooks import Script
from borgplan.compiler.lower.template import script
from borgplan.compiler.plan.words import Late, Value
from borgplan.compiler.shell.neutral import TOLD, as_setting, in_form, variable
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.span import Span, Text
from tests.laws.injections import PAYLOADS, TEXTS, hook_texts

VALUES = int(os.environ.get("INJECTIONS", "1"))  # that each text meets
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
CONSTANT = "a constant"
WAYS: tuple[str | Value, ...] = (Late.OUTPUT, Late.REPOSITORY, CONSTANT)


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


class Bench:
    """A directory in which hooks run, and the programs that they find."""

    def __init__(self, directory: Path, shell: str) -> None:
        self.directory = directory / "here"
        self._programs = directory / "bin"
        self._programs.mkdir()
        self._usual: set[str] = set()
        for name in REPLACED:
            _program(self._programs / name, OBEDIENT)
        # That much is certain of real ones.
        _program(
            self._programs / "docker", OBEDIENT.replace("\n", '\n[ "$1" = stop ] && exit\n', 1)
        )
        for name in QUIET:
            _program(self._programs / name, "#!/bin/sh\ncat >/dev/null\n")
        _program(self._programs / "payload", f"#!/bin/sh\ntouch '{self.directory}/marker'\n")
        (self._programs / "python3").symlink_to(sys.executable)
        # Inside of hooks, too, `sh` is this shell.
        (self._programs / "sh").symlink_to(shell)
        self.shell = str(self._programs / "sh")

    def run(self, command: Script, value: str) -> bool:
        """Whether a part of the value was run, the script being given it as the runner does."""
        self._tidy()
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
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, 9)
            child.wait()
        return any(name.startswith("marker") for name in os.listdir(self.directory))

    def _tidy(self) -> None:
        if self._usual and set(os.listdir(self.directory)) == self._usual:
            return
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir()
        (self.directory / "text").write_text("x\n")
        (self.directory / "Makefile").write_text("all:\n\techo $(X)\n")
        _program(self.directory / "unknown.sh", OBEDIENT)
        _program(self.directory / "payload.sh", f"#!/bin/sh\ntouch '{self.directory}/marker'\n")
        self._usual = set(os.listdir(self.directory))


@pytest.fixture(scope="module", params=["dash", "bash"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    shell = shutil.which(request.param)
    if shell is None:
        pytest.skip(f"there is no {request.param}")
    return Bench(tmp_path_factory.mktemp("bench"), shell)


def compiled(text: str, value: str | Value) -> Script | None:
    diagnostics = Diagnostics()
    found = script(Text(text, PLACE), {"value": value}, None, diagnostics)
    assert (found is None) == diagnostics.has_errors
    return found


def _meets(number: int, way: str | Value) -> list[str]:
    """The values that text `number` meets in a way, dealt out so that neighbours meet different ones.

    A name of a program that the configuration itself gives is its own command and not tried.
    """
    if way is not Late.OUTPUT and VALUES == 1 and number % 4:
        return []
    values: tuple[str, ...] = PAYLOADS
    if way is not Late.OUTPUT:
        values = tuple(v for v in PAYLOADS if v != as_setting(v) and "\0" not in v)
    dealt = [values[(number * 7 + 13 * step) % len(values)] for step in range(VALUES)]
    return list(dict.fromkeys(dealt))


@pytest.mark.timeout(600)  # hundreds of processes each, and a slow machine
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_value_is_run(
    chunk: int, bench: Bench, record_property: Callable[[str, object], None]
) -> None:
    tried = refused = 0
    executed = []
    name = Path(bench.shell).resolve().name
    for number, text in list(enumerate(hook_texts()))[chunk::CHUNKS]:
        if VALUES == 1 and number >= len(TEXTS) and (number // CHUNKS % 2 == 0) == (name == "bash"):
            continue  # of those that are put together each meets one of the shells
        for way in WAYS:
            for value in _meets(number, way):
                given = value if way is CONSTANT else way
                command = compiled(text.replace("§", "{value}"), given)
                if command is None:
                    refused += 1
                    continue
                tried += 1
                if bench.run(command, value):
                    executed.append((text, way, value, command.text))
    record_property("injections", (name, tried, refused, len(executed)))
    assert not executed


@pytest.mark.parametrize(
    "text", ["eval $BORGPLAN_OUTPUT", 'unknown "$BORGPLAN_OUTPUT"', 'echo "$BORGPLAN_OUTPUT" | sh']
)
def test_the_bench_notices_what_is_run(text: str, bench: Bench) -> None:
    """The same, had the value been there as it is."""
    assert bench.run(Script(text), "touch marker")
    assert not bench.run(Script("true"), "touch marker")
