"""A controller and its real hosts: a folder that all reach, an inventory, `borgplan fleet`."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.hosts import BORGPLAN, Host, install, key, ssh_words

NAMES = ("web1", "web2", "web3", "web4", "web5")


class Fleet:
    """Five hosts, and the controller's folder."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.controllers: list[subprocess.Popen[bytes]] = []
        pair = key(place)
        installed = install(place)
        self.environment = {
            **os.environ, "HOME": str(place), "ANSIBLE_SSH_ARGS": ssh_words(pair),
            "ANSIBLE_TIMEOUT": "30",
        }  # fmt: skip
        self.hosts = {
            name: Host(place, name, number, pair, installed) for number, name in enumerate(NAMES, 1)
        }
        (place / "hosts.ini").write_text("".join(f"{h.line}\n" for h in self.hosts.values()))

    def words(self, *words: str) -> list[str]:
        return [str(BORGPLAN), "fleet", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.words(*words), cwd=self.place, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done

    def apply(self, output: str) -> subprocess.Popen[bytes]:
        """A controller that goes on by itself, and prints into this file."""
        with (
            (self.place / output).open("wb") as said,
            (self.place / f"{output}.json").open("wb") as out,
        ):
            started = subprocess.Popen(
                self.words("apply", "out", "--format", "json"), cwd=self.place, env=self.environment,
                stdout=out, stderr=said, start_new_session=True,
            )  # fmt: skip
        self.controllers.append(started)
        return started

    def end(self) -> None:
        """The controllers, and what waits on hosts for the file `gate`."""
        for controller in self.controllers:
            controller.kill()
            controller.wait()
        for host in self.hosts.values():
            (host.home / "gate").touch()


@contextmanager
def five_hosts() -> Iterator[Fleet]:
    """Their users are there, their servers are not started. All of it is gone afterwards, whatever fails."""
    with ExitStack() as ends:
        place = Path(tempfile.mkdtemp(prefix="fleet-", dir="/tmp"))
        ends.callback(shutil.rmtree, place)
        place.chmod(0o755)
        fleet = Fleet(place)
        for host in fleet.hosts.values():
            ends.callback(host.remove)
            host.add_user()
        ends.callback(fleet.end)
        yield fleet
