"""InfluxDB 2: `influx backup` and `influx restore`. Source: borgmatic 2.1.10, measured with a stand-in."""

from __future__ import annotations

from ..config.databases import Database
from ..plan.words import Word, joined
from ..source.span import Text
from ..support.record import TYPE_CHECKING
from .client import Client, Connection, Dumping, flag, program
from .dump_formats import Told
from .kind import Kind, Restoring, no_other_name

if TYPE_CHECKING:
    from .kind import Dumps

_PORT = "8086"
# Options that a restore by borgmatic was not measured with.
_UNKNOWN = ("full_replace", "restore_bucket", "restore_organization")


def _dump(dumps: Dumps, database: Database, named: tuple[str, ...]) -> None:
    del named  # one dump is of one bucket or of all
    dumping = _dumping(database, dumps.connection(database), dumps.path(database))
    dumps.dump(database, database.name, dumping)


def _dumping(database: Database, connection: Connection, folder: Word) -> Dumping:
    """A dump is a folder."""
    argv = (*_begins(database, connection, "backup"), *_chosen(database), folder)
    return Dumping(Client(argv, _environment(connection)), folder=True)


def _restore(item: Restoring) -> Client:
    name = item.dump.name
    begins = _begins(item.entry, item.connection, "restore")
    bucket = () if name == "all" else ("--bucket", name)
    return Client((*begins, *bucket, item.folder), _environment(item.connection))


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


def _told(_: bytes) -> Told:
    return Told(None)  # a dump is a folder


def _lacks(database: Database) -> list[Text]:
    return [
        Text(f"{database.option}: {option}", database.place(option))
        for option in _UNKNOWN
        if database.is_set(option)
    ]


def _shown(database: Database, connection: Connection) -> Client:
    return _dumping(database, connection, "{folder}").client


KIND = Kind(
    dump=_dump,
    shown=_shown,
    told=_told,
    restore=_restore,
    lacks=_lacks,
    folders=True,
    not_renamed=no_other_name,
)
