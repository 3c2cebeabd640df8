"""What is wrong with a plan's JSON is said, with its place in the document."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.as_json import from_json, to_data, to_json
from borgplan.compiler.semantics import PROFILES
from borgplan.compiler.source.span import Span
from borgplan.compiler.support.json_reader import WrongShapeError
from tests.compiler.planning import ONE, compilation, planned

TEXT = f"{ONE}before_backup: [echo one, echo two]\non_error: ['echo {{error}}']\nexclude_patterns: [x]\n"


def data() -> Any:
    return json.loads(to_json(planned(TEXT)))


def put(*route: str | int, value: object) -> Callable[[Any], None]:
    def change(found: Any) -> None:
        for key in route[:-1]:
            found = found[key]
        found[route[-1]] = value

    return change


def drop(*route: str | int) -> Callable[[Any], None]:
    def change(found: Any) -> None:
        for key in route[:-1]:
            found = found[key]
        del found[route[-1]]

    return change


BAD: list[tuple[Callable[[Any], None], str, str]] = [
    (put("format", value="x"), "", "not a borgplan-plan"),
    (put("version", value=7), "version", "version 7 of borgplan-plan is of a different borgplan"),
    (put("version", value="1"), "version", "a whole number is expected, not a text"),
    (put("more", value=1), "", "unknown key `more`"),
    (drop("logs"), "", "`logs` is missing"),
    (put("steps", value={}), "steps", "a list is expected, not an object"),
    (put("steps", 0, "phase", value="late"), "steps[0].phase", "`late` is not one of enter, body"),
    (put("steps", 0, "timeout", value=0), "steps[0].timeout", "a number from 1 to"),
    (put("steps", 0, "timeout", value=True), "steps[0].timeout", "not true"),
    (put("steps", 0, "timeout", value=1.0), "steps[0].timeout", "not a fraction"),
    (put("steps", 1, "work", "kind", value="x"), "steps[1].work.kind", "`x` is not one of shell, process"),
    (put("steps", 1, "work", "umask", value="8"), "steps[1].work.umask", "four octal digits"),
    (put("steps", 1, "work", "exits", "soft", value=[[1]]), "steps[1].work.exits.soft[0]", "range"),
    (put("steps", 2, "work", "argv", value=[]), "steps[2].work.argv", "starts with its program"),
    (put("steps", 2, "work", "argv", 2, value=None), "steps[2].work.argv[2]", "a list is expected"),
    (put("steps", 2, "work", "passphrase", value={"kind": "secret-command", "argv": []}), "steps[2].work.passphrase.argv", "at least 1"),
    (put("scratch", value=[]), "steps", "needs the scratch file `c.yaml bootstrap patterns`, which does not exist"),
    (put("scopes", 1, "retry", "statuses", value=["ok"]), "scopes[1].retry.statuses[0]", "ended well"),
    (put("scopes", 1, "parent", value="x"), "", "the plan is unsound: a scope comes after its parent"),
    (put("steps", 0, "id", value="run"), "", "the plan is unsound: ids are unique (run)"),
    (put("steps", 0, "on_hard", "status", value="ok"), "", "a hard failure fails its scope"),
    (put("steps", 0, "origin", "line", value=0), "steps[0].origin.line", "a number from 1 to"),
    (put("inputs", value=[{"path": "x", "digest": "ab"}]), "inputs[0].digest", "64 hexadecimal"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BAD)))
def test_a_plan_of_another_shape_is_refused(number: int) -> None:
    change, where, message = BAD[number]
    found = data()
    change(found)
    with pytest.raises(WrongShapeError) as caught:
        from_json(json.dumps(found))
    assert caught.value.where == where
    assert message in str(caught.value)


def test_scopes_are_not_nested_without_end() -> None:
    found = data()
    action = found["scopes"][-1]
    parent = action["id"]
    for number in range(30):
        found["scopes"].append({**action, "id": f"deeper {number}", "parent": parent})
        parent = f"deeper {number}"
    with pytest.raises(WrongShapeError, match="nested more than 20 deep"):
        from_json(json.dumps(found))


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{\n "a": }', (2, 7), "not valid JSON"),
        ('{"a": 1, "a": 2}', (1, 1), "the key `a` occurs twice"),
        ('{"a": NaN}', (1, 1), "NaN is not JSON"),
        ("[" * 100_000, (1, 1), "nested too deeply"),
        ("9" * 5000, (1, 1), "a number that is too long"),
    ],
)
def test_a_text_that_is_no_json_is_refused(text: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(WrongShapeError, match=message) as caught:
        from_json(text)
    assert (caught.value.line, caught.value.column) == place


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_plans_of_every_generation_come_back(profile: Any) -> None:
    """All but the ends of places."""
    found = compilation(
        {"c.yaml": TEXT}, semantics=profile.name, actions=(Action.CREATE, Action.CHECK)
    )
    if found.plan is None:
        pytest.skip("flat files are not of this generation")
    back = from_json(to_json(found.plan))
    assert to_data(back) == to_data(found.plan)
    ends = [step._replace(origin=Span(*step.origin[:3])) for step in found.plan.steps]
    assert back.steps == tuple(ends)
    assert back.scratch == found.plan.scratch
