"""Hosts of a fleet on this machine: a real sshd for each, on a loopback address and with a home of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

BORGPLAN = Path(sys.executable).with_name("borgplan")
SSHD = "/usr/sbin/sshd"


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


class Host:
    """`home` is its home directory, and holds its journal, its cache and what Borg keeps."""

    def __init__(self, place: Path, name: str, number: int, pair: Path) -> None:
        self.name, self.place = name, place / name
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

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.home), "BORGPLAN_STATE_DIRECTORY": str(self.home / "state"),
            "BORG_BASE_DIR": str(self.home),
        }  # fmt: skip

    @property
    def line(self) -> str:
        """Of an inventory."""
        user = pwd.getpwuid(os.getuid()).pw_name
        return (
            f"{self.name} ansible_host={self.address} ansible_port={self.port} ansible_user={user}"
            f" ansible_python_interpreter={sys.executable} borgplan_command={BORGPLAN}"
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

    def borgplan(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BORGPLAN, *words], env={**os.environ, **self.environment}, cwd=self.home,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

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
