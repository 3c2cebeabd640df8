"""The plan as canonical JSON, and back, believing nothing: docs/plan-format.md.

Equal plans from equal places give equal bytes. No secret is in it. What is read is exactly what was
written, but that a place is where something begins, without its end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from ..source.span import Span
from ..support.codec import (
    ANY_NUMBER,
    TEXT,
    Codec,
    Data,
    Form,
    Forms,
    Schema,
    codec,
    list_of,
    number,
    optional,
)
from ..support.digest import sha256
from ..support.json_reader import Value, parse
from . import verify
from .claims import Pair
from .exits import ExitCodes
from .model import FORMAT_VERSION, Input, Limits, Plan, Retry, Status, Step
from .words import SecretCommand, Use, scratch_in
from .work import Process, Request, Shell, words_of

FORMAT = "borgplan-plan"

_DEEPEST = 20  # scopes in scopes; runs have four
_DIGITS = frozenset("0123456789abcdef")
_OCTAL = frozenset("01234567")


def stamped(plan: Plan, files: Mapping[str, bytes]) -> Plan:
    """The plan with the digests of the files it was made from."""
    inputs = (Input(path, sha256(data).hexdigest()) for path, data in sorted(files.items()))
    return plan._replace(inputs=tuple(inputs))


def to_json(plan: Plan) -> str:
    """The plan's canonical text."""
    return json.dumps(to_data(plan), indent=2, sort_keys=True) + "\n"


def to_data(plan: Plan) -> Data:
    """The plan as plain lists and dictionaries."""
    return {"format": FORMAT, "version": FORMAT_VERSION, **_codec().encode(plan)}


def from_json(text: str) -> Plan:
    """The plan that a text of `to_json` holds. Raises WrongShapeError for any other text."""
    return plan_of(parse(text))


def plan_of(value: Value) -> Plan:
    """The plan that a value of `to_data` holds; sound, and complete in itself. Raises WrongShapeError."""
    check_format(value, FORMAT, FORMAT_VERSION)
    members = value.data if isinstance(value.data, dict) else {}
    body = {key: member for key, member in members.items() if key not in ("format", "version")}
    plan: Plan = _codec().decode(value._replace(data=body))
    _check_depth(plan, value)
    _check_words(plan, value)
    for promise in verify.verify(plan):
        value.wrong(f"the plan is unsound: {promise.rule} ({promise.subject})")
    return plan


def schema() -> Schema:
    """The JSON Schema of what `to_data` gives."""
    found = _codec()
    properties = found.schema["properties"]
    assert isinstance(properties, dict)  # noqa: S101  # a record is an object
    all_properties = {
        "format": {"const": FORMAT},
        "version": {"const": FORMAT_VERSION},
        **properties,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A borgplan plan, format version {FORMAT_VERSION}",
        **found.schema,
        "required": list(all_properties),
        "properties": all_properties,
        "$defs": {name: part for name, part in found.definitions.items() if name != "Plan"},
    }


def check_format(value: Value, name: str, version: int) -> None:
    """Raises WrongShapeError for a document of another kind, and for another version by its number."""
    members = value.members()
    if "format" not in members or members["format"].data != name:
        value.wrong(f"not a {name}")
    if "version" not in members:
        value.wrong("`version` is missing")
    given = members["version"].number()
    if given != version:
        members["version"].wrong(
            f"version {given} of {name} is of a different borgplan; this one reads version {version}"
        )


def digest(value: Value) -> str:
    """A SHA-256 in hexadecimal."""
    text = value.text()
    if len(text) != 64 or not _DIGITS.issuperset(text):
        value.wrong("a SHA-256 is 64 hexadecimal digits")
    return text


@cache
def _codec() -> Codec:
    return codec(Plan, _forms())


