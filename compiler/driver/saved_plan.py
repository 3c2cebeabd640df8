"""A plan as a file of its own: with what was asked for, and a digest by which damage is noticed.

    {"format": "borgplan-saved-plan", "version": 2, "sha256": …, "borgplan": …, "home": …, "request": {…}, "plan": {…}}

It holds no secret: a plan only refers to them, and `--set` takes none.
"""

from __future__ import annotations

import json
from functools import cache

from ..borg.action_options import ActionOptions
from ..plan.as_json import check_format, digest, plan_of, to_data
from ..plan.model import Plan
from ..support.codec import Codec, Data, Form, Schema, codec
from ..support.digest import sha256
from ..support.json_reader import LARGEST, Value, parse
from ..support.record import TYPE_CHECKING, NamedTuple
from .request import CompileRequest

if TYPE_CHECKING:
    from typing import Any

FORMAT = "borgplan-saved-plan"
VERSION = 2


class SavedPlan(NamedTuple):
    """`made_by`: the version of borgplan, for information. `home`: what `~` stood for."""

    plan: Plan
    request: CompileRequest
    made_by: str
    home: str


def to_text(saved: SavedPlan, *, compact: bool = False) -> str:
    """The file's text; `compact`: on one line, for files that nobody reads."""
    data: Data = {
        "format": FORMAT,
        "version": VERSION,
        "borgplan": saved.made_by,
        "home": saved.home,
        "request": _request().encode(saved.request),
        "plan": to_data(saved.plan),
    }
    data["sha256"] = _digest(data)
    return json.dumps(data, indent=None if compact else 2, sort_keys=True) + "\n"


def from_text(text: str) -> SavedPlan:
    """What such a file holds. Raises WrongShapeError: damaged, of another version, unsound."""
    return _saved(parse(text))


def plan_in(text: str) -> Plan:
    """The plan in a saved one, or in what `plan --format json` prints. Raises WrongShapeError."""
    value = parse(text)
    is_saved = value.members().get("format", Value(None)).data == FORMAT
    return _saved(value).plan if is_saved else plan_of(value)


def _saved(value: Value) -> SavedPlan:
    check_format(value, FORMAT, VERSION)
    found = value.object("format", "version", "borgplan", "home", "request", "plan", "sha256")
    rest = {key: member.data for key, member in found.items() if key != "sha256"}
    if digest(found["sha256"]) != _digest(rest):
        found["sha256"].wrong("the file was changed after it was saved: its digest does not match")
    plan, request = plan_of(found["plan"]), _request().decode(found["request"])
    return SavedPlan(plan, request, found["borgplan"].text(), found["home"].text())


def _digest(data: Data) -> str:
    """Of everything but the digest, however it is laid out."""
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


@cache
def _request() -> Codec:
    return codec(CompileRequest, {ActionOptions: Form(_options_data, _options, {"type": "object"})})


def schema() -> Schema:
    """The JSON Schema of such a file, but for the plan in it."""
    text: Schema = {"type": "string"}
    properties: Schema = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "borgplan": text,
        "home": text,
        "request": _request().schema,
        "plan": {"description": "As in plan.schema.json", "type": "object"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A saved plan of borgplan, format version {VERSION}",
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _options_data(options: ActionOptions) -> Data:
    """Those that aren't as they are by default."""
    default = ActionOptions()._asdict()
    return {name: value for name, value in options._asdict().items() if value != default[name]}


def _options(value: Value) -> ActionOptions:
    """The way back from `_options_data`; each is of its default's type."""
    default = ActionOptions()
    given: dict[str, Any] = {}
    for name, member in value.members().items():
        if name not in ActionOptions._fields:
            value.wrong(f"unknown key `{name}`")
        given[name] = _like(getattr(default, name), member)
    return ActionOptions(**given)


def _like(default: object, value: Value) -> object:
    match default:
        case bool():
            return value.flag()
        case int():
            return value.number(-LARGEST)
        case str():
            return value.text()
        case _:
            return value.each(Value.text)
