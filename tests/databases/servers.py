"""Real PostgreSQL and MariaDB servers on private sockets, for as long as tests need them.

`scripts/ensure-databases` installs them. As root, which PostgreSQL refuses, each runs as its own user.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_PATIENCE = 30.0  # seconds
_USER = "keeper"


def lacking() -> str:
    """Why there are no servers; empty if there are."""
    if not _BINARIES or not shutil.which("mariadbd") or not shutil.which("sqlite3"):
        return "no PostgreSQL, MariaDB or SQLite is installed (scripts/ensure-databases)"
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        return "no setpriv: PostgreSQL refuses to run as root"
    return ""


def _as(user: str, *words: str) -> list[str]:
    if os.geteuid() != 0:
        return list(words)
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *words]


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Servers:
    """`sockets`: the folder of PostgreSQL's socket; `mariadb`: MariaDB's."""

    sockets: str
    mariadb: str
    port: int = 54399

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Servers]:
        with tempfile.TemporaryDirectory(prefix="bpdb") as folder:
            top = Path(folder)
            top.chmod(0o755)
            for name, user in (("pg", "postgres"), ("my", "mysql")):
                (top / name).mkdir()
                if os.geteuid() == 0:
                    shutil.chown(top / name, user, user)
            servers = cls(f"{top}/pg", f"{top}/my/s")
            running = [servers._postgresql(top), servers._mariadb(top)]
            try:
                servers._wait()
                yield servers
            finally:
                for one in running:
                    one.terminate()
                for one in running:
                    one.wait(_PATIENCE)

    def _postgresql(self, top: Path) -> subprocess.Popen[bytes]:
        binaries, data = _BINARIES[-1], f"{top}/pg/data"
        _run(
            *_as("postgres", f"{binaries}/initdb", "-D", data, "-U", "postgres", "--auth=trust"),
            *("--no-sync", "-E", "UTF8", "--locale=C.UTF-8"),
        )
        access = Path(data, "pg_hba.conf")  # one user needs a password
        access.write_text(f"local all {_USER} scram-sha-256\n" + access.read_text())
        words = (
            *(f"{binaries}/postgres", "-D", data, "-k", self.sockets, "-p", str(self.port)),
            *("-c", "listen_addresses=", "-c", "fsync=off"),
        )
        return subprocess.Popen(
            _as("postgres", *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def _mariadb(self, top: Path) -> subprocess.Popen[bytes]:
        user = ["--user=mysql"] if os.geteuid() == 0 else []
        _run(
            *("mariadb-install-db", "--no-defaults", *user, f"--datadir={top}/my/data"),
            *("--auth-root-authentication-method=normal", "--skip-test-db"),
        )
        words = (
            *("mariadbd", "--no-defaults", *user, f"--datadir={top}/my/data"),
            *(f"--socket={self.mariadb}", "--skip-networking", f"--pid-file={top}/my/pid"),
        )
        return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        for ask in (self.psql, self.sql):
            while True:
                try:
                    ask("select 1")
                    break
                except AssertionError:
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.2)

    def psql(self, text: str, database: str = "postgres") -> str:
        """What PostgreSQL answers."""
        return _run(
            *("psql", "-h", self.sockets, "-p", str(self.port), "-U", "postgres", "-d", database),
            *("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text),
        )

    def sql(self, text: str) -> str:
        """What MariaDB answers."""
        return _run(
            "mariadb", "--no-defaults", f"--socket={self.mariadb}", "-u", "root", "-N", "-e", text
        )

    @contextmanager
    def user(self, password: str) -> Iterator[str]:
        """The name of a user in both servers who may read everything with this password."""
        quoted = password.replace("'", "''")
        self.psql(f"create role {_USER} login superuser password '{quoted}'")
        quoted = quoted.replace("\\", "\\\\")
        self.sql(f"create user {_USER}@localhost identified by '{quoted}'")
        self.sql(f"grant all on *.* to {_USER}@localhost with grant option")
        try:
            yield _USER
        finally:
            self.psql(f"drop owned by {_USER}; drop role {_USER}")
            self.sql(f"drop user {_USER}@localhost")

    @contextmanager
    def locked(self, kind: str) -> Iterator[None]:
        """The table `t` of `shop`, held by somebody else."""
        words: tuple[str, ...]
        if kind == "postgresql":
            words = (
                "psql",
                "-h",
                self.sockets,
                "-p",
                str(self.port),
                "-U",
                "postgres",
                "-qAtd",
                "shop",
            )
            text = "begin; lock table t in access exclusive mode; select 'locked';\n"
        else:
            words = (
                "mariadb",
                "--no-defaults",
                f"--socket={self.mariadb}",
                "-u",
                "root",
                "-nN",
                "shop",
            )
            text = "lock tables t write; select 'locked';\n"
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as client:
            assert client.stdin
            assert client.stdout
            client.stdin.write(text)
            client.stdin.flush()
            assert client.stdout.readline() == "locked\n"
            yield
            client.stdin.close()

    def asks_in_vain(self) -> bool:
        """Whether PostgreSQL doesn't answer, as after the sudden death of a part of it."""
        try:
            self.psql("select 1")
        except AssertionError:
            return True
        return False
