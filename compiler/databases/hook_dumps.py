"""Hook commands that do nothing but dump a database, as entries that dump the same.

Only what is sure: every word of the command is known, and nothing in it is left to a shell but where the dump goes.
Words of the programs: their documentation (PostgreSQL 15, MariaDB 10.11, MongoDB's database tools, SQLite 3.40).
"""

from __future__ import annotations

import shlex
from collections.abc import Callable

from ..shell.lexer import program as called
from ..support.record import NamedTuple
from ..support.regex import lazily
from .dump_words import MARIADB, MONGODB, PG_DUMP, PG_DUMPALL, read

_UMASK = lazily(r"umask\s+[0-7]{1,4}\s*(?:;|&&)\s*")
_PASSWORD = lazily(r"(?:PGPASSWORD|MYSQL_PWD)=(?:'([^'${}\n]*)'|([\w%+,./:=@^-]+))\s+")
# Where the dump goes, through a program that compresses it or not; Borg compresses by itself.
_TARGET = lazily(
    r"\s*(?:\|\s*(?:gzip|pigz|zstd|xz|bzip2|lz4)(?:\s+-[\w=-]+)*\s*)?"
    r"(?<![\d&])>\s*(?:\"[^\"]*\"|'[^']*'|\$\([^()]*\)|[^\s;&|<>()\"'`])+\s*\Z"
)
_LEFT_TO_THE_SHELL = lazily(r"[$`;&|<>(){}*?\[\]~#!\n\\]")
_INSIDE = {  # what runs a program elsewhere: the options that change nothing for it, with and without a value
    ("docker", "exec"): (("-u", "--user"), ("-i", "--interactive")),
    ("podman", "exec"): (("-u", "--user"), ("-i", "--interactive")),
    ("docker", "compose", "exec"): (("-u", "--user"), ("-T", "--no-TTY")),
    ("docker-compose", "exec"): (("-u", "--user"), ("-T", "--no-TTY")),
}
_AS_USER = (("sudo", "-u"), ("runuser", "-u"))
_OPTION_FILES = ("--defaults-extra-file=", "--defaults-file=")

Value = str | int | bool


class HookDump(NamedTuple):
    """`kind`: of database. `options`: of its entry, in order."""

    kind: str
    options: tuple[tuple[str, Value], ...]


def hook_dump(text: str) -> HookDump | None:
    """The entry that dumps what a hook command dumps; None where that isn't sure."""
    rest, password = _without_surroundings(text.strip())
    if _LEFT_TO_THE_SHELL.search(rest):
        return None
    try:
        words = shlex.split(rest)
    except ValueError:
        return None
    inside, words = _prefix(words)
    if not words or called(words[0]) not in _READERS or (inside and words[0] != called(words[0])):
        return None
    found = _READERS[called(words[0])](words, inside, password)
    if found is None:
        return None
    options = {name: value for name, value in found.options if value != ""}
    return HookDump(found.kind, tuple(options.items()))


def _without_surroundings(text: str) -> tuple[str, str]:
    """Without what says who may read the dump and where it goes, and the password before it."""
    text = _TARGET.sub("", _UMASK.sub("", text, count=1))
    match = _PASSWORD.match(text)
    return (text, "") if match is None else (text[match.end() :], match[1] or match[2])


