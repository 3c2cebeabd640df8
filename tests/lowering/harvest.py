"""Makes `flags.json` from the argument parsers of real Borgs: `python tests/lowering/harvest.py FILE`.

FILE has, by version and command, each flag with its destination, whether it takes a value, and how the
parser stores it, and the positional arguments. The table says the same once for all the commands and
versions that agree: a row is a destination, a kind, and flags, with the commands that have them by
version; `*` stands for all commands of a version.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("flags.json")
_EVERY = "*"


def table(harvested: dict[str, Any]) -> dict[str, Any]:
    """The compact table of what was harvested."""
    rows: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for version, commands in harvested.items():
        for command, parts in commands.items():
            grouped: dict[tuple[str, str], list[str]] = {}
            for flag, (destination, takes, kind) in sorted(parts["opts"].items()):
                grouped.setdefault((destination, kind if takes == 0 else f"{kind}="), []).append(
                    flag
                )
            for (destination, kind), flags in grouped.items():
                where = rows.setdefault((destination, kind, " ".join(flags)), {})
                where.setdefault(version, []).append(command)
    return {
        "positional": {
            version: {
                command: " ".join(name for name, *_ in parts["pos"])
                for command, parts in sorted(commands.items())
            }
            for version, commands in harvested.items()
        },
        "flags": [
            [*row, {version: _brief(found, harvested[version]) for version, found in where.items()}]
            for row, where in sorted(rows.items())
        ],
    }


def _brief(commands: list[str], known: dict[str, Any]) -> str:
    return _EVERY if set(commands) == set(known) else ",".join(sorted(commands))


def main() -> None:
    found = table(json.loads(Path(sys.argv[1]).read_text()))
    positional = [f"{json.dumps(v)}: {json.dumps(c)}" for v, c in found["positional"].items()]
    rows = [json.dumps(row) for row in found["flags"]]
    TABLE.write_text(
        '{"positional": {\n' + ",\n".join(positional) + '\n},\n"flags": [\n' + ",\n".join(rows)
        + "\n]}\n"
    )  # fmt: skip


if __name__ == "__main__":
    main()
