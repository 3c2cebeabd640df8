"""Where dumps lie in an archive, as borgmatic 2.1.10 has it, and what its `dumps.json` says of them.

Paths begin with `borgmatic/`; with a Borg older than 1.4 what stands before that is part of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from ..config.databases import Database
from ..support.record import NamedTuple

TOP = "borgmatic"
METADATA = "dumps.json"


class Dump(NamedTuple):
    """One dump. `name`: the database's own, or `all`."""

    database: Database
    name: str

    @property
    def path(self) -> str:
        return f"{folder_of(self.database)}/{self.name}"

    @property
    def title(self) -> str:
        """For people: the kind, and what tells it from others."""
        where = identifier(self.database)
        return f"{self.database.kind} {self.name}" + (
            "" if where == "localhost" else f" of {where}"
        )


def identifier(database: Database) -> str:
    """The part of the path that tells servers apart: the label, or host and port as configured."""
    if label := database.text("label"):
        return label
    host = database.text("container") or database.text("hostname") or "localhost"
    port = database.text("port")
    return f"{host}:{port}" if port else host


def folder_of(database: Database) -> str:
    """The folder of an entry's dumps."""
    return f"{TOP}/{database.option}/{identifier(database)}"


def entry(dump: Dump) -> dict[str, object]:
    """What `dumps.json` says of a dump: exactly these keys, as a reader of 2.1.10 refuses others."""
    database = dump.database
    return {
        "container": database.options.get("container"),
        "data_source_name": dump.name,
        "hook_name": database.option,
        "hostname": database.options.get("hostname"),
        "label": database.options.get("label"),
        "port": database.options.get("port"),
    }


def metadata(dumps: Iterable[Dump]) -> str:
    """The text of `dumps.json` for the dumps of one kind."""
    return json.dumps({"dumps": [entry(dump) for dump in dumps]}, sort_keys=True)
