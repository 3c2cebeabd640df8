"""`borg_exit_codes`: how entries change what Borg's exit codes mean in a plan."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.as_json import to_data
from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.work import Process
from tests.compiler.planning import ONE, codes, compilation, planned


def exits(rules: str, action: Action = Action.CREATE, semantics: str = "2.1") -> ExitCodes:
    text = ONE if not rules else f"{ONE}borg_exit_codes: {rules}\n"
    (step,) = planned(text, actions=(action,), semantics=semantics).steps
    assert isinstance(step.work, Process)
    return step.work.exits


def meaning(found: ExitCodes, code: int) -> str:
    return "warning" if found.is_warning(code) else found.outcome(code).value


PLAIN = {
    1: "warning",
    2: "hard",
    75: "soft",
    99: "hard",
    100: "warning",
    105: "hard",
    125: "warning",
}


def test_what_codes_mean_without_entries() -> None:
    found = exits("")
    assert {code: meaning(found, code) for code in PLAIN} == PLAIN


@pytest.mark.parametrize("code", PLAIN)
def test_a_code_may_be_a_warning_and_no_other_changes(code: int) -> None:
    found = exits(f"[{{code: {code}, treat_as: warning}}]")
    assert {c: meaning(found, c) for c in PLAIN} == {**PLAIN, code: "warning"}
    assert found.outcome(code) is Outcome.DONE


@pytest.mark.parametrize("code", [code for code in PLAIN if code != 75])
def test_a_code_may_be_an_error_and_no_other_changes(code: int) -> None:
    found = exits(f"[{{treat_as: error, code: {code}}}]")
    assert {c: meaning(found, c) for c in PLAIN} == {**PLAIN, code: "hard"}


def test_neighbours_of_a_code_in_a_range_keep_their_meaning() -> None:
    found = exits(
        "[{code: 100, treat_as: error}, {code: 125, treat_as: error}, {code: 105, treat_as: error}]",
        semantics="2.0",
    )
    hard = {code for code in range(98, 126) if meaning(found, code) == "hard"}
    assert hard == {98, 99, 100, 105, 125}


@pytest.mark.parametrize("code", [126, 127, 128, 129, 137, 143, 255])
@pytest.mark.parametrize("semantics", ["1.3", "1.9", "2.1"])
def test_a_code_of_a_death_stays_an_error_and_that_is_said(semantics: str, code: int) -> None:
    assert meaning(exits("", semantics=semantics), code) == "hard"
    for word, said in (("warning", ["BP427"]), ("error", [])):
        text = f"{ONE}borg_exit_codes: [{{code: {code}, treat_as: {word}}}]\n"
        found = compilation({"c.yaml": text}, semantics="2.1")
        assert codes(found) == said
        assert found.plan
        (step,) = found.plan.steps
        assert meaning(step.work.exits, code) == "hard"


def test_75_as_an_error_stays_what_it_was() -> None:
    assert exits("[{code: 75, treat_as: error}]") == exits("")


def test_the_last_entry_for_a_code_counts() -> None:
    assert meaning(exits("[{code: 7, treat_as: warning}, {code: 7, treat_as: error}]"), 7) == "hard"
    assert (
        meaning(exits("[{code: 1, treat_as: error}, {code: 1, treat_as: warning}]"), 1) == "warning"
    )


def test_in_the_plans_data() -> None:
    text = (
        f"{ONE}borg_exit_codes: [{{code: 100, treat_as: error}}, {{code: 5, treat_as: warning}}]\n"
    )
    data = json.loads(json.dumps(to_data(planned(text))))
    found = data["steps"][0]["work"]["exits"]
    assert found["soft"] == [[75, 75]]
    assert [5, 5] in found["warning"]
    assert not any(low <= 100 <= high for low, high in found["warning"])


@pytest.mark.parametrize("code", [1, 100])
@pytest.mark.parametrize("word", ["warning", "error"])
def test_for_checks_too(code: int, word: str) -> None:
    found = exits(f"[{{code: {code}, treat_as: {word}}}]", Action.CHECK)
    assert meaning(found, code) == {"warning": "warning", "error": "hard"}[word]


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert exits("[{code: 5.0, treat_as: warning}]") == exits("[{code: 5, treat_as: warning}]")


def test_an_empty_list_changes_nothing() -> None:
    assert exits("[]") == exits("")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("x", ["BP203"]),
        ("{code: 1, treat_as: error}", ["BP203"]),
        ("[5]", ["BP228"]),
        ("[null]", ["BP228"]),
        ("[{}]", ["BP228"]),
        ("[{code: 5}]", ["BP228"]),
        ("[{treat_as: error}]", ["BP228"]),
        ("[{code: 0, treat_as: warning}]", ["BP229"]),
        ("[{code: '5', treat_as: warning}]", ["BP229"]),
        ("[{code: 5.5, treat_as: warning}]", ["BP229"]),
        ("[{code: true, treat_as: warning}]", ["BP229"]),
        ("[{code: [5], treat_as: warning}]", ["BP229"]),
        ("[{code: , treat_as: warning}]", ["BP229"]),
        ("[{code: 5, treat_as: Warning}]", ["BP229"]),
        ("[{code: 5, treat_as: success}]", ["BP229"]),
        ("[{code: 5, treat_as: [error]}]", ["BP229"]),
        ("[{code: 5, treat_as: }]", ["BP229"]),
        ("[{code: 5, treat_as: error, why: x}]", ["BP210"]),
        ("[{code: 5, treat-as: error}]", ["BP210", "BP228"]),
        ("[{code: 5}, {code: 0, treat_as: error}]", ["BP228", "BP229"]),
    ],
)
def test_entries_that_make_no_sense(rules: str, expected: list[str]) -> None:
    found = compilation({"c.yaml": f"{ONE}borg_exit_codes: {rules}\n"})
    assert codes(found) == expected
    assert found.plan is None


@pytest.mark.parametrize("code", [-9, 256, 300])
def test_a_code_that_no_process_ends_with_is_no_exit_code(code: int) -> None:
    text = f"{ONE}borg_exit_codes: [{{code: {code}, treat_as: warning}}]\n"
    assert codes(compilation({"c.yaml": text})) == ["BP235"]
