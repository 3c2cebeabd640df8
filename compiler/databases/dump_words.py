"""The command lines of dump programs, as far as an entry of a configuration can say the same."""

from __future__ import annotations

from collections.abc import Mapping

from ..support.record import NamedTuple


class Flag(NamedTuple):
    """What a word of a dump program becomes. `option`: of an entry, or a word for what reads this; empty: it stands
    among `options`, or goes (`dropped`). `valued`: it has a value; `optional`: only one joined by `=`. `constant`:
    the option's value where the word has none."""

    option: str = ""
    valued: bool = False
    optional: bool = False
    dropped: bool = False
    constant: str = "true"


class Words(NamedTuple):
    """A command line: options of an entry, words that stay among its `options`, and operands."""

    options: tuple[tuple[str, str], ...]
    kept: tuple[str, ...]
    operands: tuple[str, ...]


_DROPPED = Flag(dropped=True)
_KEPT = Flag()
_KEPT_VALUE = Flag(valued=True)


def _flags(table: Mapping[str, Flag]) -> dict[str, Flag]:
    """By each spelling of a key."""
    return {name: flag for names, flag in table.items() for name in names.split()}


_POSTGRESQL = {
    "-h --host": Flag("hostname", valued=True),
    "-p --port": Flag("port", valued=True),
    "-U --username": Flag("username", valued=True),
    "-f --file": Flag(valued=True, dropped=True),
    # These are always given, or are for people.
    "-w --no-password -c --clean --if-exists -v --verbose": _DROPPED,
    "-O --no-owner": Flag("no_owner"),
    "-x --no-privileges --no-acl --no-comments --no-publications --no-security-labels --no-subscriptions": _KEPT,
    "--no-sync --no-tablespaces --no-unlogged-table-data --quote-all-identifiers --inserts --column-inserts": _KEPT,
    "--lock-wait-timeout --extra-float-digits --rows-per-insert": _KEPT_VALUE,
}
PG_DUMP = _flags({
    **_POSTGRESQL,
    "-F --format": Flag("format", valued=True),
    "-d --dbname": Flag("name", valued=True),
    "-Z --compress": Flag("compression", valued=True),
    "-b --blobs --large-objects -B --no-blobs --no-large-objects --serializable-deferrable": _KEPT,
    "-n --schema -N --exclude-schema -t --table -T --exclude-table --exclude-table-data -E --encoding": _KEPT_VALUE,
})  # fmt: skip
PG_DUMPALL = _flags({
    **_POSTGRESQL,
    "-l --database": _KEPT_VALUE,
    "--exclude-database": _KEPT_VALUE,
    "--no-role-passwords": _KEPT,
})  # fmt: skip
MARIADB = _flags({
    "-h --host": Flag("hostname", valued=True),
    "-P --port": Flag("port", valued=True),
    "-u --user": Flag("username", valued=True),
    "-S --socket": Flag("socket_path", valued=True),
    "-p --password": Flag("password", optional=True),
    "-r --result-file": Flag(valued=True, dropped=True),
    "--single-transaction -B --databases -v --verbose -q --quick --opt --triggers --add-drop-table": _DROPPED,
    "-A --all-databases": Flag("all"),
    "-E --events": Flag("events"),
    "-R --routines": Flag("routines"),
    "-Y --all-tablespaces": Flag("tablespaces"),
    "-y --no-tablespaces": Flag(dropped=True),
    "--add-drop-database": Flag("add_drop_database"),
    "--hex-blob --skip-comments --compact --skip-extended-insert --skip-lock-tables --no-data --skip-add-locks": _KEPT,
    "--default-character-set --ignore-table --max-allowed-packet --net-buffer-length --column-statistics": _KEPT_VALUE,
    "--set-gtid-purged --ssl-mode --ssl-ca": _KEPT_VALUE,
})  # fmt: skip
MONGODB = _flags({
    "-h --host": Flag("hostname", valued=True),
    "--port": Flag("port", valued=True),
    "-u --username": Flag("username", valued=True),
    "-p --password": Flag("password", valued=True),
    "--authenticationDatabase": Flag("authentication_database", valued=True),
    "-d --db": Flag("name", valued=True),
    "-o --out": Flag("folder", valued=True),
    "--archive": Flag(optional=True, dropped=True),
    "--gzip --dumpDbUsersAndRoles --oplog": _KEPT,
    "--excludeCollection --readPreference --numParallelCollections": _KEPT_VALUE,
    "-v --verbose --quiet": _DROPPED,
})  # fmt: skip


def read(words: list[str], flags: Mapping[str, Flag]) -> Words | None:
    """A command line without the program; None if one of its words isn't known, or a password would be asked for."""
    options: list[tuple[str, str]] = []
    kept: list[str] = []
    operands: list[str] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            operands.append(word)
            continue
        name, value = _split(word)
        flag = flags.get(name)
        if flag is None:
            return None
        if flag.valued and value is None:
            value = next(rest, None)
        if not _fits(flag, value):
            return None
        if flag.option:
            options.append((flag.option, flag.constant if value is None else value))
        elif not flag.dropped:
            kept += _kept(name, value)
    return Words(tuple(options), tuple(kept), tuple(operands))


def _fits(flag: Flag, value: str | None) -> bool:
    if flag.option == "password":
        return bool(value)
    return flag.optional or flag.valued is (value is not None)


def _kept(name: str, value: str | None) -> list[str]:
    if value is None:
        return [name]
    return [f"{name}={value}"] if name.startswith("--") else [name, value]


def _split(word: str) -> tuple[str, str | None]:
    """An option and the value joined to it."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    return word[:2], word[2:] or None
