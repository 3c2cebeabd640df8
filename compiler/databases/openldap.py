"""OpenLDAP: slapcat and slapadd. Source: borgmatic 2.1.10, measured with a stand-in.

borgmatic gives slapcat a `-l FILE`; here it prints to standard output, where borgplan reads it.
"""

from __future__ import annotations

from ..config.databases import Database
from ..source.diagnostic import Diagnostics
from ..support.record import TYPE_CHECKING
from .client import Client, Connection, Dumping, program
from .dump_formats import Format, Told, is_text
from .kind import Kind, Restoring, no_other_name

if TYPE_CHECKING:
    from .kind import Dumps


def _dump(dumps: Dumps, database: Database, named: tuple[str, ...]) -> None:
    del named  # one dump is of one database
    dumps.dump(database, database.name, Dumping(_slapcat(database)))


def _slapcat(database: Database) -> Client:
    """LDIF, which has no mark at its end."""
    return Client((*program(database, "slapcat_command", "slapcat"), "-b", database.name))


def _restore(item: Restoring) -> Client:
    """slapd must not run meanwhile."""
    command = program(item.entry, "slapadd_command", "slapadd")
    return Client((*command, "-b", item.entry.name))


def _told(head: bytes) -> Told:
    return Told(Format.LDIF if is_text(head) else None)


def _check(database: Database, diagnostics: Diagnostics) -> None:
    if database.name == "all":
        message = "an entry of `openldap_databases` is one database; `all` is none"
        diagnostics.error("BP384", message, database.place("name"))


def _shown(database: Database, _: Connection) -> Client:
    return _slapcat(database)


KIND = Kind(
    dump=_dump,
    shown=_shown,
    told=_told,
    restore=_restore,
    check=_check,
    not_renamed=no_other_name,
)