def _prefix(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """What runs the program in a container or as another user, and the program's own words; no words where it is
    unclear."""
    for as_user in _AS_USER:
        if tuple(words[:2]) == as_user and len(words) > 3:
            end = 4 if words[3] == "--" else 3
            return tuple(words[:end]), words[end:]
    for start, (valued, flags) in _INSIDE.items():
        if tuple(words[: len(start)]) != start:
            continue
        place = len(start)
        while place < len(words) and words[place].startswith("-"):
            if words[place] not in (*valued, *flags):
                return (), []
            place += 2 if words[place] in valued else 1
        return tuple(words[: place + 1]), words[place + 1 :]
    return (), words


def _command(option: str, inside: tuple[str, ...], program: str, usual: str) -> tuple[str, str]:
    """The option that names a program, if it isn't the usual one."""
    words = (*inside, program)
    return option, "" if words == (usual,) else shlex.join(words)


def _client(option: str, inside: tuple[str, ...], program: str) -> tuple[str, str]:
    """The same of a client that reads a dump: docker hands on its standard input only if told to."""
    if inside[:2] in (("docker", "exec"), ("podman", "exec")) and not {"-i", "--interactive"} & set(
        inside
    ):
        inside = (*inside[:2], "-i", *inside[2:])
    return option, shlex.join((*inside, program)) if inside else ""


def _postgresql(words: list[str], inside: tuple[str, ...], password: str) -> HookDump | None:
    cluster = called(words[0]) == "pg_dumpall"
    found = read(words[1:], PG_DUMPALL if cluster else PG_DUMP)
    if found is None or (password and inside) or len(found.operands) > (0 if cluster else 1):
        return None
    options = dict(found.options)
    name = "all" if cluster else options.pop("name", "") or "".join(found.operands)
    form = "" if cluster else {"p": "plain", "c": "custom", "t": "tar"}.get(
        options.get("format", "p"), options.get("format", "")
    )  # fmt: skip
    if not name or "=" in name or ":" in name or form not in ("", "plain", "custom", "tar"):
        return None
    host = options.get("hostname", "")
    return HookDump(
        "postgresql",
        (
            ("name", name), ("label", "local" if host.startswith("/") else ""), *_server(options, password),
            ("format", form), ("compression", options.get("compression", "")),
            ("no_owner", "no_owner" in options or ""), ("options", shlex.join(found.kept)),
            _command("pg_dump_command", inside, words[0], "pg_dumpall" if cluster else "pg_dump"),
            _client("pg_restore_command", inside, "pg_restore"), _client("psql_command", inside, "psql"),
        ),
    )  # fmt: skip


def _server(options: dict[str, str], password: str = "") -> tuple[tuple[str, Value], ...]:
    port = options.get("port", "")
    return (
        ("hostname", options.get("hostname", "")), ("port", int(port) if port.isdigit() else port),
        ("username", options.get("username", "")), ("password", password or options.get("password", "")),
    )  # fmt: skip


def _mysql(words: list[str], inside: tuple[str, ...], password: str) -> HookDump | None:
    kind = "mariadb" if called(words[0]) == "mariadb-dump" else "mysql"
    files = [word for word in words[1:2] if word.startswith(_OPTION_FILES)]
    found = read(words[1 + len(files) :], MARIADB)
    if found is None:
        return None
    options = dict(found.options)
    everything = "all" in options
    password = password or options.get("password", "")
    known = password or options.get("username")
    if (files or inside) and (password or (files and known)):
        return None
    if len(found.operands) != (0 if everything else 1):
        return None
    asked = ("add_drop_database", "events", "routines", "tablespaces")
    return HookDump(
        kind,
        (
            ("name", "all" if everything else found.operands[0]), *_server(options, password),
            ("socket_path", options.get("socket_path", "")),
            ("password_transport", "environment" if inside and known else ""),
            # borgmatic asks for all of these by default, for which a user may lack the rights.
            *((name, "" if name in options else False) for name in asked),
            ("options", shlex.join((*files, *found.kept))), ("list_options", shlex.join(files) if everything else ""),
            ("restore_options", shlex.join(files)),
            _command(f"{kind}_dump_command", inside, words[0], "mariadb-dump" if kind == "mariadb" else "mysqldump"),
            _client(f"{kind}_command", inside, kind),
        ),
    )  # fmt: skip


def _mongodb(words: list[str], inside: tuple[str, ...], password: str) -> HookDump | None:
    found = read(words[1:], MONGODB)
    if found is None or found.operands or inside or password:
        return None
    options = dict(found.options)
    return HookDump(
        "mongodb",
        (
            ("name", options.get("name", "all")), *_server(options),
            ("authentication_database", options.get("authentication_database", "")),
            ("format", "directory" if "folder" in options else ""),
            ("options", shlex.join(found.kept)),
            _command("mongodump_command", (), words[0], "mongodump"),
        ),
    )  # fmt: skip


_COPY = lazily(r"\.(?:dump|backup\s+\S.*)|(?i:VACUUM\s+INTO)\s+\S.*")


def _sqlite(words: list[str], inside: tuple[str, ...], password: str) -> HookDump | None:
    del password
    if inside or len(words) != 3 or not words[1].startswith("/") or not _COPY.fullmatch(words[2]):
        return None
    name = words[1].rpartition("/")[2].partition(".")[0]
    program = _command("sqlite_command", (), words[0], "sqlite3")
    return HookDump("sqlite", (("name", name or "database"), ("path", words[1]), program))


_READERS: dict[str, Callable[[list[str], tuple[str, ...], str], HookDump | None]] = {
    "pg_dump": _postgresql,
    "pg_dumpall": _postgresql,
    "mysqldump": _mysql,
    "mariadb-dump": _mysql,
    "mongodump": _mongodb,
    "sqlite3": _sqlite,
}
