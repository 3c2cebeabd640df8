"""The schema of monitoring services, and their part of the reference page, from their table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..services import SERVICES, Kind, ServiceKind, ServiceOption

Schema = dict[str, Any]

_TYPES: dict[Kind, Schema] = {
    Kind.TEXT: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.NUMBER_OR_TEXT: {"type": ["string", "integer"]},
    Kind.LABELS: {
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    },
    Kind.TARGETS: {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["url", "label"],
            "properties": {name: {"type": ["string", "number", "boolean", "null"]} for name in ("url", "label")},
        },
    },
}  # fmt: skip


def services() -> Schema:
    """Every service by its name."""
    return {name: _service(kind) for name, kind in SERVICES.items()}


def _service(kind: ServiceKind) -> Schema:
    mapping: Schema = {
        "type": "object",
        "additionalProperties": False,
        "required": [option.name for option in kind.options if option.required],
        "properties": _properties(kind.options),
    }
    if not kind.short:
        return mapping
    return {"oneOf": [{"type": "string"}, mapping]}


def _properties(options: tuple[ServiceOption, ...]) -> Schema:
    found: Schema = {}
    for option in options:
        group, point, name = option.name.rpartition(".")
        if point:
            inner = found.setdefault(
                group, {"type": "object", "additionalProperties": False, "properties": {}}
            )
            inner["properties"][name] = _value(option)
        else:
            found[option.name] = _value(option)
    return found


def _value(option: ServiceOption) -> Schema:
    if option.kind is Kind.WORDS:
        described: Schema = {"type": "array", "items": {"enum": list(option.words)}}
    elif option.kind is Kind.WORD:
        described = {"enum": list(option.words)}
    else:
        described = _TYPES[option.kind]
    return {"description": option.help, **described}


def page() -> Iterator[str]:
    """A table for each service, in Markdown."""
    yield "\n## Monitoring services (`hooks:`)\n\nSee [monitoring](monitoring.md) for what is reported to them, and when.\n"
    for name, kind in sorted(SERVICES.items()):
        yield f"\n### {name}\n\n{_presence(kind)}\n\n| option | takes | since | |\n| --- | --- | --- | --- |\n"
        for option in kind.options:
            takes = f"{option.kind.value}" + (
                f": {', '.join(option.words)}" if option.words else ""
            )
            since = _text(option.since) if option.since > kind.since else ""
            needed = "Required. " if option.required else ""
            yield f"| `{option.name}` | {takes} | {since} | {needed}{option.help} |\n"


def _presence(kind: ServiceKind) -> str:
    until = f" and gone with {_text(kind.until)}" if kind.until < (99,) else ""
    short = f" A text in place of the mapping is its `{kind.short}`." if kind.short else ""
    states = ", ".join(kind.states)
    return f"Since borgmatic {_text(kind.since)}{until}.{short} Told unless `states` says otherwise: {states}."


def _text(release: tuple[int, ...]) -> str:
    return ".".join(map(str, release))
