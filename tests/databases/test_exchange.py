"""Archives of dumps that real borgmatic restores from borgplan, and borgplan from real borgmatic (`scripts/ensure-borgmatic`)."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases.faulty import ALL
from tests.databases.servers import Servers
from tests.end_to_end.configured import configure, init
from tests.end_to_end.home import Home

CACHE = Path(__file__).parents[2] / ".cache"
BORGS = ["borg", str(CACHE / "borg-1.4/bin/borg")]
NEWEST = "2.1.10"
RELEASES = [NEWEST, "2.0.13", "1.9.14"]
pytestmark = [
    pytest.mark.borg,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not ALL, reason="only with ALL_FAULTS=1 (make databases)"),
]
FORMS = {
    "plain one": "plain", "custom": "custom", "tar": "tar", "folder": "directory",
    "quo'te": "custom", 'dou"ble': "plain", "gr\u00fcn": "custom", "a b  c": "directory", "$HOME;*": "tar",
}  # fmt: skip
SETS = ("each", "cluster", "listed", "folders")


class Exchange:
    """Databases in real servers, and both programs with one configuration."""

    def __init__(self, home: Home, servers: Servers, release: str, borg: str, which: str) -> None:
        self.home = home
        self.servers = servers
        self.theirs = CACHE / f"borgmatic-{release}/bin/borgmatic"
        for program in (self.theirs, Path("/usr/bin/borg") if borg == "borg" else Path(borg)):
            if not program.exists():
                pytest.skip(f"no {program}")
        self.environment = {
            "PGHOST": servers.sockets, "PGPORT": str(servers.port), "PGUSER": "postgres",
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
        }  # fmt: skip
        self.forms = dict(FORMS)
        if release != NEWEST:
            self.forms["a b  c"] = "custom"  # they restore one folder in a run, also of their own
        self.names = list(self.forms)
        self.make()
        home.write(".my.cnf", f"[client]\nsocket={servers.mariadb}\n")
        init(home)
        (home.path / "run").mkdir()
        configure(
            home, user_runtime_directory=f"{home.path}/run", local_path=borg, **self.entries(which)
        )

    def entries(self, which: str) -> dict[str, Any]:
        sqlite = [{"name": "s", "path": f"{self.home.path}/s.db"}]
        if which == "cluster":
            maria = [{"name": "all", "username": "root", "skip_names": ["mysql"]}]
            return {
                "postgresql_databases": [{"name": "all"}],
                "mariadb_databases": maria,
                "sqlite_databases": sqlite,
            }
        if which in ("listed", "folders"):
            form = "custom" if which == "listed" else "directory"
            return {
                "postgresql_databases": [{"name": "all", "format": form}],
                "mariadb_databases": [
                    {"name": "*o*", "username": "root", "skip_names": ["information_schema"]}
                ],
                "sqlite_databases": sqlite,
            }
        return {
            "postgresql_databases": [
                {"name": name, "format": form} for name, form in self.forms.items()
            ],
            "mariadb_databases": [
                {"name": name, "username": "root"} for name in ("shop", "odd name")
            ],
            "sqlite_databases": sqlite,
        }

    # Databases

    def make(self) -> None:
        for name in self.names:
            quoted = name.replace('"', '""')
            self.servers.psql(f'create database "{quoted}"')
            text = f"create schema more; create table more.t (a text); insert into more.t values ('{len(name)}');"
            self.servers.psql(
                f"{text} create table t as select g, md5(g::text) as b from generate_series(1, 100) g",
                name,
            )
        for name in ("shop", "odd name"):
            self.servers.sql(
                f"create database `{name}`; use `{name}`; create table t (a int, b blob); insert into t values (1, x'00ff'), (2, 'gr\u00fcn')"
            )
        with sqlite3.connect(self.home.path / "s.db") as database:
            database.execute("create table t (a)")
            database.execute("insert into t values ('x')")

    def spoil(self, *, drop: bool) -> None:
        """What is restored is not what was there anyway. borgmatic creates no database of PostgreSQL."""
        for name in self.names:
            quoted = name.replace('"', '""')
            self.servers.psql(f'drop database "{quoted}"')
            if not drop:
                self.servers.psql(f'create database "{quoted}"')
        self.servers.sql("drop database shop; drop database `odd name`")
        with sqlite3.connect(self.home.path / "s.db") as database:
            database.execute("delete from t")

    def remove(self) -> None:
        for name in self.names:
            quoted = name.replace('"', '""')
            self.servers.psql(f'drop database if exists "{quoted}" with (force)')
        self.servers.sql("drop database if exists shop; drop database if exists `odd name`")

    def rows(self) -> list[str]:
        asked = "select count(*), sum(hashtext(t::text)), (select a from more.t) from t"
        found = [self.servers.psql(asked, name) for name in self.names]
        found += [
            self.servers.sql(f"select a, hex(b) from `{name}`.t order by a")
            for name in ("shop", "odd name")
        ]
        with sqlite3.connect(self.home.path / "s.db") as database:
            return [*found, str(database.execute("select a from t").fetchall())]

    # Programs

    def borgplan(self, *words: str) -> None:
        ran = self.home.borgplan(*words, "c.yaml", **self.environment)
        assert ran.exit_code == 0, ran.stdout + ran.stderr

    def borgmatic(self, *words: str) -> None:
        done = subprocess.run(
            [self.theirs, "-c", "c.yaml", "--verbosity", "1", *words], cwd=self.home.path, check=False,
            env=self.home.environment | self.environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def exchange(home: Home, servers: Servers, request: pytest.FixtureRequest) -> Iterator[Exchange]:
    made = Exchange(home, servers, *request.param)
    yield made
    made.remove()


OURS = [(release, borg, which) for release in RELEASES for borg in BORGS for which in SETS
        if release == NEWEST or (borg == "borg" and which == "each")]  # fmt: skip


@pytest.mark.parametrize(
    "exchange", OURS, indirect=True, ids=lambda p: f"{p[0]}-{Path(p[1]).parts[-3:][0]}-{p[2]}"
)
def test_borgmatic_restores_what_borgplan_has_dumped(exchange: Exchange) -> None:
    before = exchange.rows()
    exchange.borgplan("apply", "-a", "create")
    exchange.spoil(drop=False)
    exchange.borgmatic("restore", "--archive", "latest")
    assert exchange.rows() == before


@pytest.mark.parametrize(
    "exchange", OURS, indirect=True, ids=lambda p: f"{p[0]}-{Path(p[1]).parts[-3:][0]}-{p[2]}"
)
def test_borgplan_restores_what_borgmatic_has_dumped(exchange: Exchange) -> None:
    before = exchange.rows()
    exchange.borgmatic("create")
    exchange.spoil(drop=True)
    exchange.borgplan("restore", "--yes")
    assert exchange.rows() == before
