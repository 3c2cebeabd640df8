"""The borgmatic that is installed, found by what installations leave behind and without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from borgplan.compiler.semantics.installed import installed
from borgplan.compiler.source.host import FileStatus
from borgplan.runtime.system.host import RealHost
from tests.compiler.memory_host import MemoryHost

# Who ran it would know.
LOUD = "touch {mark}\n"


class Machine:
    """Files below a folder that stands for /."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.mark = root / "it-was-run"

    def file(self, path: str, text: str = "", mode: int = 0o644) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("ROOT", str(self.root)))
        file.chmod(mode)
        return file

    def program(self, path: str, first: str, rest: str = "") -> Path:
        return self.file(path, f"{first}\n{LOUD.format(mark=self.mark)}{rest}", 0o755)

    def package(self, folder: str, name: str) -> None:
        self.file(f"{folder}/{name}/METADATA")

    def found(self, *path: str, **environment: str) -> tuple[str, str] | None:
        """Its executable below the root, and its release."""
        host = RealHost()
        folders = ":".join(f"{self.root}/{folder}" for folder in path)
        host.environment = {"PATH": folders, **environment}
        host.home = f"{self.root}/home"
        result = installed(host)
        assert not self.mark.exists()
        if result is None or not result.executable.startswith(str(self.root)):
            return None
        return result.executable.removeprefix(f"{self.root}/"), result.version


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_virtual_environment(machine: Machine) -> None:
    machine.file("venv/pyvenv.cfg")
    machine.package("venv/lib/python3.11/site-packages", "borgmatic-1.9.14.dist-info")
    machine.program("venv/bin/borgmatic", "#!ROOT/venv/bin/python")
    assert machine.found("venv/bin") == ("venv/bin/borgmatic", "1.9.14")


def test_a_link_into_one_as_pipx_and_uv_make_it(machine: Machine) -> None:
    machine.file("home/.local/share/pipx/venvs/borgmatic/pyvenv.cfg")
    packages = "home/.local/share/pipx/venvs/borgmatic/lib/python3.12/site-packages"
    machine.package(packages, "borgmatic-2.0.11.dist-info")
    # An older one for the user, which isn't what runs.
    machine.package("home/.local/lib/python3.12/site-packages", "borgmatic-1.5.24.dist-info")
    program = machine.program(
        "home/.local/share/pipx/venvs/borgmatic/bin/borgmatic",
        "#!ROOT/home/.local/share/pipx/venvs/borgmatic/bin/python",
    )
    machine.file("home/.local/bin/other")
    (machine.root / "home/.local/bin/borgmatic").symlink_to(program)
    # It is looked for there whatever PATH has: cron's has little.
    assert machine.found("nothing") == ("home/.local/bin/borgmatic", "2.0.11")


def test_a_path_too_long_for_a_first_line(machine: Machine) -> None:
    machine.file("venv/pyvenv.cfg")
    machine.package("venv/lib/python3.11/site-packages", "borgmatic-2.1.3.dist-info")
    machine.program(
        "bin/borgmatic", "#!/bin/sh\n'''exec' ROOT/venv/bin/python3.11 \"$0\" \"$@\"\n' '''"
    )
    assert machine.found("bin") == ("bin/borgmatic", "2.1.3")


@pytest.mark.parametrize(
    ("folder", "name", "release"),
    [
        ("usr/lib/python3/dist-packages", "borgmatic-1.7.7.egg-info", "1.7.7"),
        ("usr/lib/python3.9/site-packages", "borgmatic-1.5.20-py3.9.egg-info", "1.5.20"),
        ("usr/lib64/python3.11/site-packages", "borgmatic-1.8.14.dist-info", "1.8.14"),
        ("usr/lib/python3.11/site-packages", "borgmatic-2.1.11.dev0.dist-info", "2.1.11"),
        ("usr/lib/python3.11/site-packages", "borgmatic-0.dist-info", ""),
        ("usr/lib/python3.11/site-packages", "borgmatic_extras-1.9.dist-info", ""),
        ("usr/lib/python3.11/site-packages", "xborgmatic-1.9.0.dist-info", ""),
    ],
)
def test_a_package_of_a_distribution(
    machine: Machine, folder: str, name: str, release: str
) -> None:
    machine.package(folder, name)
    machine.program("usr/bin/borgmatic", "#!ROOT/usr/bin/python3")
    assert machine.found("usr/bin") == ("usr/bin/borgmatic", release)


