"""Restores by real programs: SQLite always, PostgreSQL and MariaDB where their servers are, archives made by hand.

The archives are laid out as borgmatic does it, with Borg 1.2 (whole paths) and 1.4 (`borgmatic/`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

SERVERS = Path(__file__).parents[3] / "shared/databases/real/servers.sh"
BORG = shutil.which("borg")
pytestmark = pytest.mark.skipif(BORG is None, reason="borg is not installed")
LAYOUTS = ("run/user/0/borgmatic-abcdefgh/borgmatic", "borgmatic")


class Place(NamedTuple):
    """A directory with a repository, a configuration and, perhaps, servers."""

    path: Path
    environment: Mapping[str, str]

    def run(self, *words: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            words, cwd=self.path, env=dict(self.environment), input=stdin, capture_output=True,
            timeout=120, check=False,
        )  # fmt: skip

    def done(self, *words: str, stdin: bytes | None = None) -> str:
        result = self.run(*words, stdin=stdin)
        assert result.returncode == 0, (words, result)
        return result.stdout.decode()

    def configure(self, databases: str) -> None:
        text = f"source_directories: [{self.path}]\nrepositories: [{{path: {self.path}/repo}}]\n"
        (self.path / "c.yaml").write_text(text + databases)

    def archive(self, root: str, kind: str, dumps: Mapping[str, bytes], **more: object) -> None:
        """An archive with dumps of one kind, by name, of the local server."""
        folder = self.path / "stage" / root / f"{kind}_databases"
        (folder / "localhost").mkdir(parents=True, exist_ok=True)
        for name, dump in dumps.items():
            (folder / "localhost" / name).write_bytes(dump)
        entries = [
            {"data_source_name": name, "hook_name": f"{kind}_databases", "hostname": None,
             "port": None, "label": None, "container": None, **more}
            for name in dumps
        ]  # fmt: skip
        (folder / "dumps.json").write_text(json.dumps({"dumps": entries}))
        if not (self.path / "repo").exists():
            self.done("borg", "init", "-e", "none", "repo")
        top = root.partition("/")[0]
        subprocess.run(
            ["borg", "create", "../repo::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}", top],
            cwd=self.path / "stage", env=dict(self.environment), check=True,
        )  # fmt: skip
        shutil.rmtree(self.path / "stage")

    def restore(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return self.run(
            sys.executable,
            "-m",
            "borgplan.runtime",
            "restore",
            "c.yaml",
            "--semantics",
            "2.1",
            *words,
        )

    def sqlite(self, sql: str, name: str = "s.db") -> str:
        return self.done("sqlite3", name, sql)

    def stand_in(self, name: str, script: str) -> None:
        """A program that is found before the real one."""
        file = self.path / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)


def _place(path: Path, **more: str) -> Place:
    environment = {
        **os.environ, "HOME": str(path), "XDG_STATE_HOME": str(path / "state"),
        "BORG_BASE_DIR": str(path / "base"), "PATH": f"{path}/bin:{os.environ['PATH']}",
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes", **more,
    }  # fmt: skip
    return Place(path, environment)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return _place(tmp_path)


# --- SQLite ---

OLD = "CREATE TABLE old(x); INSERT INTO old VALUES (1);"
DUMP = b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\nINSERT INTO t VALUES('x\nCOMMIT;');\nCOMMIT;\n"


@pytest.fixture
def sqlite(place: Place) -> Place:
    if shutil.which("sqlite3") is None:
        pytest.skip("sqlite3 is not installed")
    place.configure(f"sqlite_databases: [{{name: s, path: {place.path}/s.db}}]\n")
    place.sqlite(OLD)
    (place.path / "s.db").chmod(0o640)
    return place


@pytest.mark.parametrize("root", LAYOUTS)
def test_an_sqlite_file_is_replaced_with_its_mode(sqlite: Place, root: str) -> None:
    sqlite.archive(root, "sqlite", {"s": DUMP})
    (sqlite.path / "s.db-wal").write_bytes(b"of the old one")
    assert sqlite.restore("--yes").returncode == 0
    assert sqlite.sqlite("SELECT a FROM t") == "x\nCOMMIT;\n"
    assert (sqlite.path / "s.db").stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in sqlite.path.glob("s.db*")) == ["s.db"]


def test_without_a_terminal_overwriting_needs_consent(sqlite: Place) -> None:
    sqlite.archive(LAYOUTS[1], "sqlite", {"s": DUMP})
    refused = sqlite.restore()
    assert refused.returncode == 2
    assert b"--yes" in refused.stderr
    assert sqlite.sqlite("SELECT x FROM old") == "1\n"


def test_what_is_not_there_needs_none(sqlite: Place) -> None:
    sqlite.archive(LAYOUTS[1], "sqlite", {"s": DUMP})
    assert sqlite.restore("--restore-path", f"{sqlite.path}/new.db").returncode == 0
    assert sqlite.sqlite("SELECT count(*) FROM t", "new.db") == "1\n"
    assert sqlite.sqlite("SELECT x FROM old") == "1\n"


@pytest.mark.parametrize(
    "dump",
    [
        b"",
        DUMP[:-9],
        DUMP.replace(b"\nCOMMIT;\n", b"\nROLLBACK; -- due to errors\n"),
        b"\0\0\0 not a dump",
        DUMP.replace(b"INSERT", b"INSRT"),
    ],
    ids=["empty", "cut", "rolled back", "rubbish", "no SQL"],
)
def test_a_dump_that_is_not_sound_is_a_failure_and_the_old_file_stays(
    sqlite: Place, dump: bytes
) -> None:
    sqlite.archive(LAYOUTS[1], "sqlite", {"s": dump})
    assert sqlite.restore("--yes").returncode in (1, 2)
    assert sqlite.sqlite("SELECT x FROM old") == "1\n"


@pytest.mark.parametrize(
    ("program", "script"),
    [
        ("sqlite3", "kill -9 $$"),
        ("sqlite3", "exit 0"),
        ("sqlite3", "cat >/dev/null; exit 1"),
        ("borg", 'case "$*" in *extract*/s) head -c 40 /dev/zero; kill -9 $$;; *) exec BORG "$@";; esac'),
        ("borg", 'case "$*" in *extract*/s) BORG "$@"; exit 2;; *) exec BORG "$@";; esac'),
    ],
)  # fmt: skip
def test_a_program_that_fails_is_a_failure_and_the_old_file_stays(
    sqlite: Place, program: str, script: str
) -> None:
    sqlite.archive(LAYOUTS[1], "sqlite", {"s": DUMP})
    sqlite.stand_in(program, script.replace("BORG", str(BORG)))
    assert sqlite.restore("--yes").returncode in (1, 2)
    shutil.rmtree(sqlite.path / "bin")
    assert sqlite.sqlite("SELECT x FROM old") == "1\n"
    assert sqlite.restore("--yes").returncode == 0  # whatever was left


def test_a_dry_run_reads_the_dump_and_changes_nothing(sqlite: Place) -> None:
    sqlite.archive(LAYOUTS[1], "sqlite", {"s": DUMP})
    assert sqlite.restore("--dry-run").returncode == 0
    assert sqlite.sqlite("SELECT x FROM old") == "1\n"
    assert sorted(file.name for file in sqlite.path.glob("s.db*")) == ["s.db"]


def test_a_file_of_a_user_at_a_like_path_is_not_restored(sqlite: Place) -> None:
    other = sqlite.path / "stage/home/borgmatic/sqlite_databases/localhost/s"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"CREATE TABLE t(a);COMMIT;\n")
    sqlite.archive(LAYOUTS[1], "sqlite", {"s": DUMP})
    assert sqlite.restore("--yes").returncode == 0
    assert sqlite.sqlite("SELECT count(*) FROM t") == "1\n"


# --- servers ---


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of their sockets."""
    if not SERVERS.is_file() or not shutil.which("mariadbd") or not shutil.which("psql"):
        pytest.skip("servers of PostgreSQL and MariaDB are not here")
    import tempfile

    with tempfile.TemporaryDirectory(prefix="bp", dir="/tmp") as name:  # sockets need short paths
        Path(name).chmod(0o755)
        subprocess.run([SERVERS, "start", name], check=True, timeout=200, stdout=subprocess.DEVNULL)
        try:
            yield Path(name) / "sock"
        finally:
            subprocess.run([SERVERS, "stop", name], check=False, timeout=60)


