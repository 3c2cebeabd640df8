"""No token, password or secret address of any service is in what borgplan shows, writes or starts, whichever way the run
ends and whatever servers answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from borgplan.compiler.config.services import SERVICES as KINDS
from tests.command_line.place import FLAT, Place
from tests.support.laboratory import Server
from tests.support.web import Web, web

MARK = "5f2e1c34-0a41-4a6e-8c80-6a1f0c11d9aa"
# What everybody can see of a process: its words and its environment.
LOOKING = 'cat /proc/[0-9]*/cmdline > "$HOME/words" 2>/dev/null; env > "$HOME/variables"\n'


@pytest.fixture
def service() -> Iterator[Web]:
    with web() as found:
        yield found


@pytest.fixture
def place(tmp_path: Path, server: Server) -> Place:
    folder = tmp_path / "place"
    folder.mkdir()
    return Place(folder, server)


def services(url: str) -> dict[str, str]:
    """Each service with all of its secrets, which hold `MARK` and a letter for their option."""
    bare = url.removeprefix("http://")
    return {
        "healthchecks": f"{{ping_url: '{url}/{MARK}-a', send_logs: true}}",
        "watchgoose": f"{{ping_url: '{url}/{MARK}-b', send_logs: true}}",
        "cronitor": f"{{ping_url: '{url}/{MARK}-c'}}",
        "cronhub": f"{{ping_url: '{url}/start/{MARK}-d'}}",
        "pagerduty": f"{{integration_key: {MARK}-e, send_logs: true}}",
        "ntfy": f"{{server: '{url}', topic: t, username: me, password: {MARK}-f, states: [start, finish, fail]}}",
        "pushover": f"{{token: {MARK}-g, user: {MARK}-h}}",
        "zabbix": f"{{server: '{url}', itemid: 1, username: me, password: {MARK}-i, states: [finish, fail]}}",
        "apprise": f"{{services: [{{url: 'json://{bare}/{MARK}-j', label: l}}], states: [finish, fail]}}",
        "uptime_kuma": f"{{push_url: '{url}/{MARK}-k'}}",
        "sentry": f"{{data_source_name_url: 'http://{MARK}-l@{bare}/1', monitor_slug: m}}",
        "loki": f"{{url: '{url}/loki', labels: {{a: b}}, send_logs: true}}",
    }


@pytest.mark.parametrize(
    ("release", "path", "ends"), [("2.1", "/status/404", 2), ("2.0", "/ok", 0)]
)
def test_they_are_only_in_what_is_sent(
    place: Place, service: Web, release: str, path: str, ends: int
) -> None:
    written = services(service.url(path))
    assert written.keys() == KINDS.keys()
    left_out = {"2.1": {"cronhub"}, "2.0": {"watchgoose", "loki"}}[release]
    lines = [f"{name}: {text}\n" for name, text in written.items() if name not in left_out]
    place.write("c.yaml", FLAT + "".join(lines))
    place.program("borg", f"{LOOKING}echo trouble >&2\nexit {ends}\n")
    asked = ("--semantics", release, "-a", "create")
    nowhere = {"https_proxy": "http://127.0.0.1:1", "no_proxy": "localhost"}
    apply = ("apply", "--events", "events", "--metrics", "b.prom", "--log-file", "log", *asked)
    every = [
        place.run(*apply, "c.yaml", **nowhere),
        place.run("show", "last"),
        place.run("history", "--format", "json"),
        place.run("plan", *asked, "-o", "saved.json", "c.yaml"),
        place.run("plan", *asked, "--format", "json", "c.yaml"),
        place.run("plan", *asked, "--failures", "c.yaml"),
        place.run("plan", *asked, "--summary", "c.yaml"),
        place.run("plan", *asked, "--script", "c.yaml"),
        place.run("plan", *asked, "--format", "markdown", "c.yaml"),
        place.run("plan", *asked, "--differences", "c.yaml"),
        place.run("graph", "--semantics", release, "c.yaml"),
        place.run("explain", "1", "c.yaml"),
        place.run("lint", "--semantics", release, "c.yaml"),
        place.run("notify", "--test", "c.yaml", **nowhere),
    ]
    assert every[0].code == (1 if ends else 0), every[0].err
    assert "internal error" not in "".join(ran.err for ran in every)
    assert len({seen.path for seen in service.seen if MARK in seen.path}) > 3
    files = {file for file in place.path.rglob("*") if file.is_file() and file.name != "c.yaml"}
    names = {"events", "b.prom", "log", "journal", "saved.json", "words", "variables"}
    assert names <= {file.name for file in files}
    texts = {str(number): f"{ran.out}{ran.err}" for number, ran in enumerate(every)}
    texts |= {file.name: file.read_bytes().decode("latin-1") for file in files}
    assert not [name for name, text in texts.items() if MARK in text]


@pytest.mark.parametrize(("path", "ends"), [("/status/404", 2), ("/ok", 0)])
def test_nor_are_those_of_the_project_file(
    place: Place, service: Web, path: str, ends: int
) -> None:
    written = services(service.url(path))
    del written["cronhub"]
    entries = []
    for name, text in written.items():
        when = (
            "[success, failure, recovery of borg create, failure of borg create in each repository]"
        )
        if name == "loki":
            text = text.replace(", send_logs: true", "")
        text = re.sub(r", states: \[[a-z, ]*\]", "", text)
        entries.append(f"  - when: {when}\n    {name}: {text}\n")
    place.write("c.yaml", FLAT)
    place.write("borgplan.yaml", f"notify:\n{''.join(entries)}")
    place.program("borg", f"{LOOKING}echo trouble >&2\nexit {ends}\n")
    nowhere = {"https_proxy": "http://127.0.0.1:1", "no_proxy": "localhost"}
    asked = ("--semantics", "2.1")
    every = [
        place.run("apply", "--events", "events", "--log-file", "log", *asked, "c.yaml", **nowhere),
        place.run("show", "last"),
        place.run("plan", *asked, "-o", "saved.json", "c.yaml"),
        place.run("plan", *asked, "--format", "json", "c.yaml"),
        place.run("plan", *asked, "--failures", "c.yaml"),
        place.run("plan", *asked, "--fail", "1", "c.yaml"),
        place.run("explain", "9", *asked, "c.yaml"),
        place.run("lint", *asked, "c.yaml"),
        place.run("notify", "--test", *asked, "c.yaml", **nowhere),
    ]
    assert "internal error" not in "".join(ran.err for ran in every)
    assert len({seen.path for seen in service.seen if MARK in seen.path}) > 3
    kept = ("c.yaml", "borgplan.yaml")
    files = {file for file in place.path.rglob("*") if file.is_file() and file.name not in kept}
    assert {"events", "log", "journal", "saved.json", "words"} <= {file.name for file in files}
    texts = {str(number): f"{ran.out}{ran.err}" for number, ran in enumerate(every)}
    texts |= {file.name: file.read_bytes().decode("latin-1") for file in files}
    assert not [name for name, text in texts.items() if MARK in text]
