"""Selectors: which steps of a plan they choose, and what is said about those that can't be read."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borgplan.compiler.analysis.selector import selector
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.index import index
from borgplan.compiler.plan.model import Plan
from borgplan.compiler.source.diagnostic import Diagnostic, Diagnostics
from borgplan.compiler.source.span import Span, Text
from tests.compiler.planning import commands, compilation

AT = Span("borgplan.yaml", 3, 15)

CONFIGURATION = """\
source_directories: [/etc]
keep_daily: 1
repositories:
    - path: /backups/one
      label: near
    - path: ssh://far/./two
      label: far away
commands:
    - {before: everything, run: [echo first]}
    - {before: action, when: [create], run: ["echo 'it s'", "test [ -e x ]"]}
    - {after: error, run: ["echo (broken)"]}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    found = compilation(
        {"conf/c.yaml": CONFIGURATION}, "conf/c.yaml", actions=(Action.CREATE, Action.PRUNE)
    )
    assert found.plan
    assert not found.errors
    return found.plan


def problems(text: str) -> Diagnostics:
    diagnostics = Diagnostics()
    test = selector(Text(text, AT), diagnostics)
    assert (test is None) == bool(diagnostics)
    return diagnostics


def problem(text: str) -> Diagnostic:
    (found,) = problems(text)
    assert (found.code, found.span) == ("BP703", AT)
    return found


def chosen(plan: Plan, text: str) -> set[int]:
    """The numbers of the steps, from 0."""
    diagnostics = Diagnostics()
    test = selector(Text(text, AT), diagnostics)
    assert test, diagnostics
    tree = index(plan)
    return {number for number, step in enumerate(plan.steps) if test(step, tree)}


def names(plan: Plan, text: str) -> list[str]:
    return [commands(plan)[number] for number in sorted(chosen(plan, text))]


def test_the_plan_that_is_chosen_from(plan: Plan) -> None:
    repository = ["echo 'it s'", "test [ -e x ]", "borg create", "borg prune"]
    assert commands(plan) == ["echo first", *repository, *repository, "echo (broken)"]


# --- properties ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hook before_everything", ["echo first"]),
        ("hook 'before everything'", ["echo first"]),
        ('hook "before action" and repository near', ["echo 'it s'", "test [ -e x ]"]),
        ("hook before_action and repository near", ["echo 'it s'", "test [ -e x ]"]),
        ("hook after_error", ["echo (broken)"]),
        ("borg prune", ["borg prune"] * 2),
        ("borg pr*", ["borg prune"] * 2),
        ("borg *", ["borg create", "borg prune"] * 2),
        ("action prune", ["borg prune"] * 2),
        ("repository /backups/one and borg *", ["borg create", "borg prune"]),
        ("repository near and borg *", ["borg create", "borg prune"]),
        ("repository 'far away' and borg create", ["borg create"]),
        ("repository ssh://* and borg create", ["borg create"]),
        ("repository backups/one", []),
        ("configuration conf/c.yaml and action prune", ["borg prune"] * 2),
        ("configuration c.yaml and action prune", ["borg prune"] * 2),
        ("configuration conf", []),
        ("configuration c.yaml and hook before_everything", []),
        ("command 'echo first'", ["echo first"]),
        ("command echo", []),
        ("command 'borg prune *near'", []),
        ("command 'borg prune */backups/one'", ["borg prune"]),
        ("phase enter and not repository *", ["echo first"]),
        ("phase body and action create", ["borg create"] * 2),
        ("phase recover", ["echo (broken)"]),
        ("phase e*t", []),
        ("step '*#borg-prune'", ["borg prune"] * 2),
        ("not hook * and not borg create", ["borg prune"] * 2),
    ],
)
def test_each_property(plan: Plan, text: str, expected: list[str]) -> None:
    assert names(plan, text) == expected


def test_a_step_by_its_id(plan: Plan) -> None:
    for number, step in enumerate(plan.steps):
        assert chosen(plan, f'step "{step.id}"') == {number}


# --- patterns ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("command \"echo 'it s'\" and repository near", ["echo 'it s'"]),
        ('command "echo ?it?s?" and repository near', ["echo 'it s'"]),
        ("command 'test [[] -e x ]' and repository near", ["test [ -e x ]"]),
        ("command 'echo (broken)'", ["echo (broken)"]),
        ('command "echo \\"x\\""', []),
        ("command 'ECHO first'", []),
        ("command 'echo [!x]irst'", ["echo first"]),
        ("command ''", []),
        ("command 'echo firs'", []),
        ("not command *", []),
    ],
)
def test_patterns(plan: Plan, text: str, expected: list[str]) -> None:
    assert names(plan, text) == expected


# --- precedence ---


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (
            "borg create or borg prune and phase enter",
            "borg create or (borg prune and phase enter)",
        ),
        ("borg create and phase body or hook *", "(borg create and phase body) or hook *"),
        ("not borg create and hook *", "(not borg create) and hook *"),
        ("not borg create or hook *", "(not borg create) or hook *"),
        ("not not hook *", "hook *"),
        ("((hook *))", "hook *"),
        ("not(borg create or hook *)", "borg prune"),
        ("hook\t*\n  or\n  borg *", "step *"),
        ("hook'*'or borg\"*\"", "step *"),
        ("repository or or hook *", "hook * or repository or"),
        ("command hook or borg borg or hook *", "hook *"),
    ],
)
def test_precedence_and_blanks(plan: Plan, text: str, same: str) -> None:
    assert chosen(plan, text) == chosen(plan, same)