@pytest.fixture
def postgresql(servers: Path, tmp_path: Path) -> Iterator[Place]:
    """With a database `shop` that holds `t` with two rows."""
    place = _place(tmp_path, PGHOST=str(servers), PGPORT="54329", PGUSER="postgres")
    place.done("psql", "-qc", "CREATE DATABASE shop")
    place.done(
        "psql",
        "-qd",
        "shop",
        "-c",
        "CREATE TABLE t(a text); INSERT INTO t VALUES ('ü'), (E'1\\n2')",
    )
    yield place
    place.run("psql", "-qc", "DROP DATABASE IF EXISTS shop WITH (FORCE)")
    place.run("psql", "-qc", "DROP DATABASE IF EXISTS other")
    place.run("psql", "-qc", "DROP ROLE IF EXISTS joe")


def _dump(place: Place, form: str) -> bytes:
    words = ("pg_dump", "--clean", "--if-exists", "--format", form, "shop")
    result = place.run(*words)
    assert result.returncode == 0
    return result.stdout


def _rows(place: Place, database: str = "shop") -> str:
    return place.done("psql", "-Atd", database, "-c", "SELECT count(*) FROM t").strip()


@pytest.mark.parametrize("form", ["custom", "plain", "tar"])
@pytest.mark.parametrize("is_there", [True, False], ids=["there", "dropped"])
def test_a_postgresql_database_is_restored(postgresql: Place, form: str, *, is_there: bool) -> None:
    postgresql.configure("postgresql_databases: [{name: shop}]\n")
    postgresql.archive(LAYOUTS[1], "postgresql", {"shop": _dump(postgresql, form)})
    if is_there:
        postgresql.done("psql", "-qd", "shop", "-c", "DELETE FROM t")
    else:
        postgresql.done("psql", "-qc", "DROP DATABASE shop")
    assert postgresql.restore("--yes").returncode == 0
    assert _rows(postgresql) == "2"


