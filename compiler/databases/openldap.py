"""OpenLDAP: slapcat and slapadd. Source: borgmatic 2.1.10, measured with a stand-in.

borgmatic gives slapcat a `-l FILE`; here it prints to standard output, where borgplan reads it.
"""

from __future__ import annotations

from ..config.databases import Database
from .client import Client, Dumping, program


def dump(database: Database) -> Dumping:
    """LDIF, which has no mark at its end."""
    return Dumping(Client((*program(database, "slapcat_command", "slapcat"), "-b", database.name)))


def restore(database: Database) -> Client:
    """What restores a dump from its standard input. slapd must not run meanwhile."""
    return Client((*program(database, "slapadd_command", "slapadd"), "-b", database.name))
