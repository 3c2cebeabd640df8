"""A plan as a file of its own: with what was asked for, and a digest by which damage is noticed.

    {"format": "borgplan-saved-plan", "version": 1, "sha256": …, "borgplan": …, "home": …, "asked": {…}, "plan": {…}}

It holds no secret: a plan only refers to them, and `--set` takes none.
"""

from __future__ import annotations

import json

from ..borg.action_options import ActionOptions
from ..plan.actions import Action
from ..plan.json_decode import check_format, digest, plan_of
from ..plan.json_encode import Data, to_data
from ..plan.model import Plan
from ..support.digest import sha256
from ..support.json_reader import LARGEST, Value, parse
from ..support.record import TYPE_CHECKING, NamedTuple
from .request import Wish

if TYPE_CHECKING:
    from typing import Any

FORMAT = "borgplan-saved-plan"
VERSION = 1


class SavedPlan(NamedTuple):
    """`made_by`: the version of borgplan, for information. `home`: what `~` stood for."""

    plan: Plan
    asked: Wish
    made_by: str
    home: str


def to_text(saved: SavedPlan, *, compact: bool = False) -> str:
    """The file's text; `compact`: on one line, for files that nobody reads."""
    data: Data = {
        "format": FORMAT,
        "version": VERSION,
        "borgplan": saved.made_by,
        "home": saved.home,
        "asked": _asked_data(saved.asked),
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
    found = value.object("format", "version", "borgplan", "home", "asked", "plan", "sha256")
    rest = {key: member.data for key, member in found.items() if key != "sha256"}
    if digest(found["sha256"]) != _digest(rest):
        found["sha256"].wrong("the file isn't what was saved: its digest doesn't fit")
    plan, asked = plan_of(found["plan"]), _asked(found["asked"])
    return SavedPlan(plan, asked, found["borgplan"].text(), found["home"].text())


def _digest(data: Data) -> str:
    """Of everything but the digest, however it is laid out."""
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _asked_data(asked: Wish) -> Data:
    default = ActionOptions()._asdict()
    options = {k: v for k, v in asked.options._asdict().items() if v != default[k]}
    return {
        "configs": list(asked.configs),
        "actions": [action.value for action in asked.actions],
        "repository": asked.repository,
        "semantics": asked.semantics,
        "set": list(asked.overrides),
        "interpolates": asked.interpolates,
        "project": asked.project,
        "policies": list(asked.policies),
        "offline": asked.offline,
        "options": options,
    }


def _asked(value: Value) -> Wish:
    found = value.object(
        "configs", "actions", "repository", "semantics", "set", "interpolates", "project",
        "policies", "offline", "options",
    )  # fmt: skip
    return Wish(
        configs=found["configs"].each(Value.text),
        actions=found["actions"].each(lambda action: action.one_of(Action)),
        repository=found["repository"].text(),
        semantics=found["semantics"].text(),
        overrides=found["set"].each(Value.text),
        interpolates=found["interpolates"].flag(),
        project=found["project"].text(),
        policies=found["policies"].each(Value.text),
        offline=found["offline"].flag(),
        options=_options(found["options"]),
    )


def _options(value: Value) -> ActionOptions:
    """Those that aren't as they are by default; each is of its default's type."""
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
