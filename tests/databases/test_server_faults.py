"""Real servers and real disks that fail while a database is dumped."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases.faulty import Scene, thorough
from tests.databases.servers import Servers

pytestmark = pytest.mark.borg
PASSWORD = 'se"cr3t\\ w0rd'
IN_TIME = "stop_grace: 2s\ntimeout: {}s\n"
# Where a server hangs up in the middle: a program that asks it to, as soon as the dump has begun.
CUT = """\
({ask} >/dev/null 2>&1) &
exec {dump} "$@"
"""


@pytest.fixture
def shop(servers: Servers) -> Servers:
    """A database `shop` in both servers, and a user with a password."""
    servers.psql("drop database if exists shop")
    servers.psql("create database shop")
    servers.psql(
        "create table t as select g, repeat(md5(g::text), 20) as b from generate_series(1, 60000) g",
        "shop",
    )
    servers.sql("drop database if exists shop; create database shop")
    servers.sql(
        "use shop; create table t as select seq, repeat(md5(seq), 20) as b from seq_1_to_60000"
    )
    return servers


def postgresql(shop: Servers, **more: Any) -> dict[str, Any]:
    reach = {"hostname": shop.sockets, "port": shop.port, "username": "postgres", "label": "x"}
    return {"postgresql_databases": [{"name": "shop", "format": "plain", **reach, **more}]}


def mariadb(shop: Servers, **more: Any) -> dict[str, Any]:
    entry = {"name": "shop", "socket_path": shop.mariadb, "username": "root", **more}
    return {"mariadb_databases": [entry]}


@pytest.mark.parametrize("kind", [postgresql, pytest.param(mariadb, marks=thorough)])
def test_a_wrong_password(scene: Scene, shop: Servers, kind: Any) -> None:
    with shop.user(PASSWORD) as user:
        scene.configure(**kind(shop, username=user, password="wrong"))
        ran = scene.ended(scene.start())
        scene.told(ran, "password authentication failed", "Access denied")
        scene.configure(**kind(shop, username=user, password=PASSWORD))
        scene.next_is_fine()


@pytest.mark.parametrize(
    "how", ["pg_terminate_backend(pid)", pytest.param("kill -9", marks=thorough)]
)
def test_postgresql_hangs_up_midway(scene: Scene, shop: Servers, how: str) -> None:
    psql = f"psql -h {shop.sockets} -p {shop.port} -U postgres -d postgres -Atc"
    running = "from pg_stat_activity where datname='shop' and application_name='pg_dump' and query like 'COPY%'"
    wanted = how if "(" in how else "pid"
    ask = f'until p=$({psql} "select {wanted} {running}") && [ -n "$p" ]; do sleep 0.02; done'
    ask += "" if "(" in how else "; kill -9 $p"
    # Borg stops for a moment, so that the dump is in the middle.
    borg = scene.script(
        "slow-borg",
        'if [ "$1" = create ]; then borg "$@" & p=$!; sleep 1; wait $p; else exec borg "$@"; fi',
    )
    command = scene.script("dump", CUT.format(ask=ask, dump="pg_dump"))
    scene.configure(**postgresql(shop, pg_dump_command=command), local_path=borg)
    scene.told(scene.ended(scene.start()), "terminating connection", "connection")
    scene.until(lambda: not shop.asks_in_vain(), 60)
    scene.configure(**postgresql(shop))
    scene.next_is_fine()


@thorough
def test_mariadb_hangs_up_midway(scene: Scene, shop: Servers) -> None:
    client = f"mariadb --no-defaults --socket={shop.mariadb} -u root -Ne"
    running = "from information_schema.processlist where info like 'SELECT%SQL_NO_CACHE%t%' and db = 'shop'"
    ask = f'until p=$({client} "select id {running}") && [ -n "$p" ]; do sleep 0.02; done; {client} "kill $p"'
    command = scene.script("dump", CUT.format(ask=ask, dump="mariadb-dump"))
    scene.configure(**mariadb(shop, mariadb_dump_command=command))
    scene.told(scene.ended(scene.start()), "Lost connection", "gone away", "killed")
    scene.configure(**mariadb(shop))
    scene.next_is_fine()


@thorough
@pytest.mark.parametrize("kind", [postgresql, mariadb])
def test_a_table_that_is_locked(scene: Scene, shop: Servers, kind: Any) -> None:
    scene.home.write("borgplan.yaml", IN_TIME.format(5))
    scene.configure(**kind(shop))
    with shop.locked(kind.__name__):
        scene.told(scene.ended(scene.start()), "time limit")
    (scene.path / "borgplan.yaml").unlink()
    scene.next_is_fine()


@thorough
def test_a_table_that_is_locked_with_a_limit_of_its_own(scene: Scene, shop: Servers) -> None:
    scene.configure(**postgresql(shop, options="--lock-wait-timeout=1000"))
    with shop.locked("postgresql"):
        scene.told(scene.ended(scene.start()), "lock")


@pytest.mark.parametrize("seconds", [3, pytest.param(0, marks=thorough)])
def test_an_sqlite_database_that_is_locked(scene: Scene, servers: Servers, seconds: int) -> None:
    """Without a limit the client gives up after a minute."""
    del servers  # where they are, sqlite3 is
    path = scene.path / "s.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("create table t (a)")
    other.execute("begin exclusive")
    if seconds:
        scene.home.write("borgplan.yaml", IN_TIME.format(seconds))
    scene.configure(sqlite_databases=[{"name": "s", "path": str(path)}])
    scene.told(scene.ended(scene.start()), "locked", "time limit")
    other.execute("rollback")
    other.close()
    (scene.path / "borgplan.yaml").unlink(missing_ok=True)
    scene.next_is_fine()


@pytest.fixture
def small(scene: Scene) -> Iterator[Path]:
    """A file system of 4 MB."""
    place = scene.path / "small"
    place.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("a file system can't be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def grow(place: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=80m", str(place)], check=True)


RANDOM = "head -c 9000000 /dev/urandom; echo; echo '-- PostgreSQL database dump complete'"


def test_a_repository_on_a_full_disk(scene: Scene, small: Path) -> None:
    shutil.move(scene.path / "backups/r", small / "r")
    (scene.path / "backups/r").symlink_to(small / "r")
    scene.dumping(RANDOM)
    scene.told(scene.ended(scene.start()), "No space left", "disk")
    grow(small)
    scene.next_is_fine()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("directory", marks=thorough)])
def test_no_room_for_what_is_made_beforehand(
    scene: Scene, shop: Servers, small: Path, kind: str
) -> None:
    if kind == "sqlite":
        with sqlite3.connect(scene.path / "s.db") as database:
            database.execute("create table t (a)")
            database.executemany(
                "insert into t values (?)", [(os.urandom(900),) for _ in range(9000)]
            )
        databases: dict[str, Any] = {
            "sqlite_databases": [{"name": "s", "path": f"{scene.path}/s.db"}]
        }
    else:
        databases = postgresql(shop, format="directory", compression=0)
    (scene.path / "run").rmdir()
    (scene.path / "run").symlink_to(small)
    scene.configure(**databases)
    scene.told(scene.ended(scene.start()), "full", "No space left")
    grow(small)
    scene.next_is_fine()
