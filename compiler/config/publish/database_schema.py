"""The schema of lists of databases, and their part of the reference page, from their table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..databases import DATABASES, DatabaseKind, DatabaseOption, Kind

Schema = dict[str, Any]

_TYPES: dict[Kind, Schema] = {
    Kind.TEXT: {"type": "string"},
    Kind.INTEGER: {"type": "integer", "minimum": 1, "maximum": 65535},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.NUMBER_OR_TEXT: {"type": ["string", "integer"]},
    Kind.TEXTS: {"type": "array", "items": {"type": "string"}},
    Kind.COMMAND: {"type": "string", "minLength": 1},
    Kind.WORDS: {"type": "string"},
}


def databases() -> Schema:
    """Every list by its option."""
    return {kind.option: _list(kind) for kind in DATABASES.values()}


def _list(kind: DatabaseKind) -> Schema:
    entry: Schema = {
        "type": "object",
        "additionalProperties": False,
        "required": [option.name for option in kind.options if option.required],
        "properties": {option.name: _value(option) for option in kind.options},
    }
    return {"type": "array", "minItems": 1, "items": entry}


def _value(option: DatabaseOption) -> Schema:
    of_kind = {"enum": list(option.words)} if option.words else _TYPES[option.kind]
    return {"description": option.help, **of_kind}


def page() -> Iterator[str]:
    """A table for each kind, in Markdown."""
    yield "\n## Databases (`hooks:`)\n\nLists of databases that `create` dumps; see [databases](databases.md).\n"
    for kind in DATABASES.values():
        yield f"\n### {kind.option}\n\n| option | takes | |\n| --- | --- | --- |\n"
        for option in kind.options:
            words = f": {', '.join(option.words)}" if option.words else ""
            needed = "Required. " if option.required else ""
            yield f"| `{option.name}` | {option.kind.value}{words} | {needed}{option.help} |\n"
