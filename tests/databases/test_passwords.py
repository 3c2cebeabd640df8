"""A dump and a restore with passwords: they stand in no command line, no foreign environment, no plan, log or journal."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.databases.faulty import ALL, Scene
from tests.databases.servers import Servers

pytestmark = pytest.mark.borg
TOKEN = "s3cretTok3n"
PASSWORD = f'a "{TOKEN}" \\ b'
CLIENTS = {
    "pg_dump",
    "pg_restore",
    "psql",
    "mariadb-dump",
    "mariadb",
    "mysqldump",
    "mysql",
    "influx",
}
SCRIPTS = ("perl", "python3")  # what runs a program that is a text
# Stand-ins: there are no packages of these servers. Each sees that it is given the password, and takes a while.
MONGODUMP = """\
import json, os, sys, time
text = open(sys.argv[sys.argv.index("--config") + 1]).read()
assert json.loads(text.partition(": ")[2]) == open(os.environ["HOME"] + "/.wanted").read(), text
os.write(1, bytes.fromhex("6de29981") + b"x" * 1000)
time.sleep(0.3)
"""
INFLUX = """\
import os, sys, time
assert os.environ["INFLUX_TOKEN"] == open(os.environ["HOME"] + "/.wanted").read()
if sys.argv[1] == "backup":
    os.makedirs(sys.argv[-1])
    open(sys.argv[-1] + "/1.manifest", "w").write("{}")
time.sleep(0.3)
"""


class Watch(threading.Thread):
    """Looks at all processes, and at all files of the run, again and again. `found`: where the password was; `seen`: the
    programs that were looked at."""

    def __init__(self, files: Path) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.seen: set[str] = set()
        self.over = threading.Event()
        self._files = files

    def run(self) -> None:
        while not self.over.wait(0.03):
            for place in Path("/proc").iterdir():
                if place.name.isdigit():
                    self._look(place)
            for folder, _, names in os.walk(self._files):  # what vanishes meanwhile is left out
                for file in names:
                    if (path := Path(folder, file)).is_file():  # no pipe
                        self._search(f"file {file}", read(path))

    def _look(self, place: Path) -> None:
        words = read(place / "cmdline")
        first = [
            word.decode(errors="replace").rpartition("/")[2] for word in words.split(b"\0")[:2]
        ]
        # Debian's pg_dump is a script that becomes the one of the right version.
        program = first[1] if first[0] in SCRIPTS and len(first) > 1 else first[0]
        self._search(f"command line of {program}", words)
        if b"borg" in words and b"create" in words:
            self.seen.add("borg create")
        self.seen.add(program)
        environment = read(place / "environ")
        if (
            program not in CLIENTS and read(place / "cmdline") == words
        ):  # it may just become another one
            self._search(f"environment of {program}", environment)

    def _search(self, where: str, data: bytes) -> None:
        if TOKEN.encode() in data:
            self.found.add(where)


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def stand_in(scene: Scene, name: str, text: str) -> str:
    folder = scene.path / "programs"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/usr/bin/python3\n{text}")
    (folder / name).chmod(0o700)
    return str(folder / name)


def entries(scene: Scene, servers: Servers, user: str) -> dict[str, Any]:
    """Each of the ways in which a password gets to a client."""
    own = {"username": user, "password": PASSWORD}
    (scene.path / ".wanted").write_text(PASSWORD)
    mongo = {**own, "mongodump_command": stand_in(scene, "mongodump", MONGODUMP)}
    token = {"password": PASSWORD, "influx_command": stand_in(scene, "influx", INFLUX)}
    postgresql = {"hostname": servers.sockets, "port": servers.port, "label": "x", **own}
    maria = {"socket_path": servers.mariadb, **own}
    programs = {"mysql_dump_command": "mariadb-dump", "mysql_command": "mariadb"}
    return {
        "postgresql_databases": [
            {"name": "shop", "format": "custom", **postgresql},
            {"name": "shop*", **postgresql, "format": "plain", "label": "y"},
        ],
        "mariadb_databases": [{"name": "shop", **maria}],
        "mysql_databases": [
            {"name": "shop", **maria, **programs, "password_transport": "environment"}
        ],
        "mongodb_databases": [
            {"name": "shop", **mongo},
            {"name": "shop", **mongo, "label": "x", "password_transport": "file"},
        ],
        "influxdb_databases": [{"name": "shop", **token}],
    }


@pytest.mark.timeout(400)
def test_passwords_are_found_nowhere(scene: Scene, servers: Servers) -> None:
    servers.psql("drop database if exists shop")
    servers.psql("create database shop")
    servers.psql(
        "create table t as select g, repeat(md5(g::text), 20) as b from generate_series(1, 15000) g",
        "shop",
    )
    servers.sql("drop database if exists shop; create database shop")
    servers.sql(
        "use shop; create table t as select seq, repeat(md5(seq), 20) as b from seq_1_to_15000"
    )
    words = ("c.yaml", "--events", "events", "--log-file", "log", "--log-file-verbosity", "2")
    with servers.user(PASSWORD) as user:
        scene.configure(**entries(scene, servers, user))
        watch = Watch(scene.path / "run")
        watch.start()
        try:
            made = scene.ended(scene.start("apply", "-a", "create", *words))
            more = [scene.ended(scene.start(*asked, *words)) for asked in RESTORES if ALL]
        finally:
            watch.over.set()
            watch.join()
        # What goes wrong is told without it, too.
        servers.psql("alter table t rename to u", "shop")
        said = [scene.home.borgplan(*asked) for asked in QUESTIONS]
    runs = (made, *more)
    assert [run for run in runs if run.exit_code] == []
    assert watch.found == set()
    assert {"pg_dump", "mariadb-dump", "mongodump", "influx", "borg create"} <= watch.seen
    assert not ALL or {"pg_restore", "mariadb"} <= watch.seen
    for ran in (*runs, *said):
        assert TOKEN not in ran.stdout + ran.stderr
    saved = [
        path
        for path in scene.path.rglob("*")
        if path.is_file() and path.name not in ("c.yaml", ".wanted")
    ]
    assert [path.name for path in saved if TOKEN.encode() in path.read_bytes()] == []
    assert {"events", "log", "saved"} <= {path.name for path in saved}
    assert any(".journal" in path.parts for path in saved)


RESTORES = (
    ("restore", "--yes", "--hook", "postgresql", "--original-label", "x"),
    ("restore", "--yes", "--hook", "mariadb"),
    ("restore", "--yes", "--hook", "mysql"),
    ("restore", "--yes", "--hook", "influxdb"),
)
QUESTIONS = (
    ("plan", "-a", "create", "c.yaml"),
    ("plan", "-a", "create", "--format", "json", "c.yaml"),
    ("plan", "-a", "create", "-o", "saved", "c.yaml"),
    ("plan", "--failures", "-a", "create", "c.yaml"),
    ("plan", "--script", "-a", "create", "c.yaml"),
    ("show", "last"),
    ("show", "last", "--format", "json"),
    ("history",),
    ("lint", "c.yaml"),
)
