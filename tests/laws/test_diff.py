"""Laws of differences: none is missed, none is made up, and one edit is one change."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from borgplan.compiler.diff.plans import Change, Kind, changes
from borgplan.compiler.plan.model import Plan
from borgplan.compiler.support.sequences import common
from tests.laws.edits import HOOKS, NEW_TEXT, TEXTS, File, edited, essence, files, plan_of
from tests.laws.plans import full_plans

laws = settings(max_examples=120, deadline=None)
MIRRORED = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED, Kind.CHANGED: Kind.CHANGED}


def kinds(found: list[Change]) -> Counter[tuple[Kind, str]]:
    return Counter((change.kind, change.about) for change in found)


def check(old: Plan, new: Plan) -> None:
    found = changes(old, new)
    assert (found == []) == (essence(old) == essence(new)), found
    back = kinds(changes(new, old))
    assert kinds(found) == Counter({(MIRRORED[k], a): n for (k, a), n in back.items()})


@laws
@given(st.data(), files())
def test_an_edit_is_seen_if_and_only_if_the_plan_changes(data: st.DataObject, file: File) -> None:
    check(plan_of(file), plan_of(data.draw(edited(file))))


@laws
@given(files(), files())
def test_so_is_another_file(one: File, other: File) -> None:
    check(plan_of(one), plan_of(other))


@laws
@given(full_plans())
def test_a_plan_does_not_differ_from_itself(plan: Plan) -> None:
    assert changes(plan, plan) == []
    moved = tuple(step._replace(origin=step.origin._replace(line=1000)) for step in plan.steps)
    assert changes(plan, plan._replace(steps=moved)) == []


@st.composite
def hooked(draw: st.DrawFn) -> tuple[File, str, int]:
    """A file, one of its hooks, and the place of one of its commands."""
    file = draw(files())
    file.pop("skip_actions", None)  # else the hook may not be in the plan at all
    name = draw(st.sampled_from(HOOKS))
    file.setdefault(name, draw(st.lists(TEXTS, min_size=1, max_size=4)))
    return file, name, draw(st.integers(0, len(file[name]) - 1))


def direct(old: Plan, new: Plan) -> list[Change]:
    """Without what follows for the cleanup and the alarms of other commands."""
    return [change for change in changes(old, new) if change.about not in ("cleanup", "alarm")]


@laws
@given(hooked())
def test_a_command_that_is_rewritten_is_one_change(found: tuple[File, str, int]) -> None:
    file, name, place = found
    new = deepcopy(file)
    new[name][place] = NEW_TEXT
    (change,) = direct(plan_of(file), plan_of(new))
    assert (change.kind, change.about) == (Kind.CHANGED, "step")
    (field,) = change.fields
    assert (field.old, field.new) == (file[name][place], NEW_TEXT)


@laws
@given(hooked(), TEXTS | st.just(NEW_TEXT))
def test_a_command_that_is_inserted_is_one_addition(
    found: tuple[File, str, int], text: str
) -> None:
    file, name, place = found
    new = deepcopy(file)
    new[name].insert(place, text)
    old_plan, new_plan = plan_of(file), plan_of(new)
    (change,) = direct(old_plan, new_plan)
    assert (change.kind, change.about) == (Kind.ADDED, "step")
    assert f"`{text}`" in change.subject
    assert {step.id for step in old_plan.steps} <= {step.id for step in new_plan.steps}
    (back,) = direct(new_plan, old_plan)
    assert back.kind is Kind.REMOVED


@laws
@given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
def test_what_two_lists_have_in_common_is_as_long_as_can_be(
    one: list[str], other: list[str]
) -> None:
    found = common(one, other)
    assert [one[a] for a, _ in found] == [other[b] for _, b in found]
    assert found == sorted(set(found))
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)
    assert len(found) == _longest(tuple(one), tuple(other))
    assert [(b, a) for a, b in found] == common(other, one)


def _longest(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """The textbook's table."""
    row = [0] * (len(other) + 1)
    for a in one:
        new = [0]
        for place, b in enumerate(other):
            new.append(row[place] + 1 if a == b else max(row[place + 1], new[place]))
        row = new
    return row[-1]
