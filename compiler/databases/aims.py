"""Where a dump is restored to: what the command line says, else options `restore_…`, else the entry's own."""

from __future__ import annotations

from collections.abc import Mapping

from ..borg.action_options import ActionOptions
from ..borg.target import Target, expand_home
from ..config.databases import Database
from ..plan.words import Word
from .access import connection, name_of
from .archive_layout import Dump
from .choosing import ALL, Wanted
from .client import Connection
from .kinds import kind_of

_MOST_LINKS = 40  # symbolic links that lead to one another, as Linux has it


def wanted_by(options: ActionOptions) -> Wanted:
    """Which dumps a command line asks for."""
    return Wanted(
        options.databases, options.hook, options.original_hostname, options.original_port,
        options.original_label, options.original_container,
    )  # fmt: skip


def connection_of(
    entry: Database, target: Target, options: ActionOptions, file: str, addresses: Mapping[str, str]
) -> Connection:
    """How the server is reached. `file`: as of `access.connection`; `addresses`: of containers."""
    address = addresses.get(container_of(entry, options), "")
    found = connection(entry, target.configuration, target.host, address, file, restores=True)
    given: dict[str, Word] = {}
    if options.hostname and not address:
        given["hostname"] = options.hostname
    if options.port:
        given["port"] = str(options.port)
    if options.username:
        given["username"] = options.username
    return Connection(**{**found._asdict(), **given})


def container_of(entry: Database, options: ActionOptions) -> str:
    """The container in which the server runs; empty for none, also where a host is named that counts more."""
    if options.container or options.hostname:
        return options.container
    if entry.is_set("restore_container") or entry.is_set("restore_hostname"):
        return entry.text("restore_container")
    return entry.text("container")


def is_file(kind: str) -> bool:
    """Whether a database of this kind is a file, which no server has."""
    return kind_of(kind).restore is None


def database_of(dump: Dump, options: ActionOptions) -> str:
    """The name of the database that a dump is restored into."""
    return options.to or dump.name


def file_of(entry: Database, target: Target, options: ActionOptions) -> str:
    """The file that an SQLite dump is restored into: absolute, no symbolic link."""
    path = options.restore_path or entry.text(name_of(entry, "path", restores=True))
    base = target.host.directory
    if target.directory is not None:
        base = _below(target.directory, base)
    path = _below(expand_home(path, target.host) if options.restore_path else path, base)
    for _ in range(_MOST_LINKS):
        link = target.host.link(path)
        if link is None:
            break
        path = _below(link, path.rpartition("/")[0])
    return path


def thing(dump: Dump, entry: Database, target: Target, options: ActionOptions) -> str:
    """What a restore writes to, in words that tell it from other databases."""
    if is_file(dump.kind):
        return file_of(entry, target, options)
    found = connection_of(entry, target, options, "", {})
    container = container_of(entry, options)
    host = container or found.hostname or found.socket or "localhost"
    port = f":{found.port}" if found.port else ""
    name = database_of(dump, options)
    what = "all databases" if name == ALL else name
    return f"{dump.kind} {what} on {host}{port}"


def _below(path: str, base: str) -> str:
    return path if path.startswith("/") else f"{base}/{path}"
