"""What a machine answered when it was asked for plans, as a file: for planning elsewhere.

    {"format": "borgplan-facts", "version": 1, "sha256": …, "borgplan": …, "host": …, "time": …, "directory": …,
     "home": …, "variables": [NAME, …], "answers": {KIND: {SUBJECT: ANSWER, …}, …}}

An answer belongs to a kind and a subject. Kinds are the methods of `Host`, by path, and what `Host.fact` finds
out. Null is the answer that there is nothing; a subject that isn't there was never asked for. It holds no secret:
of variables the names, of files their digests, and their text where that was wanted and holds none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache

from ..borg.action_inputs import Seen
from ..borg.versions import Version
from ..plan.as_json import check_format, digest
from ..semantics.installed import Installed
from ..shell.passwords import hidden
from ..source.host import Exposure, FileStatus
from ..source.volumes import Mounts, Volumes
from ..support.codec import Data, Form, Schema, form_of, optional
from ..support.digest import sha256
from ..support.json_reader import Value, parse
from ..support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

FORMAT = "borgplan-facts"
VERSION = 1


class Content(NamedTuple):
    """A file. `problem`: why it can't be read, else empty. `digest`: its SHA-256. `text`: None where only that
    was recorded."""

    problem: str
    digest: str
    text: str | None


class Listing(NamedTuple):
    """The names in a directory, or why it can't be read."""

    problem: str
    names: tuple[str, ...]


# Of every kind of answer, what it is. The first ones are the methods of `Host`; times are whole seconds.
KINDS: dict[str, Any] = {
    "home_of": str,
    "modified": int,
    "read": Content,
    "exists": bool,
    "is_there": bool,
    "status": FileStatus,
    "exposure": Exposure,
    "link": str,
    "is_directory": bool,
    "entries": Listing,
    "glob": tuple[str, ...],
    "same_file": bool,
    # Found out by other ways, see `Host.fact`: by executable, by location, and of the machine.
    "borg": Version,
    "repository": Seen,
    "borgmatic": Installed,
    # By kind and program, see `snapshots.kind.key_of`; and of the machine.
    "volumes": Volumes,
    "mounts": Mounts,
}

Answers = Mapping[str, Mapping[str, object]]


class Machine(NamedTuple):
    """What was recorded of a machine. `time`: when, in seconds since 1970. `directory`, `home`: the working
    directory and home of who recorded it. `variables`: names of those that were set. `answers`: by kind and
    subject."""

    made_by: str
    host: str
    time: int
    directory: str
    home: str
    variables: tuple[str, ...]
    answers: Answers


def subject_of(text: str) -> str:
    """Under which subject an answer is kept: no password is part of it."""
    return hidden(text)


def to_text(machine: Machine) -> str:
    """The file's text."""
    data: Data = {
        "format": FORMAT,
        "version": VERSION,
        "borgplan": machine.made_by,
        "host": machine.host,
        "time": machine.time,
        "directory": machine.directory,
        "home": machine.home,
        "variables": sorted(machine.variables),
        "answers": {
            kind: {subject: _encoded(kind, answer) for subject, answer in answers.items()}
            for kind, answers in machine.answers.items()
        },
    }
    data["sha256"] = _digest(data)
    return json.dumps(data, indent=2, sort_keys=True) + "\n"


def from_text(text: str) -> Machine:
    """What such a file holds. Raises WrongShapeError: damaged, of another version, of an unknown kind."""
    value = parse(text)
    check_format(value, FORMAT, VERSION)
    found = value.object(*_KEYS)
    rest = {key: member.data for key, member in found.items() if key != "sha256"}
    if digest(found["sha256"]) != _digest(rest):
        found["sha256"].wrong("the file was changed after it was saved: its digest does not match")
    return Machine(
        found["borgplan"].text(),
        found["host"].text(),
        found["time"].number(),
        found["directory"].text(),
        found["home"].text(),
        found["variables"].each(Value.text),
        {kind: _answers(kind, member) for kind, member in found["answers"].members().items()},
    )


_KEYS = (
    "format", "version", "sha256", "borgplan", "host", "time", "directory", "home", "variables", "answers",
)  # fmt: skip


def _answers(kind: str, value: Value) -> dict[str, object]:
    if kind not in KINDS:
        value.wrong("no such kind of answer is known")
    decode = _form(kind).decode
    return {subject: decode(answer) for subject, answer in value.members().items()}


def _encoded(kind: str, answer: object) -> object:
    encode = _form(kind).encode
    return answer if encode is None else encode(answer)


@cache
def _form(kind: str) -> Form:
    return optional(form_of(KINDS[kind]))


def _digest(data: Data) -> str:
    """Of everything but the digest, however it is laid out."""
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def schema() -> Schema:
    """The JSON Schema of such a file."""
    text: Schema = {"type": "string"}
    properties: Schema = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        **dict.fromkeys(("borgplan", "host", "directory", "home"), text),
        "time": {"type": "integer", "minimum": 0},
        "variables": {"type": "array", "items": text},
        "answers": {
            "type": "object",
            "propertyNames": {"enum": [*KINDS]},
            "additionalProperties": {"type": "object"},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Facts of a machine for borgplan, format version {VERSION}",
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


# Words that name a secret, as the key of an option or a variable; a command that prints it is none itself.
_SECRET = re.compile(
    r"(?i)\b(?!encryption_passcommand\b)[\w.-]*"
    r"(?:pass|secret|token|credential|api_?key|access_?key|auth|_key\b|webhook|dsn)[\w.-]*['\"]?\s*[:=]\s*"
    r"(?!['\"]?\{credential\b)(?!\s*(?:#|$))[^\s]",
    re.MULTILINE,
)


def may_hold_a_secret(text: str, secrets: Iterable[str]) -> bool:
    """Whether a file's text is kept out of the facts. `secrets`: values that are known to be some."""
    is_named = bool(_SECRET.search(text)) or hidden(text) != text
    return is_named or any(secret in text for secret in secrets if secret)