def test_into_another_database(postgresql: Place) -> None:
    postgresql.configure("postgresql_databases: [{name: shop}]\n")
    postgresql.archive(LAYOUTS[1], "postgresql", {"shop": _dump(postgresql, "custom")})
    postgresql.done("psql", "-qd", "shop", "-c", "DELETE FROM t")
    assert postgresql.restore("--to", "other").returncode == 0
    assert (_rows(postgresql), _rows(postgresql, "other")) == ("0", "2")


SCHEMAS = (
    "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t(x int); CREATE TABLE b.t(x int);"
    "INSERT INTO a.t VALUES (1); INSERT INTO b.t VALUES (1), (2)"
)


@pytest.mark.parametrize("form", ["custom", "tar"])
@pytest.mark.parametrize("schemas", ["a", "ab"])
def test_only_some_schemas(postgresql: Place, form: str, schemas: str) -> None:
    """What is in the others stays as it is, later changes included."""
    postgresql.configure("postgresql_databases: [{name: shop}]\n")
    postgresql.done("psql", "-qd", "shop", "-c", SCHEMAS)
    postgresql.archive(LAYOUTS[1], "postgresql", {"shop": _dump(postgresql, form)})
    postgresql.done(
        "psql", "-qd", "shop", "-c", "DROP TABLE a.t; DELETE FROM b.t; DELETE FROM public.t"
    )
    done = postgresql.restore("--yes", *(word for one in schemas for word in ("--schema", one)))
    assert done.returncode == 0, done.stderr
    for table, there in (("a.t", "1"), ("b.t", "2" if "b" in schemas else "0"), ("public.t", "0")):
        rows = postgresql.done("psql", "-Atd", "shop", "-c", f"SELECT count(*) FROM {table}")
        assert rows.strip() == there, table


