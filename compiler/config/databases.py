"""Options of databases, once, as data; loaded only for a file that names one.

Source: borgmatic 2.1.10, measured: names, types and what is required. A kind's first release: `semantics/releases.py`.
"""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMap

from ..source.span import Span
from ..support.enums import Enum
from ..support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class Kind(Enum):
    """How an option of a database is written; the words are for messages."""

    TEXT = "a text"
    INTEGER = "a whole number"
    BOOLEAN = "true or false"
    WORD = "one of its words"
    NUMBER_OR_TEXT = "a text or a number"
    TEXTS = "a list of texts"
    COMMAND = "a command line"  # split as a shell would
    WORDS = "command-line options"  # split as a shell would; may be empty


class DatabaseOption(NamedTuple):
    """One option. `secret`: never shown. `lent`: it may be a `{credential …}`. `words`: those it takes. `restores`:
    it matters only when a database is restored."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    secret: bool = False
    lent: bool = False
    words: tuple[str, ...] = ()
    restores: bool = False
    help: str = ""


class DatabaseKind(NamedTuple):
    """`name`: the option's, without `_databases`. `since`: the release of borgmatic that it came with. `globs`: whether a
    name with `*` stands for several. `everything`: whether the name `all` does. `port`: the usual one of its servers;
    None where there is none."""

    name: str
    since: tuple[int, ...]
    options: tuple[DatabaseOption, ...]
    globs: bool = False
    everything: bool = True
    port: int | None = None

    @property
    def option(self) -> str:
        return f"{self.name}_databases"


class Database(NamedTuple):
    """An entry of one of the lists. `number`: its place there, from 0. `kind`: `postgresql` and so on."""

    kind: str
    number: int
    options: ReadOnlyMap[str, Any]
    places: ReadOnlyMap[str, Span]
    span: Span

    @property
    def name(self) -> str:
        return self.text("name")

    @property
    def option(self) -> str:
        """The option in which it stands."""
        return f"{self.kind}_databases"

    def text(self, name: str) -> str:
        """An option's value as a text; empty if it isn't set."""
        value = self.options.get(name)
        return "" if value is None else str(value)

    def boolean(self, name: str, *, otherwise: bool = False) -> bool:
        value = self.options.get(name)
        return otherwise if value is None else bool(value)

    def texts(self, name: str) -> tuple[str, ...]:
        found: tuple[str, ...] = self.options.get(name) or ()
        return found

    def is_set(self, name: str) -> bool:
        return name in self.options

    def place(self, name: str) -> Span:
        return self.places.get(name, self.span)

    @property
    def several(self) -> bool:
        """Whether its name stands for all databases, or for those that fit it."""
        kind = DATABASES[self.kind]
        return (kind.everything and self.name == "all") or (kind.globs and "*" in self.name)


def _word(name: str, *words: str, help: str) -> DatabaseOption:  # noqa: A002  # as the field
    return DatabaseOption(name, Kind.WORD, words=words, help=help)


def _switch(name: str, text: str) -> DatabaseOption:
    return DatabaseOption(name, Kind.BOOLEAN, help=text)


_NAME = DatabaseOption("name", required=True, help="The database.")
_LABEL = DatabaseOption(
    "label", help="Replaces host and port in the dump's path, and names it at restore."
)
_SERVER = (
    DatabaseOption("container", help="The container in which the server runs; its address is looked up."),
    DatabaseOption("restore_container", restores=True, help="The container to restore to."),
    DatabaseOption("hostname", help="The server; none for the local socket."),
    DatabaseOption("restore_hostname", restores=True, help="The server to restore to."),
    DatabaseOption("port", Kind.INTEGER, help="The server's port."),
    DatabaseOption("restore_port", Kind.INTEGER, restores=True, help="The port to restore to."),
    DatabaseOption("username", lent=True, help="The database user."),
    DatabaseOption("restore_username", lent=True, restores=True, help="The database user for restoring."),
    DatabaseOption("password", secret=True, lent=True, help="The user's password."),
    DatabaseOption("restore_password", secret=True, lent=True, restores=True, help="The password for restoring."),
)  # fmt: skip
_OPTIONS = DatabaseOption("options", Kind.WORDS, help="More options of the dump command.")
_LIST_OPTIONS = DatabaseOption(
    "list_options", Kind.WORDS, help="More options of the command that lists databases."
)
_RESTORE_OPTIONS = DatabaseOption("restore_options", Kind.WORDS, restores=True, help="More options of the restore command.")  # fmt: skip


def _program(name: str, program: str, *, restores: bool = False) -> DatabaseOption:
    text = f"What runs in place of `{program}`."
    return DatabaseOption(name, Kind.COMMAND, restores=restores, help=text)


def _mysql(name: str, since: tuple[int, ...], dump: str, client: str) -> DatabaseKind:
    """MySQL and MariaDB have the same options, and programs of their own."""
    return DatabaseKind(
        name,
        since,
        (
            _NAME, _LABEL, *_SERVER,
            _word("password_transport", "pipe", "environment", help="How the client gets the password (default pipe)."),
            DatabaseOption("socket_path", help="The server's socket."),
            DatabaseOption("restore_socket_path", restores=True, help="The socket to restore to."),
            _switch("tls", "Whether the client uses TLS; unset: as the client decides."),
            DatabaseOption("restore_tls", Kind.BOOLEAN, restores=True, help="The same for restoring."),
            _word("format", "sql", help="With the name `all`: one dump for each database."),
            _switch("add_drop_database", "Whether the dump drops the database before it makes it (default true)."),
            _switch("events", "Whether events are dumped (default true)."),
            _switch("routines", "Whether routines are dumped (default true)."),
            _switch("tablespaces", "Whether tablespaces are dumped (default true)."),
            DatabaseOption("skip_names", Kind.TEXTS, help="Databases that `all` or a pattern excludes."),
            _OPTIONS, _LIST_OPTIONS, _RESTORE_OPTIONS,
            _program(f"{name}_dump_command", dump), _program(f"{name}_command", client),
        ),
        globs=True,
        port=3306,
    )  # fmt: skip


DATABASES: dict[str, DatabaseKind] = {
    kind.name: kind
    for kind in (
        DatabaseKind(
            "influxdb",
            (2, 1, 8),
            (
                _NAME, _LABEL,
                DatabaseOption("hostname", help="The server (default localhost)."),
                DatabaseOption("port", Kind.INTEGER, help="The server's port (default 8086)."),
                DatabaseOption("password", secret=True, lent=True, help="The token."),
                _switch("tls", "Whether TLS is used (default true)."),
                _switch("verify_tls", "Whether the server's certificate is checked (default true)."),
                DatabaseOption("configurations_path", help="The file with the client's configurations."),
                DatabaseOption("active_configuration", help="The configuration that counts."),
                DatabaseOption("organization_id", help="The organization, by its id."),
                DatabaseOption("organization_name", help="The organization, by its name."),
                DatabaseOption("bucket_id", help="The bucket, by its id, in place of `name`."),
                _word("compression", "none", "gzip", help="How the dump is compressed."),
                _program("influx_command", "influx"),
                DatabaseOption("full_replace", Kind.BOOLEAN, restores=True, help="Not implemented."),
                DatabaseOption("restore_bucket", restores=True, help="Not implemented."),
                DatabaseOption("restore_organization", restores=True, help="Not implemented."),
            ),
            port=8086,
        ),
        _mysql("mariadb", (1, 8, 2), "mariadb-dump", "mariadb"),
        DatabaseKind(
            "mongodb",
            (1, 5, 22),
            (
                _NAME, _LABEL, *_SERVER,
                _word("password_transport", "pipe", "file", help="How the client gets the password (default pipe)."),
                DatabaseOption("authentication_database", help="Where the user is known."),
                _word("format", "archive", "directory", help="The dump's format (default archive)."),
                _OPTIONS, _RESTORE_OPTIONS,
                _program("mongodump_command", "mongodump"), _program("mongorestore_command", "mongorestore", restores=True),
            ),
            port=27017,
        ),
        _mysql("mysql", (1, 4, 9), "mysqldump", "mysql"),
        DatabaseKind(
            "openldap",
            (2, 1, 8),
            (
                _NAME, _LABEL,
                _program("slapcat_command", "slapcat"), _program("slapadd_command", "slapadd", restores=True),
            ),
            everything=False,
        ),
        DatabaseKind(
            "postgresql",
            (1, 4, 0),
            (
                _NAME, _LABEL, *_SERVER,
                _word("format", "plain", "custom", "directory", "tar", help="The dump's format (default custom; `all`: one dump of everything)."),
                DatabaseOption("compression", Kind.NUMBER_OR_TEXT, help="How the dump is compressed."),
                _switch("no_owner", "Whether owners of objects are excluded."),
                _word("ssl_mode", "disable", "allow", "prefer", "require", "verify-ca", "verify-full", help="How TLS is used (PGSSLMODE)."),
                DatabaseOption("ssl_cert", help="The client's certificate."),
                DatabaseOption("ssl_key", help="The key of the client's certificate."),
                DatabaseOption("ssl_root_cert", help="The certificates that the server's is checked with."),
                DatabaseOption("ssl_crl", help="The certificates that are revoked."),
                _OPTIONS, _LIST_OPTIONS, _RESTORE_OPTIONS,
                DatabaseOption("analyze_options", Kind.WORDS, restores=True, help="More options of the ANALYZE after a restore."),
                _program("pg_dump_command", "pg_dump"), _program("pg_restore_command", "pg_restore", restores=True), _program("psql_command", "psql"),
            ),
            globs=True,
            port=5432,
        ),
        DatabaseKind(
            "sqlite",
            (1, 7, 9),
            (
                _NAME, _LABEL,
                DatabaseOption("path", required=True, help="The database file."),
                DatabaseOption("restore_path", restores=True, help="The file to restore to."),
                _program("sqlite_command", "sqlite3"), _program("sqlite_restore_command", "sqlite3", restores=True),
            ),
            everything=False,
        ),
    )
}  # fmt: skip
BY_OPTION: dict[str, DatabaseKind] = {kind.option: kind for kind in DATABASES.values()}
