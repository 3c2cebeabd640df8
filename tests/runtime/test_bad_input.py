"""Input that can't be used, through the command line as a real process: said where, and nothing runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.made import MADE

COMMANDS = ["plan", "apply", "lint"]
SECRET = "hunter2-57005"


@dataclass(frozen=True)
class Place:
    """A scratch directory, with a stand-in for Borg that succeeds, and hooks that would leave a trace."""

    directory: Path

    @property
    def marker(self) -> Path:
        return self.directory / "marker"

    def path(self, name: str) -> str:
        return str(self.directory / name)

    def write(self, name: str, content: str | bytes) -> str:
        path = self.directory / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(0o600)
        return str(path)

    def good(self, more: str = "") -> str:
        """A configuration whose hooks would create the marker; 11 lines, `hooks:` last."""
        hook = f"    - touch {self.marker}\n"
        return (
            "location:\n  source_directories:\n    - /etc/hostname\n"
            f"  repositories:\n    - {self.directory}/repo\n"
            f"hooks:\n  before_everything:\n{hook}  before_backup:\n{hook}{more}"
        )

    def run(self, *words: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*before, sys.executable, "-m", "borgplan.runtime", *words],
            cwd=self.directory,
            env={
                "PATH": f"{self.directory}/bin:/usr/bin:/bin",
                "HOME": str(self.directory),
                "XDG_CONFIG_HOME": f"{self.directory}/.config",
                "LANG": "C.UTF-8",
                "BORGPLAN_STATE_DIRECTORY": f"{self.directory}/journal",
                "BORGPLAN_BORGMATIC": "",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=20,
            check=False,
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "bin").mkdir()
    borg = tmp_path / "bin" / "borg"
    borg.write_text(f"#!/bin/sh\n{MADE}exit 0\n")
    borg.chmod(0o755)
    return Place(tmp_path)


def refused(place: Place, ran: subprocess.CompletedProcess[str], command: str, head: str) -> None:
    """It ended with 2, with a diagnostic that begins so, and nothing was run."""
    said = ran.stdout if command == "lint" else ran.stderr
    everything = ran.stdout + ran.stderr
    assert ran.returncode == 2, everything
    assert "Traceback" not in everything
    assert "internal error" not in everything
    assert re.search(rf"^{re.escape(head)}", said, re.MULTILINE), everything
    assert re.search(r"^.*:\d+:\d+: error BP\d{3} \S", said, re.MULTILINE), everything
    assert not place.marker.exists()


def bomb(levels: int = 12) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(levels)]
    return "\n".join(lines) + "\n"


def big(place: Place) -> str:
    path = place.write("c.yaml", place.good())
    os.truncate(path, 100 * 1024 * 1024)
    return path


def fifo(place: Place) -> str:
    os.mkfifo(place.path("c.yaml"))
    return place.path("c.yaml")


def symlink_loop(place: Place) -> str:
    (place.directory / "other.yaml").symlink_to("c.yaml")
    (place.directory / "c.yaml").symlink_to("other.yaml")
    return place.path("c.yaml")


def directory(place: Place) -> str:
    (place.directory / "d" / "sub.yaml").mkdir(parents=True)
    (place.directory / "d" / "readme.txt").touch()
    return place.path("d")


def cycle(place: Place) -> str:
    place.write("other.yaml", "umask: !include c.yaml\n")
    return place.write("c.yaml", place.good("storage: !include other.yaml\n"))


def including(make: Callable[[Place], str]) -> Callable[[Place], str]:
    """A configuration that includes what `make` makes, in its 11th line."""

    def prepared(place: Place) -> str:
        made = make(place)
        target = place.path("included")
        Path(made).rename(target) if made.startswith(place.path("")) else None
        where = target if Path(target).is_symlink() or Path(target).exists() else made
        return place.write("main.yaml", place.good(f"storage: !include {where}\n"))

    return prepared


def deep_includes(place: Place) -> str:
    for n in range(60):
        place.write(f"{n}.yaml", "[" * 60 + f"!include {n + 1}.yaml" + "]" * 60)
    place.write("60.yaml", "x")
    return place.write("c.yaml", place.good("storage: !include 0.yaml\n"))


def deep_aliases(place: Place) -> str:
    lines = [f"a{n + 1}: &a{n + 1} {'[' * 60}*a{n}{']' * 60}\n" for n in range(60)]
    return place.write("c.yaml", place.good("a0: &a0 x\n" + "".join(lines)))


def file(content: str | bytes) -> Callable[[Place], str]:
    return lambda place: place.write("c.yaml", content)


def good_and(more: str) -> Callable[[Place], str]:
    return lambda place: place.write("c.yaml", place.good(more))


CASES: dict[str, tuple[Callable[[Place], str], str]] = {
    "missing file": (lambda place: place.path("c.yaml"), "{dir}/c.yaml:1:1: error BP101 no such file"),
    "directory without configurations": (directory, "{dir}/d:1:1: error BP122 "),
    "empty file": (file(""), "{dir}/c.yaml:1:1: error BP104 the file is empty"),
    "only comments": (file("# nothing\n"), "{dir}/c.yaml:1:1: error BP104 the file is empty"),
    "empty name": (lambda place: "", ":1:1: error BP101 "),
    "name that is too long": (lambda place: "x" * 300, "x"),
    "name that is no UTF-8": (lambda place: "a\udcff.yaml", "a"),
    "file as directory": (lambda place: place.write("f", "") + "/c.yaml", "{dir}/f/c.yaml:1:1: error BP101 not a directory"),
    "invalid YAML": (good_and("storage: [a\nx: y\n"), "{dir}/c.yaml:12:2: error BP103 not valid YAML: "),
    "tab": (good_and("storage:\n\tumask: 77\n"), "{dir}/c.yaml:12:1: error BP103 not valid YAML: "),
    "unknown key": (good_and("  befor_backup: [a]\n"), "{dir}/c.yaml:11:3: error BP210 unknown option `befor_backup`"),
    "wrong type": (good_and("retention:\n  keep_daily: many\n"), "{dir}/c.yaml:12:15: error BP203 "),
    "null": (good_and("storage:\n  compression:\n"), "{dir}/c.yaml:12:15: error BP202 "),
    "binary file": (file(bytes(range(256)) * 50), "{dir}/c.yaml:"),
    "control character": (good_and("storage:\n  compression: \x1b[31m\n"), "{dir}/c.yaml:12:16: error BP102 "),
    "big file": (big, "{dir}/c.yaml:1:1: error BP101 is 104857600 bytes long"),
    "include cycle": (cycle, "other.yaml:1:8: error BP112 "),
    "include of nothing": (good_and("storage: !include no.yaml\n"), "{dir}/c.yaml:11:10: error BP101 included file no.yaml does not exist"),
    "include of an empty name": (good_and("storage: !include ''\n"), "{dir}/c.yaml:11:10: error BP101 "),
    "include of a directory": (good_and("storage: !include /etc\n"), "{dir}/c.yaml:11:10: error BP101 included file /etc: is a directory"),
    "include of a FIFO": (including(fifo), "{dir}/main.yaml:11:10: error BP101 "),
    "include of /dev/zero": (good_and("storage: !include /dev/zero\n"), "{dir}/c.yaml:11:10: error BP101 "),
    "include of a big file": (including(big), "{dir}/main.yaml:11:10: error BP101 "),
    "include of a broken file": (including(file("a: [")), "{dir}/included:2:1: error BP103 "),
    "alias bomb": (good_and(bomb()), "{dir}/c.yaml:16:"),
    "FIFO": (fifo, "{dir}/c.yaml:1:1: error BP101 is not a regular file"),
    "/dev/zero": (lambda place: "/dev/zero", "/dev/zero:1:1: error BP101 is not a regular file"),
    "/proc/self/mem": (lambda place: "/proc/self/mem", "/proc/self/mem:1:1: error BP101 "),
    "symlink loop": (symlink_loop, "{dir}/c.yaml:1:1: error BP101 too many levels of symbolic links"),
    "deeply nested": (good_and("x: " + "[" * 100_000 + "\n"), "{dir}/c.yaml:11:67: error BP107 nested deeper than 64"),
    "deep by includes": (deep_includes, "1.yaml:1:"),
    "deep by aliases": (deep_aliases, "{dir}/c.yaml:"),
    "second document": (good_and("---\na: 1\n"), "{dir}/c.yaml:11:1: error BP106 "),
    "list": (file("- a\n"), "{dir}/c.yaml:1:1: error BP201 "),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("case", CASES)
def test_unusable_input(place: Place, case: str, command: str) -> None:
    make, head = CASES[case]
    path = make(place)
    ran = place.run(command, "--actions", "create", path)
    refused(place, ran, command, head.replace("{dir}", str(place.directory)))


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unreadable_file(place: Place, command: str) -> None:
    path = place.write("c.yaml", place.good())
    Path(path).chmod(0)
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root can read everything, and there is no setpriv to give that up")
        rights = "-dac_override,-dac_read_search"
        before = ("setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}")
    ran = place.run(command, "--actions", "create", path, before=before)
    refused(place, ran, command, f"{path}:1:1: error BP101 permission denied")


@pytest.mark.parametrize("command", COMMANDS)
def test_no_file_at_all(place: Place, command: str) -> None:
    ran = place.run(command)
    if Path("/etc/borgmatic").exists() or Path("/etc/borgmatic.d").exists():
        pytest.skip("this machine has a configuration")
    refused(place, ran, command, "<command line>:1:1: error BP121 ")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_current_directory_that_is_gone(place: Place, command: str) -> None:
    path = place.write("c.yaml", place.good())
    script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    ran = place.run(command, path, before=("sh", "-c", script, "sh"))
    assert ran.returncode == 2
    assert ran.stderr.startswith("borgplan: the current directory can't be used: ")
    assert not place.marker.exists()


@pytest.mark.parametrize(
    "control", ["\\e]0;title\\a", "\\e[2J", "\\b", "\\r", "\\x9b2J", "\\x9d0;t\\x9c"]
)
def test_control_characters_of_a_file_do_not_reach_the_terminal(place: Place, control: str) -> None:
    text = f'"{control}key": 1\nretention:\n  keep_daily: "{control}"\n'
    path = place.write("c.yaml", place.good(text + f'consistency:\n  checks: ["{control}"]\n'))
    for command in COMMANDS:
        ran = place.run(command, path)
        refused(place, ran, command, f"{path}:11:1: error BP210 ")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ran.stdout + ran.stderr)


# One broken file beside a good one


def two_files(place: Place) -> tuple[str, str]:
    good = place.write("good.yaml", place.good())
    broken = place.write("broken.yaml", place.good("storage:\n  compression: 3\n"))
    return good, broken


@pytest.mark.parametrize("broken_first", [True, False])
@pytest.mark.parametrize("command", ["plan", "lint"])
def test_a_broken_file_beside_a_good_one(place: Place, command: str, *, broken_first: bool) -> None:
    good, broken = two_files(place)
    paths = [broken, good] if broken_first else [good, broken]
    ran = place.run(command, "--actions", "create", *paths)
    refused(place, ran, command, f"{broken}:12:16: error BP203 ")
    assert f"{good}:" not in "".join(re.findall(r".*: error BP.*", ran.stdout + ran.stderr))
    if command == "plan":
        assert "1 configuration file" in ran.stdout


@pytest.mark.parametrize("broken_first", [True, False])
def test_apply_runs_the_good_file_and_reports_the_broken_one_first_and_last(
    place: Place, *, broken_first: bool
) -> None:
    good, broken = two_files(place)
    paths = [broken, good] if broken_first else [good, broken]
    ran = place.run("apply", "--actions", "create", *paths)
    head = f"{broken}:12:16: error BP203 "
    assert ran.returncode == 1, ran.stderr
    assert place.marker.exists()
    assert ran.stderr.startswith(head)
    assert ran.stderr.count(head) == 2
    assert ran.stderr.rindex(head) > ran.stderr.rindex("borg create")
    assert broken in ran.stdout


def test_apply_strict_runs_nothing_beside_a_broken_file(place: Place) -> None:
    good, broken = two_files(place)
    ran = place.run("apply", "--strict", "--actions", "create", good, broken)
    refused(place, ran, "apply", f"{broken}:12:16: error BP203 ")
    assert f"{broken} has errors, and --strict is given" in ran.stderr


def test_a_missing_file_beside_a_good_one_counts_as_broken(place: Place) -> None:
    good = place.write("good.yaml", place.good())
    ran = place.run("apply", "--actions", "create", place.path("missing.yaml"), good)
    assert ran.returncode == 1, ran.stderr
    assert place.marker.exists()
    place.marker.unlink()
    ran = place.run("apply", "--strict", "--actions", "create", good, place.path("missing.yaml"))
    refused(place, ran, "apply", f"{place.path('missing.yaml')}:1:1: error BP101 ")


def test_an_empty_directory_beside_a_good_file_counts_as_broken(place: Place) -> None:
    """Also when another file is broken: each is named."""
    good, broken = two_files(place)
    empty = directory(place)
    ran = place.run("apply", "--strict", "--actions", "create", good, broken, empty)
    refused(place, ran, "apply", f"{empty}:1:1: error BP122 ")
    assert f"{empty} has errors, and --strict is given" in ran.stderr
    assert f"{broken} has errors, and --strict is given" in ran.stderr


# Secrets

LEAKS = {
    "a number": f"  encryption_passphrase: {SECRET.partition('-')[2]}\n",
    "a number on a line of its own": f"  encryption_passphrase:\n    {SECRET.partition('-')[2]}\n",
    "an alias": f"  encryption_passphrase: *{SECRET}\n",
    "an alias with a near anchor": f"  x: &{SECRET}x 1\n  encryption_passphrase: *{SECRET}\n",
    "a tag": f"  encryption_passphrase: !{SECRET}\n",
    "a tag and text": f"  encryption_passphrase: !x {SECRET}\n",
    "an open list": f"  encryption_passphrase: [{SECRET}\n",
    "a list": f"  encryption_passphrase: [{SECRET}]\n",
    "a list below": f"  encryption_passphrase:\n    - {SECRET}\n",
    "a mapping": f"  encryption_passphrase: {{{SECRET}: 1}}\n",
    "a mapping below": f"  encryption_passphrase:\n    {SECRET}: 1\n",
    "a mapping as key": f"  encryption_passphrase: {{{{{SECRET}}}}}\n",
    "a misspelt key": f"  encryption_pasphrase: {SECRET}\n",
    "a misspelt key, below": f"  encryption_pass_phrase:\n    {SECRET}\n",
    "a key without blank": f"  encryption_passphrase:{SECRET}\n",
    "a percent sign": f"  encryption_passphrase: %{SECRET}\n",
    "a backquote": f"  encryption_passphrase: `{SECRET}`\n",
    "an at sign": f"  encryption_passphrase: @{SECRET}\n",
    "open quotes": f"  encryption_passphrase: '{SECRET}\n",
    "a colon": f"  encryption_passphrase: {SECRET}: x\n",
    "twice": f"  encryption_passphrase: {SECRET}\n  encryption_passphrase: [{SECRET}]\n",
    "an escape": f'  encryption_passphrase: "\\q{SECRET}"\n',
    "a NUL": f'  encryption_passphrase: "\\0{SECRET}"\n',
    "a control character": f"  encryption_passphrase: {SECRET}\x01\n",
    "another option on its line": f"  {{encryption_passphrase: {SECRET}, umask: 9}}\n",
    "another option before it": f"  {{umask: 9, encryption_passphrase: {SECRET}}}\n",
    "the wrong section": f"  umask: 9\nretention:\n  encryption_passphrase: {SECRET}\n",
    "a text that is fine": f"  encryption_passphrase: {SECRET}\n  umask: 9\n",
}


@pytest.mark.parametrize("case", LEAKS)
def test_no_message_shows_a_secret(place: Place, case: str) -> None:
    path = place.write("c.yaml", place.good("storage:\n" + LEAKS[case]))
    for words in (["plan"], ["apply"], ["lint"], ["lint", "--format", "json"]):
        ran = place.run(*words, path)
        everything = ran.stdout + ran.stderr
        assert ran.returncode == 2, everything
        assert "internal error" not in everything
        assert not place.marker.exists()
        for part in SECRET.split("-"):
            assert part not in everything