@pytest.mark.parametrize("form", ["plain", "custom"])
def test_a_schema_that_is_not_possible_or_not_there_changes_nothing(
    postgresql: Place, form: str
) -> None:
    postgresql.configure("postgresql_databases: [{name: shop}]\n")
    postgresql.archive(LAYOUTS[1], "postgresql", {"shop": _dump(postgresql, form)})
    postgresql.done("psql", "-qd", "shop", "-c", "DELETE FROM t")
    ended = postgresql.restore("--yes", "--schema", "gone")
    assert ended.returncode in (1, 2), ended
    if form == "plain":
        assert b"BP395" in ended.stderr
    assert _rows(postgresql) == "0"


def test_a_whole_cluster(postgresql: Place) -> None:
    postgresql.configure("postgresql_databases: [{name: all}]\n")
    postgresql.done("psql", "-qc", "CREATE ROLE joe", "-c", "ALTER DATABASE shop OWNER TO joe")
    dump = postgresql.run("pg_dumpall", "--clean", "--if-exists").stdout
    postgresql.archive(LAYOUTS[0], "postgresql", {"all": dump})
    postgresql.done("psql", "-qc", "DROP DATABASE shop")
    done = postgresql.restore("--yes")
    assert done.returncode == 0, done.stderr
    assert _rows(postgresql) == "2"


def test_a_missing_role_is_found_beforehand(postgresql: Place) -> None:
    postgresql.configure("postgresql_databases: [{name: shop}]\n")
    postgresql.done("psql", "-qc", "CREATE ROLE joe")
    postgresql.done("psql", "-qd", "shop", "-c", "ALTER TABLE t OWNER TO joe")
    for form in ("custom", "plain"):
        postgresql.archive(LAYOUTS[1], "postgresql", {"shop": _dump(postgresql, form)})
    postgresql.done("psql", "-qd", "shop", "-c", "ALTER TABLE t OWNER TO postgres; DROP ROLE joe")
    refused = postgresql.restore("--yes")
    assert refused.returncode == 2
    assert b"BP397" in refused.stderr
    assert _rows(postgresql) == "2"


@pytest.mark.parametrize("form", ["custom", "plain"])
@pytest.mark.parametrize(
    ("program", "script"),
    [
        ("CLIENT", 'case "$*" in *shop*) head -c 1000 >/dev/null; kill -9 $$;; *) exec REAL "$@";; esac'),
        ("CLIENT", 'case "$*" in *--clean*|*single*) exit 0;; *) exec REAL "$@";; esac'),
        ("borg", 'case "$*" in *extract*/shop) REAL "$@" | head -c 1000; kill -9 $$;; *) exec REAL "$@";; esac'),
    ],
    ids=["client killed", "client does nothing", "extract killed"],
)  # fmt: skip
def test_no_fault_is_green_and_the_data_stay(
    postgresql: Place, form: str, program: str, script: str
) -> None:
    if form == "custom" and "exit 0" in script:
        pytest.skip("pg_restore may end before it has read all")
    postgresql.configure("postgresql_databases: [{name: shop}]\n")
    postgresql.done(
        "psql", "-qd", "shop", "-c", "INSERT INTO t SELECT 'x' || g FROM generate_series(1, 2000) g"
    )
    postgresql.archive(LAYOUTS[1], "postgresql", {"shop": _dump(postgresql, form)})
    postgresql.done("psql", "-qd", "shop", "-c", "DELETE FROM t WHERE a LIKE 'x%'")
    name = program if program == "borg" else "pg_restore" if form == "custom" else "psql"
    postgresql.stand_in(name, script.replace("REAL", str(shutil.which(name))))
    ended = postgresql.restore("--yes")
    assert ended.returncode in (1, 2), ended
    shutil.rmtree(postgresql.path / "bin")
    assert _rows(postgresql) == "2"


