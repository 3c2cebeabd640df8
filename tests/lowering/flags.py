"""Which flags and positional arguments Borg's commands have, by version.

The table in `flags.json` is harvested (harvest.py) from the argument parsers of Borg 1.2.4, 1.4.5 and
2.0.0b19. Borg 1.1 goes by 1.2's: it has no flag that 1.2 doesn't know under the same name.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.lowering.versions import at_least, harvested

# Flags of versions between or after the harvested ones: command, since, destination, kind, flags.
LATER = (
    ("repo-create", "2.0.0b20", "id_hash", "store=", "--id-hash -i"),
    ("repo-create", "2.0.0b20", "key_location", "store=", "--key-location"),
    ("compact", "2.0.0b20", "threshold", "store=", "--threshold"),
    ("prune", "2.0.0b20", "from", "store=", "--from"),
)
_EVERY = "*"


class Flag(NamedTuple):
    """`kind`: how the parser stores it: `true`, `false`, `const`, `count`, or with a value `store=`,
    `append=`."""

    destination: str
    kind: str
    names: tuple[str, ...]

    @property
    def takes_value(self) -> bool:
        return self.kind.endswith("=")


class Grammar(NamedTuple):
    """One command of one version. `positional`: the names of its arguments."""

    flags: tuple[Flag, ...]
    positional: tuple[str, ...]

    def flag(self, name: str) -> Flag | None:
        return next((flag for flag in self.flags if name in flag.names), None)


@cache
def grammar(version: str, command: str) -> Grammar | None:
    """None for a command that the version doesn't have; the command "" is Borg without any."""
    table = _table()
    name = harvested(version)
    positional = table["positional"][name].get(command)
    if positional is None:
        return None
    flags = [
        Flag(destination, kind, tuple(names.split()))
        for destination, kind, names, where in table["flags"]
        if name in where and (where[name] == _EVERY or command in where[name].split(","))
    ]
    flags += [
        Flag(destination, kind, tuple(names.split()))
        for of, since, destination, kind, names in LATER
        if of == command and at_least(version, since)
    ]
    return Grammar(tuple(flags), tuple(positional.split()))


@cache
def _table() -> Any:
    return json.loads(Path(__file__).with_name("flags.json").read_text())
