"""Real servers and real Borg: dumped, extracted from the archive, and compared with what was there."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.databases.servers import Servers
from tests.end_to_end.configured import applied, apply, configure, init
from tests.end_to_end.home import Home

pytestmark = pytest.mark.borg

BORG_1_4 = Path(__file__).parents[2] / ".cache/borg-1.4/bin/borg"
BORGS = ["borg", str(BORG_1_4)]


def dumped(home: Home, borg: str, **databases: list[dict[str, Any]]) -> Path:
    """Where an archive of these databases was extracted to: the folder `borgmatic` of it."""
    if borg != "borg" and not BORG_1_4.exists():
        pytest.skip("no Borg 1.4 (scripts/ensure-borg-1.4)")
    init(home)
    (home.path / "run").mkdir()
    options: Any = {f"{kind}_databases": found for kind, found in databases.items()}
    runtime = str(home.path / "run")
    configure(home, user_runtime_directory=runtime, local_path=borg, **options)
    applied(home, "create")
    assert list((home.path / "run").iterdir()) == []
    (archive,) = home.archives("r")
    target = home.path / "restored"
    target.mkdir()
    home.borg("extract", f"{home.path}/backups/r::{archive}", cwd=target)
    (top,) = [path for path in target.rglob("borgmatic") if path.is_dir()]
    assert top.parent == target
    return top


def names_in(top: Path, kind: str) -> list[str]:
    """What `dumps.json` says."""
    file = top / f"{kind}_databases/dumps.json"
    assert file.stat().st_mode & 0o777 == 0o644
    dumps = json.loads(file.read_text())["dumps"]
    keys = {"container", "data_source_name", "hook_name", "hostname", "label", "port"}
    assert all(set(dump) == keys for dump in dumps)
    return [dump["data_source_name"] for dump in dumps]


@pytest.fixture
def shop(servers: Servers) -> Servers:
    """A database `shop` in both servers, and one with a blank in its name."""
    servers.psql("drop database if exists shop")
    servers.psql("create database shop")
    servers.psql('drop database if exists "odd name"')
    servers.psql('create database "odd name"')
    text = "create table t as select g, md5(g::text) as b from generate_series(1, 2000) g"
    servers.psql(text, "shop")
    servers.sql("drop database if exists shop; create database shop")
    servers.sql("create table shop.t (a int, b blob)")
    servers.sql("insert into shop.t values (1, x'00ff'), (2, 'gr\u00fcn')")
    return servers


@pytest.mark.parametrize("borg", BORGS, ids=["1.2", "1.4"])
@pytest.mark.parametrize("form", ["plain", "custom", "tar", "directory"])
def test_a_postgresql_database_comes_back(home: Home, shop: Servers, form: str, borg: str) -> None:
    reach = {"hostname": shop.sockets, "port": shop.port, "username": "postgres", "label": "here"}
    top = dumped(home, borg, postgresql=[{"name": "shop", "format": form, **reach}])
    assert names_in(top, "postgresql") == ["shop"]
    dump = top / "postgresql_databases/here/shop"
    assert dump.stat().st_mode & 0o777 == (0o700 if form == "directory" else 0o600)
    before = shop.psql("select sum(hashtext(t::text)), count(*) from t", "shop")
    shop.psql("drop table t", "shop")
    at = ["-h", shop.sockets, "-p", str(shop.port), "-U", "postgres", "-d", "shop"]
    client = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f"] if form == "plain" else ["pg_restore"]
    subprocess.run([*client, str(dump), *at], check=True, capture_output=True)
    assert shop.psql("select sum(hashtext(t::text)), count(*) from t", "shop") == before


@pytest.mark.parametrize(
    "project", ["on_dump_failure: stop\n", "on_dump_failure: keep-files\n", "dump_once: true\n"]
)
@pytest.mark.parametrize("form", ["custom", "directory"])
@pytest.mark.parametrize("name", ["all", "s*"])
def test_names_are_listed_and_each_is_dumped(
    home: Home, shop: Servers, name: str, form: str, project: str
) -> None:
    reach = {"hostname": shop.sockets, "port": shop.port, "username": "postgres", "label": "here"}
    home.write("borgplan.yaml", project)
    top = dumped(home, "borg", postgresql=[{"name": name, "format": form, **reach}])
    wanted = {"shop"} if name == "s*" else {"shop", "odd name", "postgres"}
    assert set(names_in(top, "postgresql")) == wanted
    assert {path.name for path in (top / "postgresql_databases/here").iterdir()} == wanted
    for one in wanted:
        dump = top / "postgresql_databases/here" / one
        data = dump / "toc.dat" if form == "directory" else dump
        assert data.read_bytes().startswith(b"PGDMP")


@pytest.mark.parametrize("project", ["on_dump_failure: stop\n", "on_dump_failure: keep-files\n"])
def test_one_folder_of_all_that_can_not_be_made_is_told(
    home: Home, shop: Servers, project: str
) -> None:
    """A database that vanishes between listing and dump, and a name that can't be a file's."""
    init(home)
    (home.path / "run").mkdir()
    home.write("borgplan.yaml", project)
    reach = {"hostname": shop.sockets, "port": shop.port, "username": "postgres", "label": "here"}
    options: Any = {"postgresql_databases": [{"name": "all", "format": "directory", **reach}]}
    configure(home, user_runtime_directory=str(home.path / "run"), **options)
    for name, told in (("a/b", "can't be the name of a dump's file"), ("gone", '"gone"')):
        shop.psql(f'create database "{name}"')
        if name == "gone":
            shop.psql(f"update pg_database set datallowconn = false where datname = '{name}'")
        try:
            ran = apply(home, "create")
        finally:
            shop.psql(f'drop database "{name}"')
        assert ran.exit_code == 1, ran.stdout
        assert told in ran.stderr
        assert "postgresql * of here: failed" in ran.stdout
        assert home.archives("r") == []


def test_a_whole_cluster_is_one_text(home: Home, shop: Servers) -> None:
    reach = {"hostname": shop.sockets, "port": shop.port, "username": "postgres", "label": "here"}
    top = dumped(home, "borg", postgresql=[{"name": "all", **reach}])
    text = (top / "postgresql_databases/here/all").read_text()
    assert "CREATE ROLE postgres" in text
    assert "odd name" in text


@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
@pytest.mark.parametrize("name", ["shop", "all", "sh*"])
def test_a_mariadb_database_comes_back(home: Home, shop: Servers, kind: str, name: str) -> None:
    entry: dict[str, Any] = {"name": name, "socket_path": shop.mariadb, "username": "root"}
    entry |= {"skip_names": ["mysql"]} if name == "all" else {}
    entry |= {"mysql_dump_command": "mariadb-dump"} if kind == "mysql" else {}
    entry |= {"mysql_command": "mariadb"} if kind == "mysql" else {}
    top = dumped(home, "borg", **{kind: [entry]})
    wanted = "all" if name == "all" else "shop"
    assert names_in(top, kind) == [wanted]
    dump = top / f"{kind}_databases/localhost/{wanted}"
    before = shop.sql("checksum table shop.t")
    shop.sql("drop database shop")
    client = ["mariadb", "--no-defaults", f"--socket={shop.mariadb}", "-u", "root"]
    subprocess.run(client, input=dump.read_bytes(), check=True, capture_output=True)
    assert shop.sql("checksum table shop.t") == before


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_sqlite_database_comes_back_while_somebody_writes(home: Home, mode: str) -> None:
    path = home.path / "app/b a'se?.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"pragma journal_mode={mode}")
        connection.execute("create table t (a)")
        connection.executemany("insert into t values (?)", [(n,) for n in range(1000)])
        connection.commit()
        if mode == "wal":
            connection.execute("insert into t values ('not there yet')")
        top = dumped(home, "borg", sqlite=[{"name": "base", "path": str(path)}])
    text = (top / "sqlite_databases/localhost/base").read_text()
    again = sqlite3.connect(":memory:")
    again.executescript(text)
    assert again.execute("select count(*) from t").fetchone() == (1000,)


def test_a_sqlite_file_that_is_missing_damaged_or_locked_fails(home: Home) -> None:
    init(home)
    (home.path / "run").mkdir()
    path = home.path / "app/base.db"
    options: Any = {"sqlite_databases": [{"name": "base", "path": str(path)}]}
    configure(home, user_runtime_directory=str(home.path / "run"), **options)
    missing = apply(home, "create")
    assert missing.exit_code == 1
    assert not path.exists()
    home.write("app/base.db", b"no database at all" * 1000)
    assert apply(home, "create").exit_code == 1
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a)")
        connection.executemany("insert into t values (?)", [(os.urandom(500),) for _ in range(500)])
    data = bytearray(path.read_bytes())
    data[40000:60000] = b"\0" * 20000
    path.write_bytes(data)
    damaged = apply(home, "create")
    assert damaged.exit_code == 1, damaged.stdout
    assert home.archives("r") == []


def test_a_wrong_user_or_database_is_told(home: Home, shop: Servers) -> None:
    init(home)
    (home.path / "run").mkdir()
    reach = {"hostname": shop.sockets, "port": shop.port, "label": "here", "format": "custom"}
    for entry in ({"name": "shop", "username": "nobody"}, {"name": "gone", "username": "postgres"}):
        options: Any = {"postgresql_databases": [{**entry, **reach}]}
        configure(home, user_runtime_directory=str(home.path / "run"), **options)
        ran = apply(home, "create")
        assert ran.exit_code == 1
        assert "does not exist" in ran.stderr
        assert home.archives("r") == []


def test_a_server_that_dies_midway_is_told(home: Home, shop: Servers) -> None:
    init(home)
    (home.path / "run").mkdir()
    text = "create table big as select repeat(md5(g::text), 50) from generate_series(1, 100000) g"
    shop.psql(text, "shop")
    kill = (
        f"(sleep 0.2; psql -h {shop.sockets} -p {shop.port} -U postgres -d postgres -c "
        "\"select pg_terminate_backend(pid) from pg_stat_activity where datname='shop'\" >/dev/null) &"
    )
    slow = home.path / "slow"
    slow.write_text(f'#!/bin/sh\n{kill}\nexec pg_dump "$@"\n')
    slow.chmod(0o700)
    entry: dict[str, Any] = {
        "name": "shop", "format": "plain", "hostname": shop.sockets, "port": shop.port, "label": "x",
        "username": "postgres", "pg_dump_command": str(slow),
    }  # fmt: skip
    options: Any = {"postgresql_databases": [entry]}
    configure(home, user_runtime_directory=str(home.path / "run"), **options)
    ran = apply(home, "create")
    assert ran.exit_code == 1, ran.stdout
    assert home.archives("r") == []
