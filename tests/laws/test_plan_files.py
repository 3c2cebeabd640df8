"""Laws of plans in files: what is written can be read, and what is read is what was written."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from borgplan.compiler.borg.action_options import ActionOptions
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.saved_plan import SavedPlan, from_text, to_text
from borgplan.compiler.plan import verify as flow
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.as_json import from_json, to_data, to_json
from borgplan.compiler.plan.model import Plan
from borgplan.compiler.support.json_reader import WrongShapeError
from tests.laws.plans import TEXTS, damaged, full_plans, several

laws = settings(max_examples=60, deadline=None)

OPTIONS = st.tuples(TEXTS, st.integers(-9, 9), several(TEXTS), st.booleans()).map(
    lambda found: ActionOptions(archive=found[0], first=found[1], paths=found[2], json=found[3])
)
REQUESTS = st.builds(
    CompileRequest, several(TEXTS), several(st.sampled_from(list(Action))), TEXTS, TEXTS, several(TEXTS),
    st.booleans(), TEXTS, several(TEXTS), st.booleans(), OPTIONS, TEXTS,
)  # fmt: skip
SAVED = st.builds(SavedPlan, full_plans(), REQUESTS, TEXTS, TEXTS)


@laws
@given(full_plans())
def test_every_plan_survives(plan: Plan) -> None:
    assert from_json(to_json(plan)) == plan


@laws
@given(SAVED, st.booleans())
def test_every_saved_plan_survives(saved: SavedPlan, compact: bool) -> None:
    assert from_text(to_text(saved, compact=compact)) == saved


@laws
@given(st.data(), full_plans())
def test_a_damaged_plan_is_refused_or_read_as_it_stands_there(
    data: st.DataObject, plan: Plan
) -> None:
    text = data.draw(damaged(to_json(plan)))
    with suppress(WrongShapeError):
        found = from_json(text)
        assert to_data(found) == json.loads(text)
        assert flow.verify(found) == []


@laws
@given(st.data(), SAVED)
def test_a_damaged_saved_plan_is_refused_or_the_same(data: st.DataObject, saved: SavedPlan) -> None:
    with suppress(WrongShapeError):
        assert from_text(data.draw(damaged(to_text(saved)))) == saved


@laws
@given(st.data(), SAVED)
def test_so_is_one_with_another_letter(data: st.DataObject, saved: SavedPlan) -> None:
    text = to_text(saved)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from('{}[]",:0a \\\n'))
    with suppress(WrongShapeError):
        assert from_text(text[:place] + letter + text[place + 1 :]) == saved


@laws
@given(st.text() | st.sampled_from(["[" * 100_000, "9" * 10_000, '{"a": NaN}', "", "null", "{}"]))
def test_any_other_text_is_refused(text: str) -> None:
    for read in (from_json, from_text):
        with suppress(WrongShapeError):
            read(text)
            raise AssertionError(text)
