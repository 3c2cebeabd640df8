"""A roll-out over real SSH servers, with a real Ansible and a real Borg, and what can go wrong on the way.

Hooks wait for a file, so that everything happens in a known order, however slow the machine is.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.hosts import Host, missing
from tests.support.rollouts import Fleet, five_hosts

pytestmark = [
    pytest.mark.borg,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]
_LONG = 300.0  # seconds; nothing here needs that long


def until(what: Callable[[], object], said: Callable[[], str] = str) -> None:
    """Wait for something that is bound to happen."""
    end = time.monotonic() + _LONG
    while not what():
        assert time.monotonic() < end, said()
        time.sleep(0.05)


def prepared(host: Host) -> None:
    """A repository, files and hooks: `svc stop` waits for the file `gate`, and writes down each run."""
    home = host.home
    (home / "documents").mkdir()
    (home / "documents" / "text").write_text(host.name)
    host.own()
    host.run("borg", "init", "-e", "none", home / "r.borg")
    svc = home / "svc"
    svc.write_text(
        f"#!/bin/sh\ncd {home}\necho $1 >>calls\n[ $1 = stop ] || exit 0\n"
        "while [ ! -e gate ]; do sleep 0.05; done\n[ ! -e broken ] || exit 1\n"
    )
    svc.chmod(0o755)
    (home / "config.yaml").write_text(
        f"source_directories: [{home}/documents]\nrepositories: [{{path: {home}/r.borg}}]\n"
        "unknown_unencrypted_repo_access_is_ok: true\n"
        "commands:\n    - {before: everything, run: ['echo begins']}\n"
        f"    - {{before: action, when: [create], run: ['{svc} stop app']}}\n"
        f"    - {{after: action, when: [create], run: ['{svc} start app']}}\n"
    )


def calls(host: Host) -> list[str]:
    path = host.home / "calls"
    return path.read_text().split() if path.exists() else []


def archives(host: Host) -> int:
    unknown = "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes"
    return len(host.run("env", unknown, "borg", "list", "--short", host.home / "r.borg").split())


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with five_hosts() as found:
        for host in found.hosts.values():
            prepared(host)
            host.start()
        yield found


def interrupted(host: Host) -> None:
    """A run that is killed once it has stopped the service."""
    with host.popen("borgplan", "apply", host.home / "config.yaml", "-a", "create") as run:
        until(lambda: calls(host) == ["stop"])
        run.kill()
    (host.home / "gate").touch()


def test_five_hosts_and_what_goes_wrong(fleet: Fleet) -> None:
    web1, web2, web3, web4, web5 = fleet.hosts.values()
    interrupted(web5)
    planned = fleet.run("plan", "-i", "hosts.ini", "-o", "out")
    assert "5 hosts: 5 with a plan" in planned.stdout, planned
    (web2.home / "broken").touch()
    (web2.home / "gate").touch()
    web3.cut_off()
    (log,) = [fleet.place / "out" / f"rollout-{_id(fleet)}.jsonl"]

    first = fleet.apply("first")
    shown = (fleet.place / "first").read_text

    def is_far() -> bool:
        assert first.poll() is None, shown()
        ended = log.exists() and log.read_text().count('"ended"') == 3
        return ended and bool(calls(web1) and calls(web4))

    until(is_far, shown)
    web4.cut_off()
    first.send_signal(signal.SIGKILL)
    first.wait()
    (web4.home / "gate").touch()

    second = fleet.apply("second")
    said = fleet.place / "second"
    until(lambda: "web4: no contact" in said.read_text(), said.read_text)
    # web1 still runs: what it has done is told meanwhile.
    until(lambda: "web1: step 1 of 4: `echo begins` (" in said.read_text(), said.read_text)
    assert "web1: succeeded" not in said.read_text()
    (web1.home / "gate").touch()
    web4.start()
    assert second.wait(_LONG) == 1, said.read_text()
    ends = _ends(fleet, "second")
    assert ends == {
        "web1": "succeeded", "web2": "failed", "web3": "unreachable", "web4": "succeeded",
        "web5": "refused",
    }  # fmt: skip
    assert "outstanding cleanup" in said.read_text()

    asked = fleet.run("status", "out", "--format", "json")
    assert asked.returncode == 1
    cleanups = {h["name"]: h["outstanding_cleanups"] for h in json.loads(asked.stdout)["hosts"]}
    assert cleanups == {"web1": 0, "web2": 0, "web3": None, "web4": 0, "web5": 1}
    recovered = fleet.run("recover", "-i", "hosts.ini")
    assert recovered.returncode == 1, recovered  # web3 is not reached
    assert "web5: succeeded" in recovered.stderr
    assert calls(web5) == ["stop", "start"]

    web3.start()
    (web3.home / "gate").touch()
    third = fleet.apply("third")
    assert third.wait(_LONG) == 1
    assert _ends(fleet, "third") == {
        "web1": "succeeded", "web2": "failed", "web3": "succeeded", "web4": "succeeded",
        "web5": "succeeded",
    }  # fmt: skip
    status = fleet.run("status", "-i", "hosts.ini")
    assert status.stdout.startswith("5 hosts: 4 in order.\n"), status
    runs = {host.name: calls(host) for host in fleet.hosts.values()}
    once = ["stop", "start"]
    assert runs == {"web1": once, "web2": once, "web3": once, "web4": once, "web5": [*once, *once]}
    made = {host.name: archives(host) for host in fleet.hosts.values()}
    assert made == {"web1": 1, "web2": 0, "web3": 1, "web4": 1, "web5": 1}
    print(
        f"\n5 hosts, 3 controllers, 1 of them killed, 1 host cut off: {sum(made.values())} archives of 4, runs twice: 0, "
        f"outstanding cleanups: 0, ends known: {len(_ends(fleet, 'third'))}, "
        f"users: {len({host.user for host in fleet.hosts.values()})}\n{status.stdout}"
    )


def _id(fleet: Fleet) -> str:
    return str(json.loads((fleet.place / "out" / "fleet.json").read_text())["id"])


def _ends(fleet: Fleet, output: str) -> dict[str, str]:
    data = json.loads((fleet.place / f"{output}.json").read_text())
    return {host["name"]: host["end"] for host in data["hosts"]}