def _forms() -> Forms:
    """What the annotations of a plan's records don't say."""
    seconds = optional(number(1))
    forms = list_of(Form(None, _form_of_command, {"type": "string", "pattern": "\\S"}), 1)
    ranges = list_of(Form(list, _range, _RANGE_SCHEMA))
    return {
        Span: Form(_span_data, _span, _SPAN_SCHEMA),
        (Step, "timeout"): seconds,
        (Request, "timeout"): number(1),
        (Request, "tries"): number(1),
        (Use, "limit"): number(0),
        (Limits, "timeout"): seconds,
        (Limits, "grace"): number(1),
        (Input, "digest"): Form(None, digest, {"type": "string", "pattern": "^[0-9a-f]{64}$"}),
        (Shell, "umask"): optional(
            Form(lambda umask: f"{umask:04o}", _umask, {"type": "string", "pattern": "^[0-7]{4}$"})
        ),
        (ExitCodes, "soft"): ranges,
        (ExitCodes, "warning"): ranges,
        (ExitCodes, "forgiven"): ranges,
        (Retry, "statuses"): list_of(
            Form(lambda status: status.value, _bad_status, {"enum": ["skipped", "failed"]})
        ),
        (SecretCommand, "argv"): list_of(TEXT, 1),
        (Pair, "takes"): forms,
        (Pair, "gives"): forms,
    }


_SPAN_SCHEMA: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["file", "line", "column"],
    "properties": {
        "file": {"type": "string"},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
    },
}
_RANGE_SCHEMA: Schema = {
    "type": "array",
    "items": {"type": "integer"},
    "minItems": 2,
    "maxItems": 2,
}


def _span_data(span: Span) -> Data:
    return {"file": span.file, "line": span.line, "column": span.column}


def _span(value: Value) -> Span:
    found = value.object("file", "line", "column")
    line, column = found["line"].number(1), found["column"].number(1)
    return Span(found["file"].text(), line, column)


def _umask(value: Value) -> int:
    text = value.text()
    if len(text) != 4 or not _OCTAL.issuperset(text):
        value.wrong("a umask is four octal digits")
    return int(text, 8)


def _range(value: Value) -> tuple[int, int]:
    numbers = value.each(ANY_NUMBER.decode)
    if len(numbers) != 2:
        value.wrong("a range is its first and its last code")
    return numbers[0], numbers[1]


def _bad_status(value: Value) -> Status:
    status = value.one_of(Status)
    if status is Status.OK:
        value.wrong("a scope that ended well is not repeated")
    return status


def _form_of_command(value: Value) -> str:
    text = value.text()
    if not text.strip():
        value.wrong("a form of command is expected")
    return text


def _check_depth(plan: Plan, value: Value) -> None:
    depth: dict[str | None, int] = {None: 0}
    for scope in plan.scopes:
        depth[scope.id] = depth.get(scope.parent, 0) + 1
        if depth[scope.id] > _DEEPEST:
            value.members()["scopes"].wrong(
                f"scopes are nested more than {_DEEPEST} deep ({scope.id})"
            )


def _check_words(plan: Plan, value: Value) -> None:
    """Whoever runs the plan looks scratch files up by name, and starts a command by its first word."""
    names = {file.name for file in plan.scratch}
    steps = value.members()["steps"]
    for place, step in enumerate(plan.steps):
        if not isinstance(step.work, Process):
            continue
        work = step.work
        beside = [("upstream", one.argv) for one in work.upstream]
        beside += [("feeds", feed.argv) for feed in work.feeds]
        for key, words in (("argv", work.argv), ("dry_argv", work.dry_argv), *beside):
            if words is not None and not (words and isinstance(words[0], str)):
                steps.each(lambda item: item)[place].members()["work"].members()[key].wrong(
                    "a command starts with its program"
                )
        for name in scratch_in(words_of(work)):
            if name not in names:
                steps.wrong(f"{step.id} needs the scratch file `{name}`, which does not exist")
    for file in plan.scratch:
        for name in (*scratch_in(file.lines), *([file.folder] if file.folder else [])):
            if name not in names:
                value.wrong(f"`{file.name}` needs the scratch file `{name}`, which does not exist")