def test_for_a_user_only(machine: Machine) -> None:
    machine.package("home/.local/lib/python3.11/site-packages", "borgmatic-1.9.1.dist-info")
    machine.package("usr/lib/python3/dist-packages", "borgmatic-1.7.7.egg-info")
    machine.program("home/.local/bin/borgmatic", "#!ROOT/usr/bin/python3")
    assert machine.found("home/.local/bin") == ("home/.local/bin/borgmatic", "1.9.1")


def test_the_packages_of_the_interpreter_that_runs_it(machine: Machine) -> None:
    machine.package("usr/lib/python3.9/site-packages", "borgmatic-1.5.24.dist-info")
    machine.package("usr/lib/python3.11/site-packages", "borgmatic-1.9.14.dist-info")
    machine.program("usr/bin/borgmatic", "#!ROOT/usr/bin/python3.9")
    assert machine.found("usr/bin") == ("usr/bin/borgmatic", "1.5.24")


@pytest.mark.parametrize(
    ("script", "release"),
    [
        ('exec ROOT/venv/bin/borgmatic "$@"', "1.9.14"),
        ("docker run --rm ghcr.io/borgmatic-collective/borgmatic:1.8.5 \"$@\"", "1.8.5"),
        ("podman exec backup borgmatic", ""),
        ('exec -a "$0" /nix/store/0abc-borgmatic-1.8.14/bin/.borgmatic-wrapped "$@"', "1.8.14"),
        ("docker run borgmatic:latest", ""),
        ('exec ROOT/bin/borgmatic "$@"', ""),
    ],
)  # fmt: skip
def test_a_script_that_runs_another(machine: Machine, script: str, release: str) -> None:
    machine.file("venv/pyvenv.cfg")
    machine.package("venv/lib/python3.11/site-packages", "borgmatic-1.9.14.dist-info")
    machine.program("venv/bin/borgmatic", "#!ROOT/venv/bin/python")
    machine.program("bin/borgmatic", "#!/bin/sh", script)
    assert machine.found("bin") == ("bin/borgmatic", release)


@pytest.mark.parametrize(("wrappers", "release"), [(1, "1.9.14"), (3, "1.9.14"), (4, "")])
def test_so_many_wrappers_are_looked_through(machine: Machine, wrappers: int, release: str) -> None:
    machine.file("w0/pyvenv.cfg")
    machine.package("w0/lib/python3.11/site-packages", "borgmatic-1.9.14.dist-info")
    machine.program("w0/borgmatic", "#!ROOT/w0/bin/python")
    for number in range(wrappers):
        machine.program(f"w{number + 1}/borgmatic", "#!/bin/sh", f"exec ROOT/w{number}/borgmatic")
    assert machine.found(f"w{wrappers}") == (f"w{wrappers}/borgmatic", release)


def test_two_that_run_each_other_end(machine: Machine) -> None:
    machine.program("a/borgmatic", "#!/bin/sh", "exec ROOT/b/borgmatic")
    machine.program("b/borgmatic", "#!/bin/sh", "exec ROOT/a/borgmatic")
    assert machine.found("a") == ("a/borgmatic", "")


def test_so_much_of_a_path_and_of_a_folder_is_looked_at(machine: Machine) -> None:
    machine.program("bin/borgmatic", "#!/bin/sh", "borgmatic-1.9.14")
    nothing = [f"n{number}" for number in range(64)]
    assert machine.found(*nothing[:63], "bin") == ("bin/borgmatic", "1.9.14")
    assert machine.found(*nothing, "bin") is None


