"""The JSON Schema of configuration files, for editors and other tools, from the table of options.

It describes a file after includes and merges. What only borgplan itself can see is not in it: which
generation knows an option, what stands in other files, whether names refer to something there.
"""

from __future__ import annotations

from ..decode.check_entries import DAYS, OF_SPOT
from ..hooks import HookKind, Position
from ..option_names import DATABASE_NAMES, LATER, SNAPSHOT_NAMES
from ..options import ACTION_NAMES, OPTIONS, REPOSITORY_OPTIONS, SECTIONS, Option, Type
from .database_schema import databases
from .service_schema import services

Schema = dict[str, object]

_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
_UMASK: Schema = {"type": ["integer", "string"], "pattern": "^[0-7]+$"}
_HOOKS = {kind.value for kind in HookKind}


def schema() -> Schema:
    """Draft 2020-12; options at the top, in the old sections, or in both."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A borgmatic configuration file, as borgplan reads it",
        "type": "object",
        **_with_options({section: _with_options({}) for section in SECTIONS}),
        "allOf": [
            _somewhere("location", ["repositories"]),
            _somewhere(
                "location", ["source_directories", "patterns", "patterns_from", *DATABASE_NAMES]
            ),
        ],
        "$defs": {
            # Options may stand in any section; the old files had each in its own.
            "options": {
                "properties": {
                    **_options([o for o in OPTIONS if not o.alias]),
                    **services(),
                    **databases(),
                    **_later(LATER),
                }
            }
        },
    }


def _with_options(properties: Schema) -> Schema:
    """A mapping of options and these properties, and nothing else."""
    return {
        "type": "object",
        "$ref": "#/$defs/options",
        "properties": properties,
        "unevaluatedProperties": False,
    }


def _somewhere(section: str, names: list[str]) -> Schema:
    """One of these options stands at the top, or in its section."""
    at_top = [{"required": [name]} for name in names]
    inside = [
        {"required": [section], "properties": {section: {"required": [name]}}} for name in names
    ]
    return {"anyOf": [*at_top, *inside]}


def _later(sections: dict[str, tuple[str, ...]]) -> Schema:
    return {name: True for names in sections.values() for name in names}


def _options(options: list[Option]) -> Schema:
    """Their names, older names and groups, with what each takes."""
    found: Schema = {}
    groups: dict[str, Schema] = {}
    for option in options:
        group, point, name = option.name.partition(".")
        if point:
            groups.setdefault(group, {})[name] = _value(option)
            continue
        for known in filter(None, (option.name, option.former)):
            found[known] = _value(option)
    for group, inner in groups.items():
        # A kind of snapshots is turned on by being there.
        kinds = ["object", "null"] if group in SNAPSHOT_NAMES else "object"
        found[group] = {"type": kinds, "properties": inner, "additionalProperties": False}
    return found


def _value(option: Option) -> Schema:
    described = _described(option)
    if option.empty_allowed and option.type is Type.TEXT:
        described["type"] = ["string", "null"]
    elif option.name in _HOOKS:
        described["type"] = ["array", "null"]
    return {"description": option.help, **described}


def _described(option: Option) -> Schema:
    if not option.implemented:
        return {}
    match option.type:
        case Type.TEXT:
            return {"type": "string"}
        case Type.INTEGER:
            low = {} if option.minimum is None else {"minimum": option.minimum}
            high = {} if option.maximum is None else {"maximum": option.maximum}
            return {"type": "integer", **low, **high}
        case Type.BOOLEAN:
            return {"type": "boolean"}
        case Type.UMASK:
            return dict(_UMASK)
        case Type.CHOICE:
            flags: list[object] = [False, True] if option.booleans else []
            return {"enum": [*option.choices, *flags]}
        case Type.TEXTS | Type.COMMANDS:
            items: Schema = {"enum": list(option.choices)} if option.choices else {"type": "string"}
            return {"type": "array", "items": items}
        case Type.TEXT_OR_TEXTS:
            return {"oneOf": [{"type": "string"}, _TEXTS]}
        case Type.CONSTANTS:
            return {"type": "object"}
        case Type.REPOSITORIES:
            return _repositories()
        case Type.CHECKS:
            return _checks(option)
        case Type.COMMAND_HOOKS:
            return _command_hooks()
        case Type.EXIT_CODES:
            return _exit_codes(option)


def _repositories() -> Schema:
    """Texts, or mappings that may also hold any option for that repository."""
    path: Schema = {"type": "string", "minLength": 1}
    mapping = _with_options({**_options(list(REPOSITORY_OPTIONS)), "path": path})
    return {"type": "array", "items": {"oneOf": [path, {**mapping, "required": ["path"]}]}}


def _checks(option: Option) -> Schema:
    days = {"enum": sorted({form for day in DAYS for form in (day, day.capitalize())})}
    form: Schema = {
        "name": {"enum": list(option.choices)},
        "frequency": {"type": "string", "pattern": "^(always|[0-9]+ +[a-z]+)$"},
        "only_run_on": {"type": "array", "items": days},
        "max_duration": {"type": "integer", "minimum": 0},
    }
    return {
        "type": "array",
        "items": {
            "oneOf": [
                {"enum": list(option.choices)},
                {
                    "type": "object",
                    "properties": {
                        **form,
                        **{name: {"type": ["number", "string"]} for name in OF_SPOT},
                    },
                    "required": ["name"],
                    "additionalProperties": False,
                },
            ]
        },
    }


def _command_hooks() -> Schema:
    sides = []
    for side in ("before", "after"):
        words = [p.value.partition(" ")[2] for p in Position if p.value.startswith(f"{side} ")]
        states = {"states": {"type": "array", "items": {"enum": ["finish", "fail"]}}}
        sides.append(
            {
                "type": "object",
                "properties": {
                    side: {"enum": words},
                    "when": {"type": "array", "items": {"enum": list(ACTION_NAMES)}},
                    "run": _TEXTS,
                    **(states if side == "after" else {}),
                },
                "required": [side, "run"],
                "additionalProperties": False,
            }
        )
    return {"type": "array", "items": {"oneOf": sides}}


def _exit_codes(option: Option) -> Schema:
    return {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "code": {"type": "integer", "not": {"const": 0}},
                "treat_as": {"enum": list(option.choices)},
            },
            "required": ["code", "treat_as"],
            "additionalProperties": False,
        },
    }