@pytest.mark.parametrize("form", ["custom", "plain"])
def test_a_cut_dump_is_refused_before_anything_is_restored(postgresql: Place, form: str) -> None:
    postgresql.configure("postgresql_databases: [{name: shop}]\n")
    postgresql.archive(LAYOUTS[1], "postgresql", {"shop": _dump(postgresql, form)[:-200]})
    postgresql.done("psql", "-qd", "shop", "-c", "DELETE FROM t")
    assert postgresql.restore("--yes").returncode == 1
    assert _rows(postgresql) == "0"


MARIADB = (
    "mariadb",
    "--no-defaults",
    "--socket=SOCKET",
    "-u",
    "root",
    "--batch",
    "--skip-column-names",
)


@pytest.fixture
def mariadb(servers: Path, tmp_path: Path) -> Iterator[Place]:
    """With a database `shop` that holds `t` with two rows, and a user `adm` with the password `p"\\w`."""
    place = _place(tmp_path, SOCKET=f"{servers}/maria.sock")
    sql = "CREATE DATABASE shop; CREATE TABLE shop.t(a blob); INSERT INTO shop.t VALUES (0x00ff0a), ('x')"
    _sql(place, sql)
    _sql(
        place,
        r"""CREATE USER adm@localhost IDENTIFIED BY 'p"\\w'; GRANT ALL ON *.* TO adm@localhost WITH GRANT OPTION""",
    )
    yield place
    _sql(place, "DROP DATABASE IF EXISTS shop; DROP USER IF EXISTS adm@localhost")


def _sql(place: Place, sql: str) -> str:
    words = [word.replace("SOCKET", place.environment["SOCKET"]) for word in MARIADB]
    return place.done(*words, "--execute", sql)


def _mariadb_dump(place: Place, *words: str) -> bytes:
    socket = f"--socket={place.environment['SOCKET']}"
    base = ("mariadb-dump", "--no-defaults", socket, "-u", "root", "--add-drop-database")
    return place.run(*base, *words, "--databases", "shop").stdout


@pytest.mark.parametrize("name", ["shop", "all"])
def test_a_mariadb_database_is_restored(mariadb: Place, name: str) -> None:
    # Only root may grant what root has, which is part of `all`.
    user = "root" if name == "all" else "adm, password: 'p\"\\w'"
    entry = f"{{name: %s, socket_path: %s, username: {user}}}"
    mariadb.configure(f"mariadb_databases: [{entry % (name, mariadb.environment['SOCKET'])}]\n")
    more = ("--system=users,udfs,servers",) if name == "all" else ()
    mariadb.archive(LAYOUTS[0], "mariadb", {name: _mariadb_dump(mariadb, *more)})
    _sql(mariadb, "DROP DATABASE shop")
    done = mariadb.restore("--yes")
    assert done.returncode == 0, done.stderr
    assert _sql(mariadb, "SELECT hex(a) FROM shop.t") == "00FF0A\n78\n"
    assert b'p"\\w' not in done.stdout + done.stderr


def test_a_wrong_password_is_found_beforehand(mariadb: Place) -> None:
    socket = mariadb.environment["SOCKET"]
    mariadb.configure(
        f"mariadb_databases: [{{name: shop, socket_path: {socket}, username: adm, password: no}}]\n"
    )
    mariadb.archive(LAYOUTS[1], "mariadb", {"shop": _mariadb_dump(mariadb)})
    refused = mariadb.restore("--yes")
    assert refused.returncode == 2
    assert b"BP396" in refused.stderr
    assert _sql(mariadb, "SELECT count(*) FROM shop.t") == "2\n"


def test_a_cut_dump_of_mariadb_is_refused(mariadb: Place) -> None:
    socket = mariadb.environment["SOCKET"]
    mariadb.configure(
        f"mariadb_databases: [{{name: shop, socket_path: {socket}, username: root}}]\n"
    )
    mariadb.archive(LAYOUTS[1], "mariadb", {"shop": _mariadb_dump(mariadb)[:-100]})
    assert mariadb.restore("--yes").returncode == 1
    assert _sql(mariadb, "SELECT count(*) FROM shop.t") == "2\n"