def test_borgplan_under_that_name_does_not_count(machine: Machine) -> None:
    packages = "venv/lib/python3.11/site-packages"
    machine.file("venv/pyvenv.cfg")
    machine.package(packages, "borgmatic-1.9.14.dist-info")
    run = machine.program("venv/bin/borgplan", "#!ROOT/venv/bin/python", "from borgplan import x")
    (machine.root / "venv/bin/borgmatic").symlink_to(run)
    assert machine.found("venv/bin") is None
    for script in ("exec borgplan borgmatic", 'exec /usr/bin/borgplan "$@"', "borgplan apply"):
        machine.program("script/borgmatic", "#!/bin/sh", script)
        assert machine.found("script") is None
    # One that lives below a folder of that name is none.
    machine.package("borgplan/lib/python3.11/site-packages", "borgmatic-1.8.1.dist-info")
    machine.program("borgplan/bin/borgmatic", "#!ROOT/borgplan/bin/python3")
    found = machine.found("venv/bin", "borgplan/bin")
    assert found == ("borgplan/bin/borgmatic", "1.8.1")


def test_what_is_no_program_does_not_count(machine: Machine) -> None:
    machine.file("bin/borgmatic", "#!ROOT/usr/bin/python3")
    (machine.root / "dir/borgmatic").mkdir(parents=True)
    (machine.root / "loop").mkdir()
    (machine.root / "loop/borgmatic").symlink_to("borgmatic")
    assert machine.found("bin", "dir", "loop", "none") is None


def test_a_large_or_odd_program_has_no_release(machine: Machine) -> None:
    machine.file("bin/borgmatic", "x" * 200_000, 0o755)
    assert machine.found("bin") == ("bin/borgmatic", "")
    (machine.root / "bin/borgmatic").write_bytes(b"\x7fELF\0\xff\n")
    assert machine.found("bin") == ("bin/borgmatic", "")


def test_folders_of_path_that_are_relative_or_empty_are_not_looked_into(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.program("borgmatic", "#!/bin/sh", "borgmatic-1.9.14")
    monkeypatch.chdir(machine.root)
    assert machine.found(PATH=".::bin") is None


def test_the_environment_says_which_one_or_none(machine: Machine) -> None:
    machine.package("usr/lib/python3/dist-packages", "borgmatic-1.7.7.egg-info")
    program = machine.program("usr/bin/borgmatic", "#!ROOT/usr/bin/python3")
    assert machine.found("usr/bin", BORGPLAN_BORGMATIC="") is None
    named = machine.found("nothing", BORGPLAN_BORGMATIC=str(program))
    assert named == ("usr/bin/borgmatic", "1.7.7")


class Debian(MemoryHost):
    """Everything may be run."""

    def status(self, path: str) -> FileStatus | None:
        found = super().status(path)
        return found._replace(mode=0o755) if found else None


@pytest.mark.parametrize(
    ("status", "release"),
    [
        (("Package: borg\nVersion: 1.2\n\nPackage: borgmatic\nStatus: install ok installed\n"
         "Description: x: y: z\n Version: 9.9\nVersion: 1.7.7-1\n\nPackage: z\nVersion: 3.3\n"), "1.7.7"),
        ("Package: borgmatic\nStatus: install ok installed\nVersion: 2:1.8.3-3~bpo12+1\n", "1.8.3"),
        ("Package: borgmatic\nStatus: deinstall ok config-files\nVersion: 1.7.7-1\n", ""),
        ("Package: borgmatic\nStatus: install ok installed\n\nPackage: a\nVersion: 1.0\n", ""),
        ("Package: borgmatic-doc\nStatus: install ok installed\nVersion: 1.7.7\n", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_list_of_debian_s_packages(status: str, release: str) -> None:
    host = Debian({
        "/usr/bin/borgmatic": "#!/usr/bin/python3\n",
        "/var/lib/dpkg/info/borgmatic.list": "/usr/bin/borgmatic\n",
        "/var/lib/dpkg/status": status,
    })  # fmt: skip
    found = installed(host)
    assert found
    assert (found.executable, found.version) == ("/usr/bin/borgmatic", release)


@pytest.mark.parametrize(
    "script",
    ["#!/bin/sh\n" + "/" * 60_000, "borgmatic:" + "1" * 60_000 + ".1", "#!" + "/a" * 30_000],
)
def test_a_script_made_to_take_long(script: str) -> None:
    found = installed(Debian({"/usr/bin/borgmatic": script}))
    assert found
    assert found.version == ""