# --- what can't be read ---


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "at its end"),
        ("hook *)", "at `)`"),
        ("hook before action", "at `action`"),
        ("hok before_backup", "at `hok before_backup`"),
        ("hook * xor borg *", "at `xor borg *`"),
        ("hook * && borg *", "at `&& borg *`"),
        ("hook = *", "at `*`"),
        ('command "unclosed', 'at `"unclosed`'),
        ("command 'it's'", "at `s'`"),
        ("and", "at `and`"),
        ("hooks before_backup", "at `hooks before_backup`"),
        ("HOOK *", "at `HOOK *`"),
        ("hook *and borg *", "at `borg *`"),
    ],
)
def test_what_can_not_be_read_is_said_with_its_place(text: str, where: str) -> None:
    found = problem(text)
    assert found.message == f"this selector can't be parsed {where}"
    assert found.hint.startswith("for example: ")


@pytest.mark.parametrize("text", ["   ", "hook", "hook * and", "(hook *", "hook * or not"])
def test_a_selector_that_stops_too_early_is_wrong_at_its_end(text: str) -> None:
    assert problem(text).message == "this selector can't be parsed at its end"


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("hook before_bakup", "hook `before_bakup`", "did you mean `before_backup`?"),
        ("hook 'after eror'", "hook `after_eror`", "did you mean `after_error`?"),
        ("action crate", "action `crate`", "did you mean `create`?"),
        ("phase entry", "phase `entry`", "did you mean `enter`?"),
        ("phase x", "phase `x`", "known: enter, body, exit, recover"),
        ("not (phase enter or not phase x)", "phase `x`", "known: enter, body"),
    ],
)
def test_unknown_names_get_a_hint(text: str, what: str, hint: str) -> None:
    found = problem(text)
    assert found.message == f"there is no {what}"
    assert found.hint.startswith(hint)


def test_every_unknown_name_is_said() -> None:
    assert len(problems("hook a or action b and not phase c")) == 3


def test_patterns_are_not_checked_against_known_names() -> None:
    assert not problems("hook x* or action [c]reat or phase ?")


def test_400_characters_are_the_most() -> None:
    longest = f"command {'x' * 392}"
    assert len(longest) == 400
    assert not problems(longest)
    assert problem(f"{longest}x").message == "a selector has at most 400 characters"


def test_brackets_and_negations_as_deep_as_the_length_allows(plan: Plan) -> None:
    assert chosen(plan, "(" * 196 + "hook *" + ")" * 196) == chosen(plan, "hook *")
    assert chosen(plan, "not " * 98 + "hook *") == chosen(plan, "hook *")


def test_a_pattern_of_many_stars_takes_no_time(plan: Plan) -> None:
    assert chosen(plan, f"command {'*e' * 190}") == set()


# --- by chance ---

words = st.sampled_from(
    ["hook", "borg", "action", "command", "phase", "step", "and", "or", "not", "(", ")", '"', "'",
     "\\", "*", "[", "]", "!", "-", "\n", "\x00", "\x1b", "é", "before_backup", "create", "enter"]
)  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(words, max_size=20).map(" ".join),
                  st.lists(words, max_size=20).map("".join))  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(texts)
def test_any_text_is_a_selector_or_an_error(plan: Plan, text: str) -> None:
    diagnostics = Diagnostics()
    test = selector(Text(text, AT), diagnostics)
    if test is None:
        assert {item.code for item in diagnostics} == {"BP703"}
        return
    assert not diagnostics
    tree = index(plan)
    assert all(test(step, tree) in (True, False) for step in plan.steps)


PATTERNS = {
    "hook": ["*", "before_everything", "before_*"],
    "borg": ["create", "*", "p*"],
    "phase": ["enter", "body", "exit"],
    "command": ["echo*", "'* -e ?*'", '"borg*"'],
}
tests = st.sampled_from([(name, each) for name, patterns in PATTERNS.items() for each in patterns])
Expression = tuple[object, ...]
expressions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("and"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
    ),
    max_leaves=8,
)


def written(expression: Expression) -> str:
    match expression:
        case ("not", one):
            return f"not ({written(one)})"  # type: ignore[arg-type]
        case ("and" | "or" as word, one, other):
            return f"({written(one)}) {word} ({written(other)})"  # type: ignore[arg-type]
        case name, pattern:
            return f"{name} {pattern}"
        case _:
            raise AssertionError(expression)


def naive(plan: Plan, expression: Expression) -> set[int]:
    """The same by sets, from the plan's text forms."""
    everything = set(range(len(plan.steps)))
    match expression:
        case ("not", one):
            return everything - naive(plan, one)  # type: ignore[arg-type]
        case ("and", one, other):
            return naive(plan, one) & naive(plan, other)  # type: ignore[arg-type]
        case ("or", one, other):
            return naive(plan, one) | naive(plan, other)  # type: ignore[arg-type]
        case name, pattern:
            return {n for n in everything if fits(plan, n, str(name), str(pattern).strip("'\""))}
        case _:
            raise AssertionError(expression)


def fits(plan: Plan, number: int, name: str, pattern: str) -> bool:
    step, command = plan.steps[number], commands(plan)[number]
    is_borg = not step.hook
    text = {
        "hook": step.hook.replace(" ", "_"),
        "borg": command.removeprefix("borg ") if is_borg else "",
        "phase": step.phase.value,
        "command": command,
    }[name]
    return bool(text) and fnmatchcase(text, pattern)


@settings(max_examples=150, deadline=None)
@given(expressions)
def test_expressions_choose_what_sets_say(plan: Plan, expression: Expression) -> None:
    text = written(expression)
    if len(text) <= 400:
        assert chosen(plan, text) == naive(plan, expression)