ODD = "sh`o.p, [*]&x"
_OBJECTS = (
    "CREATE TABLE t(id int primary key, a text); INSERT INTO t VALUES (1, 'x\nUSE `QUOTED`;\ny');"
    "CREATE VIEW v AS SELECT id FROM t; CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a='z';"
    "ALTER DATABASE `QUOTED` CHARACTER SET latin1; CREATE PROCEDURE p() SELECT count(*) FROM v;"
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1"
)


@pytest.mark.parametrize(("name", "to"), [("shop", "copy"), ("shop", "c`o,p/y&\\1"), (ODD, "copy")])
def test_a_mariadb_database_into_another_one(mariadb: Place, name: str, to: str) -> None:
    """With all kinds of objects; the first one stays as it is."""
    old, new = (one.replace("`", "``") for one in (name, to))
    socket = mariadb.environment["SOCKET"]
    _sql(mariadb, f"DROP DATABASE IF EXISTS shop; CREATE DATABASE `{old}`")
    _sql(mariadb, f"USE `{old}`; {_OBJECTS.replace('QUOTED', old)}")
    try:
        dump = mariadb.run(
            "mariadb-dump", "--no-defaults", f"--socket={socket}", "-u", "root", "--add-drop-database",
            "--events", "--routines", "--databases", name,
        ).stdout  # fmt: skip
        _sql(mariadb, f"DELETE FROM `{old}`.t")
        entry = {"name": name, "socket_path": socket, "username": "root"}
        mariadb.configure(f"mariadb_databases: {json.dumps([entry])}\n")
        mariadb.archive(LAYOUTS[1], "mariadb", {name: dump})
        done = mariadb.restore("--to", to)
        assert done.returncode == 0, done.stderr
        assert _sql(mariadb, f"SELECT count(*) FROM `{old}`.t") == "0\n"
        assert _sql(mariadb, f"CALL `{new}`.p()") == "1\n"
        assert f"USE `{old}`;" in mariadb.done("mariadb", "--no-defaults", f"--socket={socket}", "-u", "root",
                                               "--raw", "-Ne", f"SELECT a FROM `{new}`.t")  # fmt: skip
        assert (
            _sql(
                mariadb,
                f"INSERT INTO `{new}`.t(id) VALUES (2); SELECT a FROM `{new}`.t WHERE id = 2",
            )
            == "z\n"
        )
        refused = mariadb.restore("--to", to)
        assert refused.returncode == 2  # it is there now
        assert b"--yes" in refused.stderr
    finally:
        _sql(mariadb, f"DROP DATABASE IF EXISTS `{old}`; DROP DATABASE IF EXISTS `{new}`")


@pytest.mark.parametrize(
    "line", [b"USE `other`;", b"CREATE DATABASE `other`;", b"DROP DATABASE `shop`;", b"USE shop;"]
)
def test_a_dump_that_names_another_database_is_not_restored_into_one(
    mariadb: Place, line: bytes
) -> None:
    """It is found before anything is restored."""
    socket = mariadb.environment["SOCKET"]
    mariadb.configure(
        f"mariadb_databases: [{{name: shop, socket_path: {socket}, username: root}}]\n"
    )
    dump = _mariadb_dump(mariadb)
    mariadb.archive(
        LAYOUTS[1], "mariadb", {"shop": dump.replace(b"UNLOCK TABLES;", line + b"\nUNLOCK TABLES;")}
    )
    assert mariadb.restore("--to", "copy").returncode == 1
    assert _sql(mariadb, "SHOW DATABASES LIKE 'copy'") == ""
    assert _sql(mariadb, "SELECT count(*) FROM shop.t") == "2\n"


def test_several_databases_or_users_are_not_restored_into_one(mariadb: Place) -> None:
    socket = mariadb.environment["SOCKET"]
    for name in ("all", "mysql"):
        mariadb.configure(
            f"mariadb_databases: [{{name: {name}, socket_path: {socket}, username: root}}]\n"
        )
        mariadb.archive(LAYOUTS[1], "mariadb", {name: _mariadb_dump(mariadb)})
        refused = mariadb.restore("--to", "copy")
        assert refused.returncode == 2
        assert b"BP395" in refused.stderr
