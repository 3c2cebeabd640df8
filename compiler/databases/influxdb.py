"""InfluxDB 2: `influx backup` and `influx restore`. Source: borgmatic 2.1.10, measured with a stand-in."""

from __future__ import annotations

from ..config.databases import Database
from ..plan.words import Word, joined
from .archive_layout import Dump
from .client import Client, Connection, Dumping, flag, program

_PORT = "8086"
# Options that a restore by borgmatic was not measured with.
UNKNOWN = ("full_replace", "restore_bucket", "restore_organization")


def dump(database: Database, connection: Connection, folder: Word) -> Dumping:
    """A dump is a folder."""
    argv = (*_begins(database, connection, "backup"), *_chosen(database), folder)
    return Dumping(Client(argv, _environment(connection)), folder=True)


def restore(database: Database, dump: Dump, connection: Connection, folder: Word) -> Client:
    """What restores a dump, of a bucket or of all, from `folder`."""
    begins = _begins(database, connection, "restore")
    bucket = () if dump.name == "all" else ("--bucket", dump.name)
    return Client((*begins, *bucket, folder), _environment(connection))


def _begins(database: Database, connection: Connection, command: str) -> tuple[Word, ...]:
    scheme = "https" if database.boolean("tls", otherwise=True) else "http"
    address = joined(
        f"{scheme}://", connection.hostname or "localhost", ":", connection.port or _PORT
    )
    return (
        *program(database, "influx_command", "influx"),
        command,
        *([] if database.boolean("verify_tls", otherwise=True) else ["--skip-verify"]),
        *("--host", address),
        *flag("--configs-path", database.text("configurations_path")),
        *flag("--active-config", database.text("active_configuration")),
    )


def _chosen(database: Database) -> tuple[Word, ...]:
    """An id counts before a name."""
    by_id = flag("--org-id", database.text("organization_id"))
    bucket = "" if database.name == "all" else database.name
    return (
        *(by_id or flag("--org", database.text("organization_name"))),
        *(flag("--bucket-id", database.text("bucket_id")) or flag("--bucket", bucket)),
        *flag("--compression", database.text("compression")),
    )


def _environment(connection: Connection) -> tuple[tuple[str, Word], ...]:
    """The token never stands in a command line."""
    return (("INFLUX_TOKEN", connection.password),) if connection.password else ()
