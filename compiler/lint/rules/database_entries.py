"""Entries of databases that dump one database twice, hold a password where others see it, or can't be restored."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import combinations

from ...config.databases import DATABASES, Database, Kind
from ...config.model import Configuration
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...source.host import Host
from ...support.regex import lazily
from ..rule import Rule

_ALL = "all"


def dumped_twice(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP389: two entries for one server that both dump a database."""
    del host
    for configuration in compilation.configurations:
        for one, other in combinations(configuration.databases, 2):
            if one.kind == other.kind and _server(one) == _server(other):
                _compared(one, other, diagnostics)


def _server(entry: Database) -> tuple[object, ...]:
    """What two entries for one server have in common."""
    if entry.kind == "sqlite":
        return (entry.text("path"),)
    port = entry.options.get("port") or DATABASES[entry.kind].port
    host = entry.text("hostname")
    return (
        entry.text("container"),
        "localhost" if host == "127.0.0.1" else host,
        port,
        entry.text("socket_path"),
    )


def _compared(one: Database, other: Database, diagnostics: Diagnostics) -> None:
    if one.kind == "sqlite":
        message = f"{one.text('path')} is dumped twice, as `{one.name}` and as `{other.name}`"
    elif _without_label(one) == _without_label(other):
        message = f"`{one.name}` is dumped twice in the same way, under two labels"
    elif _covers(one, other):
        message = _message(one, other)
    elif _covers(other, one):
        message = _message(other, one)
    else:
        return
    related = (("the other entry", one.place("name")),)
    diagnostics.append(
        Diagnostic("BP389", Severity.WARNING, message, other.place("name"), "remove one of them", related)
    )  # fmt: skip


def _without_label(entry: Database) -> dict[str, object]:
    return {name: value for name, value in entry.options.items() if name != "label"}


def _covers(wide: Database, narrow: Database) -> bool:
    if not wide.several or narrow.name == wide.name:
        return False
    if narrow.name in wide.texts("skip_names"):
        return False
    return wide.name == _ALL or (not narrow.several and fnmatchcase(narrow.name, wide.name))


def _message(wide: Database, narrow: Database) -> str:
    if wide.name == _ALL and not wide.text("format"):
        return f"`{narrow.name}` is dumped twice: by itself, and in the dump of `all`"
    return (
        f"`{narrow.name}` fits this entry and that of `{wide.name}`: borgmatic refuses to restore its dump, "
        "as two entries match"
    )


_PASSWORD = lazily(
    r"(?:^|\s)--password[= ](?=[^\s$-])"
    r"|\b(?:PGPASSWORD|MYSQL_PWD|INFLUX_TOKEN|password)=(?=[^\s$])"
    r"|://[^/\s:@]+:[^/\s@]+@"
)
_SHORT = {
    "mariadb": lazily(r"(?:^|\s)-p[^\s$]"),
    "mysql": lazily(r"(?:^|\s)-p[^\s$]"),
    "mongodb": lazily(r"(?:^|\s)-p\s?[^\s$-]"),
}


def passwords_in_options(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP620: a password in the words of an option, so on a command line."""
    del host
    for configuration in compilation.configurations:
        for entry in configuration.databases:
            for name in _options_with_words(entry):
                if _has_password(entry.kind, entry.text(name)):
                    diagnostics.warning(
                        "BP620",
                        f"a password in `{name}` is part of a command line: everybody on this machine can read it, "
                        "and it is in every plan",
                        entry.place(name),
                        "set `password`, which may be a `{credential …}`",
                    )


def _has_password(kind: str, text: str) -> bool:
    short = _SHORT.get(kind)
    return bool(_PASSWORD.search(text) or (short is not None and short.search(text)))


def _options_with_words(entry: Database) -> list[str]:
    return [
        option.name
        for option in DATABASES[entry.kind].options
        if option.kind in (Kind.WORDS, Kind.COMMAND) and entry.is_set(option.name)
    ]


_VERSION = lazily(r"/postgresql/(\d+)/bin/pg_dump(?:all)?\b|\bpostgres(?:ql)?:(\d+)\b")
_READS = lazily(r"/postgresql/(\d+)/bin/(?:pg_restore|psql)\b|\bpostgres(?:ql)?:(\d+)\b")


def client_versions(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP346: the program that restores is older than the one that dumps, by their paths or images."""
    del host
    for configuration in compilation.configurations:
        for entry in _of_postgresql(configuration):
            dumps = _VERSION.search(entry.text("pg_dump_command"))
            for option in ("pg_restore_command", "psql_command"):
                reads = _READS.search(entry.text(option))
                if dumps is None or reads is None:
                    continue
                made, read = (int(match[1] or match[2]) for match in (dumps, reads))
                if read < made:
                    diagnostics.warning(
                        "BP346",
                        f"`{option}` is of PostgreSQL {read} and may not read what pg_dump {made} writes",
                        entry.place(option),
                        f"use the program of PostgreSQL {made} or newer",
                    )


def _of_postgresql(configuration: Configuration) -> list[Database]:
    return [entry for entry in configuration.databases if entry.kind == "postgresql"]


RULES = (
    Rule(("BP389",), dumped_twice),
    Rule(("BP620",), passwords_in_options),
    Rule(("BP346",), client_versions),
)
