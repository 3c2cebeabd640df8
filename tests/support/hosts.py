"""Hosts of a fleet on this machine: a real sshd for each, on a loopback address, with a home of its own.

Where root runs the tests, each host has a user of its own, who must reach borgplan and its interpreter: they use copies,
and the system's Python.
"""

from __future__ import annotations

import importlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

BORGPLAN = Path(sys.executable).with_name("borgplan")
_LIBRARIES = (
    "borgplan.compiler",
    "borgplan.runtime",
    "borgplan.grammar",
    "lark",
    "yaml",
    "networkx",
)
SSHD = "/usr/sbin/sshd"


_UNWANTED = shutil.ignore_patterns("__pycache__", "tests")


def missing() -> str:
    """Why there can't be such hosts here; empty if there can."""
    for needed in (
        SSHD,
        "ssh",
        "ssh-keygen",
        "borg",
        Path(sys.executable).with_name("ansible-runner"),
    ):
        if shutil.which(needed) is None:
            return f"{needed} is not installed"
    return ""


def key(place: Path) -> Path:
    """A new key pair."""
    path = place / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


class Installed(NamedTuple):
    """What hosts run. `by_others`: whether any user can."""

    borgplan: Path
    python: str
    by_others: bool


def install(place: Path) -> Installed:
    """A borgplan that other users reach, in a folder that they reach; that of the tests, if there can't be one."""
    python = f"/usr/bin/python3.{sys.version_info.minor}"
    if os.geteuid() != 0 or not Path(python).exists() or shutil.which("useradd") is None:
        return Installed(BORGPLAN, sys.executable, by_others=False)
    library = place / "library"
    for name in _LIBRARIES:
        module = importlib.import_module(name)
        source = module.__path__[0]
        shutil.copytree(
            source, library / name.replace(".", "/"), dirs_exist_ok=True, ignore=_UNWANTED
        )
    borgplan = place / "borgplan"
    borgplan.write_text(f'#!/bin/sh\nPYTHONPATH={library} exec {python} -m borgplan.runtime "$@"\n')
    borgplan.chmod(0o755)
    return Installed(borgplan, python, by_others=True)


class Host:
    """`home` is its home directory, and holds its journal, its cache and what Borg keeps. `user`: who runs it."""

    def __init__(
        self, place: Path, name: str, number: int, pair: Path, installed: Installed
    ) -> None:
        self.name, self.place = name, place / name
        self._installed = installed
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.home = self.place / "home"
        self.home.mkdir(parents=True)
        self.address, self.port = f"127.0.0.{10 + number}", 0
        self._pair = pair
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port(self.address)
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.place / "host_key"],
            check=True,
        )
        self._configure()
        if installed.by_others:
            self.user = f"bp{os.getpid()}-{number}"

    def add_user(self) -> None:
        """Its user, where it has one of its own."""
        if self._installed.by_others:
            self._command(
                "useradd", "-M", "-d", str(self.home), "-s", "/bin/sh", "-p", "*", self.user
            )
            self.own()

    def own(self) -> None:
        """All that is in its home is its user's."""
        if self._installed.by_others:
            self._command("chown", "-R", f"{self.user}:{self.user}", str(self.home))

    def remove(self) -> None:
        """End its sshd and all that its user runs, and remove that user, however much of it there is."""
        try:
            self.cut_off()
        finally:
            if self._installed.by_others and self._has_user():
                subprocess.run(["pkill", "-KILL", "-u", self.user], check=False)
                self._command("userdel", "-f", self.user)

    def _has_user(self) -> bool:
        try:
            pwd.getpwnam(self.user)
        except KeyError:
            return False
        return True

    @staticmethod
    def _command(*words: str) -> None:
        subprocess.run(words, check=True, capture_output=True)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.home), "BORGPLAN_STATE_DIRECTORY": str(self.home / "state"),
            "BORG_BASE_DIR": str(self.home),
        }  # fmt: skip

    @property
    def line(self) -> str:
        """Of an inventory."""
        borgplan, python, _ = self._installed
        return (
            f"{self.name} ansible_host={self.address} ansible_port={self.port} ansible_user={self.user}"
            f" ansible_python_interpreter={python} borgplan_command={borgplan}"
            f" borgplan_configs={self.home}/config.yaml borgplan_actions=create"
        )

    def start(self) -> None:
        """Its sshd; returns once it listens."""
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # without it, sshd refuses to start
        words = [
            SSHD,
            "-D",
            "-E",
            str(self.place / "sshd.log"),
            "-f",
            str(self.place / "sshd_config"),
        ]
        self._process = subprocess.Popen(words, start_new_session=True)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as client:
                if client.connect_ex((self.address, self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self.place / "sshd.log").read_text())

    def cut_off(self) -> None:
        """Kill its sshd, with all its connections."""
        if self._process is None:
            return
        for pid in (*_children(self._process.pid), self._process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        self._process = None

    def popen(self, *words: str | Path) -> subprocess.Popen[str]:
        """A command of its user; `borgplan` is what it has installed."""
        program, *more = words
        argv = [self._installed.borgplan if program == "borgplan" else program, *more]
        variables = {**os.environ, **self.environment}
        who = pwd.getpwnam(self.user)
        is_other = self._installed.by_others
        return subprocess.Popen(
            argv, env=variables, cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            user=who.pw_uid if is_other else None, group=who.pw_gid if is_other else None,
            extra_groups=[] if is_other else None,
        )  # fmt: skip

    def run(self, *words: str | Path) -> str:
        """What such a command prints; it has to end well."""
        with self.popen(*words) as process:
            printed, _ = process.communicate()
        assert process.returncode == 0, words
        return printed

    def _configure(self) -> None:
        variables = " ".join(f"{name}={text}" for name, text in self.environment.items())
        (self.place / "sshd_config").write_text(
            f"ListenAddress {self.address}:{self.port}\nHostKey {self.place}/host_key\nPidFile none\n"
            f"AuthorizedKeysFile {self._pair}.pub\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\n"
            f"PasswordAuthentication no\nMaxStartups 100\nSubsystem sftp internal-sftp\nSetEnv {variables}\n"
        )


def ssh_words(pair: Path) -> str:
    """For ANSIBLE_SSH_ARGS: nothing of this user's own."""
    return (
        f"-F none -i {pair} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
        " -o ControlMaster=no -o LogLevel=ERROR"
    )


def _free_port(address: str) -> int:
    with socket.socket() as server:
        server.bind((address, 0))
        return int(server.getsockname()[1])


def _children(pid: int) -> list[int]:
    """Processes of sshd that serve connections; what these have started lives on."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid and "sshd" in (entry / "comm").read_text():
                found += [int(entry.name), *_children(int(entry.name))]
    return found
