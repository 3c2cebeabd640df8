"""Whole runs with monitoring services that are there, ill, slow or gone: none stops a backup, and no token is
anywhere but in what was sent."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from tests.command_line.place import FLAT, Place
from tests.support.web import Web, web

UUID = "0b2f7d3e-4c55-4c0e-9a3d-8f1f5d2c7a61"
KEY = "tk_secret_9876543210"
SESSION = "a-session-token-0123456789"
ALL = ("apply", "--semantics", "2.1", "-a", "create")
# Shows what it is told, as a hook may.
HOOK = "commands: [{after: error, run: [\"echo 'told: {error} {output}'\"]}]\n"


@pytest.fixture
def service() -> Iterator[Web]:
    with web() as found:
        yield found


def services(service: Web, path: str) -> str:
    """Five services, all of them answered in the same way."""
    url = service.url(path)
    return (
        f"healthchecks: {{ping_url: '{url}/{UUID}', send_logs: true}}\n"
        f"ntfy: {{topic: t, server: '{url}', access_token: {KEY}, states: [start, finish, fail]}}\n"
        f"uptime_kuma: {{push_url: '{url}/{UUID}'}}\n"
        f"cronitor: {{ping_url: '{url}/{UUID}'}}\n"
        f"zabbix: {{server: '{service.url('/json/token')}', itemid: 7, username: me,"
        f" password: {KEY}, states: [finish, fail]}}\n"
    )


def told(service: Web) -> list[str]:
    """The ends of the paths that were asked for."""
    return [seen.path.rpartition("/")[2] for seen in service.seen]


@pytest.mark.parametrize("path", ["/ok", "/status/404", "/json/error", "/hang-up"])
@pytest.mark.parametrize("fails", [False, True])
def test_no_token_is_anywhere(place: Place, service: Web, path: str, *, fails: bool) -> None:
    if fails:
        place.program("borg", "echo failing >&2; exit 2\n")
    place.write("c.yaml", FLAT + HOOK + services(service, path))
    words = ("--events", "events", "--metrics", "b.prom", "--log-file", "log", "c.yaml")
    ran = place.run(*ALL, *words)
    assert ran.code == (1 if fails else 0), ran.err
    assert any(UUID in seen.path for seen in service.seen)
    assert any(seen.headers.get("Authorization") == f"Bearer {KEY}" for seen in service.seen)
    assert any(seen.headers.get("Authorization") == f"Bearer {SESSION}" for seen in service.seen)
    texts = [ran.out, ran.err]
    for command in (("show", "last"), ("plan", "--semantics", "2.1", "c.yaml"), ("graph", "c.yaml"),
                    ("plan", "--format", "json", "c.yaml"), ("explain", "1", "c.yaml")):  # fmt: skip
        other = place.run(*command)
        texts += [other.out, other.err]
    files = [file for file in place.path.rglob("*") if file.is_file() and file.name != "c.yaml"]
    assert {"events", "b.prom", "log", "journal"} <= {file.name for file in files}
    texts += [file.read_bytes().decode("latin-1") for file in files]
    logs = [seen.body for seen in service.seen if seen.path.endswith("/log")]
    assert not [body for body in logs if b"HTTP 200" in body]
    for secret in (UUID, KEY, SESSION):
        assert not [text for text in texts if secret in text]


@pytest.mark.parametrize("path", ["/status/500", "/redirect/302/status/404", "/endless"])
def test_an_ill_service_stops_no_backup(place: Place, service: Web, path: str) -> None:
    place.write("c.yaml", FLAT + f"cronitor: {{ping_url: '{service.url(path)}'}}\n")
    ran = place.run(*ALL, "c.yaml")
    assert ran.code == 0
    assert "Backup of c.yaml in repo" in ran.out
    if path != "/endless":
        assert "warning" in ran.out


def test_a_run_that_is_stopped_in_a_message_tells_of_its_failure(
    place: Place, service: Web
) -> None:
    place.write(
        "c.yaml",
        FLAT
        + f"cronitor: {{ping_url: '{service.url('/slow-to/run')}'}}\n"
        + f"healthchecks: {{ping_url: '{service.url(f'/ok/{UUID}')}'}}\n",
    )

    def mark() -> None:
        while not service.seen and not service.is_over.wait(0.02):
            pass
        place.write("asked", "")

    threading.Thread(target=mark, daemon=True).start()
    ran = place.signalled(signal.SIGTERM, "asked", *ALL, "c.yaml")
    assert ran.code == 128 + signal.SIGTERM, ran
    assert "giving up the request that runs" in ran.err
    assert told(service) == ["run", "log", "fail", "fail"]  # `log` is of healthchecks
    assert "borg create" not in place.trace
