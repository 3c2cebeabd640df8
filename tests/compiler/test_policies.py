"""Policies: how they read, what they say of compiled plans, and what is said about those that can't be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borgplan.compiler.driver.compile import Compilation
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.policy.evaluate import Judge
from borgplan.compiler.policy.parse import policies
from borgplan.compiler.policy.source_text import of_file, of_scalar
from borgplan.compiler.source.diagnostic import Diagnostics, Severity
from borgplan.compiler.source.span import Span
from tests.compiler.planning import START, codes, compilation

ROOT = Path(__file__).parents[2]
ACTIONS = (Action.CREATE, Action.PRUNE, Action.CHECK)
TWO = f"""{START}repositories: [{{path: /one, label: near}}, {{path: /two}}]
before_backup: [docker stop app, test -e /disk]
after_backup: [docker start app]
on_error: [docker start app, logger broken]
"""


def judged(
    policy: str, configuration: str = TWO, semantics: str = "1.5", **more: object
) -> Compilation:
    files = {"c.yaml": configuration, "p.policy": policy, "borgplan.yaml": "policies: p.policy"}
    return compilation(files, semantics=semantics, actions=ACTIONS, **more)  # type: ignore[arg-type]


def said(policy: str, configuration: str = TWO, semantics: str = "1.5") -> list[str]:
    """What violates it, without what they all begin with."""
    found = judged(policy, configuration, semantics)
    assert not found.errors, found.errors
    return [
        item.message.removeprefix("policy violated: ")
        for item in found.diagnostics
        if item.code == "BP901"
    ]


# In semantics 1.5: 1, 2 before_backup; 3-5 prune, create, check of near; 6-8 of /two; 9 after; 10, 11 on_error.


@pytest.mark.parametrize(
    "policy",
    [
        "every repository has borg check",
        "every repository has exactly 1 borg create",
        "every repository has at least 5 hook *",
        "every configuration has at most 3 borg create",
        "every plan has exactly 2 borg create",
        "every repository with borg list has borg check",
        "never borg list",
        "hook before_backup comes before borg create",
        "borg create comes after borg prune in each repository",
        "always after failure of borg create run command 'docker start *'",
        "always after borg create run hook after_backup or hook on_error in each repository",
        "never borg create after failure of borg prune in each repository",
        "never borg * after failure of hook before_backup",
        "borg create only after success of hook before_backup",
        "borg create only after success of borg prune in each repository",
        "if borg create fails then command 'logger *' runs",
        "if hook before_backup fails then borg * does not run",
        "if hook before_backup fails softly then the exit code is 0",
        "if borg create is interrupted then the exit code is 143",
        "every failure of borg create is reported",
    ],
)
def test_policies_that_the_plan_keeps(policy: str) -> None:
    assert said(policy) == []


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("every repository has exactly 2 borg create",
         "repository near has step 4 (borg create of near)"),
        ("every repository has borg list", "repository near has no such step"),
        ("every configuration has no borg *",
         ("configuration c.yaml has steps 3 (borg prune of near), 4 (borg create of near), "
         "5 (borg check of near), 6 (borg prune of /two) and 2 more")),
        ("never command 'docker *'",
         "the plan has steps 1 (docker stop app), 9 (docker start app) and 10 (docker start app)"),
        ("borg create comes before borg prune in each repository",
         "step 4 (borg create of near) comes after step 3 (borg prune of near)"),
        ("borg create comes after borg prune",
         "step 6 (borg prune of /two) comes after step 4 (borg create of near)"),
        ("borg create comes before borg create in each repository",
         "step 4 (borg create of near) would have to come before itself"),
        ("always after hook before_backup run hook after_backup",
         ("if step 1 (docker stop app) fails, fails softly or is interrupted, "
                "step 9 (docker start app) does not run after step 1 (docker stop app)")),
        ("always after borg create run borg list",
         "nothing that `borg list` chooses runs after step 7 (borg create of /two)"),
        ("never borg check after borg create in each repository",
         "step 5 (borg check of near) runs after step 4 (borg create of near)"),
        ("borg prune only after success of borg create in each repository",
         "step 3 (borg prune of near) runs before anything that `borg create` chooses has succeeded"),
        ("if borg create fails then borg prune does not run in each repository",
         "if step 4 (borg create of near) fails, step 3 (borg prune of near) runs"),
        ("if borg create fails then hook after_backup runs",
         "if step 4 or 7 fails, nothing that `hook after_backup` chooses runs"),
        ("if borg create fails then the exit code is 0", "if step 4 or 7 fails, the exit code is 1"),
        ("every acquisition is released",
         ("if step 2 (test -e /disk) fails softly, "
         "step 9 (docker start app) does not run after step 1 (docker stop app)")),
        ("hook before_backup has a timeout",
         "steps 1 (docker stop app) and 2 (test -e /disk) have no time limit"),
    ],
)  # fmt: skip
def test_what_violates_a_policy_is_said(policy: str, message: str) -> None:
    assert message in said(policy)


def test_who_is_not_told() -> None:
    quiet = TWO.replace(", logger broken", "")
    assert said("every failure of borg create is reported", quiet) == [
        "if step 4 or 7 fails, the failure is not reported"
    ]
    printing = TWO.replace("logger broken", "echo broken")
    assert said("every failure of borg create is reported", printing) == [
        "if step 4 or 7 fails, the failure is not reported"
    ]


def test_time_limits() -> None:
    project = "steps: [{select: hook before_backup, timeout: 20m}]\npolicies: hook before_backup has a timeout of at most 10m"
    found = compilation({"c.yaml": TWO, "borgplan.yaml": project}, semantics="1.5")
    (violation,) = found.diagnostics
    assert violation.message.endswith("have a time limit of more than 600 s")


def test_a_violation_stands_at_the_policy_and_names_the_steps_and_the_reason() -> None:
    found = judged('\n# why\nnever borg create\n  because "it\'s \\"read\\" only"')
    (violation,) = found.diagnostics
    assert str(violation.span) == "p.policy:3:1"
    assert violation.hint == 'because it\'s "read" only'
    assert [what for what, _ in violation.related] == ["step 4", "step 7"]
    assert found.plan


def test_policies_are_among_the_inputs() -> None:
    assert judged("never borg list").files["p.policy"] == b"never borg list"


# --- where the texts stand ---


@pytest.mark.parametrize(
    ("project", "place"),
    [
        ("policies: nver borg x", "1:11"),
        ("policies: 'nver borg x'", "1:12"),
        ('policies: ["never borg create", "nver borg \\"x\\""]', "1:34"),
        ("policies:\n  - never borg x\n  - nver borg x", "3:5"),
        ("policies: |\n  # a\n  never borg x\n    because 'y'\n\n  nver borg x\n", "6:3"),
        ("policies: |2-\n   never borg x\n\n  nver x", "4:3"),
        ("policies: >\n    never borg x\n    onlly after borg y\n", "3:5"),
        ("policies:\n  - never borg x\n    onlly after borg y\n", "3:5"),
        ("policies:\n  - 'never command ''it''\n    onlly'\n", "3:5"),
        ('policies: "nver\\\n  borg x"', "1:11"),  # joined lines: the whole text
    ],
)
def test_an_error_is_said_where_it_stands_in_the_project_file(project: str, place: str) -> None:
    found = compilation({"c.yaml": TWO, "borgplan.yaml": project}, semantics="1.5")
    assert found.plan is None
    assert [f"{d.span.line}:{d.span.column}" for d in found.errors] == [place]
    assert codes(found) == ["BP902"]


@pytest.mark.parametrize(
    ("policy", "place", "message"),
    [
        ("never", "1:5", "BP902 this policy can't be parsed at its end"),
        ("never borg x\nnever hook\n", "2:10", "BP902 this policy can't be parsed at its end"),
        ("foo", "1:1", "BP902 this policy can't be parsed at `foo`"),
        ("never hook before_bakup", "1:12", "BP703 there is no hook `before_bakup`"),
        ("borg x comes\n  beside borg y", "2:3", "BP902 this policy can't be parsed at `beside`"),
        ("hook * has a timeout of at most 0", "1:33", "BP902 a time limit is"),
        ("hook * has a timeout of at most 1m2h", "1:33", "BP902 a time limit is"),
        (f"never borg {'x' * 400}", "1:7", "BP902 a selector has at most 400 characters"),
        (
            f"never borg x{' ' * 2000}and borg y",
            "1:1",
            "BP902 a policy has at most 2000 characters",
        ),
        ("never borg x because y", "1:22", "BP902 this policy can't be parsed at `y`"),
        ("never borg x\n" * 1001, "1001:1", "BP902 a text has at most 1000 policies"),
    ],
)
def test_what_can_not_be_read_is_said_with_its_place(policy: str, place: str, message: str) -> None:
    found = judged(policy)
    assert found.plan is None
    (error,) = found.errors
    assert f"{error.span.file}:{error.span.line}:{error.span.column}" == f"p.policy:{place}"
    assert f"{error.code} {error.message}".startswith(message)


def test_every_bad_policy_is_said() -> None:
    assert codes(judged("foo\nnever borg x\nbar")) == ["BP902", "BP902"]


@pytest.mark.parametrize(
    ("data", "message"),
    [(None, "no such file"), ("a\x00b", "control character")],
)
def test_a_policy_file_that_can_not_be_read(data: str | None, message: str) -> None:
    files = {"c.yaml": TWO, "borgplan.yaml": "policies: [p.policy]"}
    found = compilation({**files, **({"p.policy": data} if data else {})}, semantics="1.5")
    assert found.plan is None
    assert message in found.errors[0].message


# --- policies that ask nothing ---


@pytest.mark.parametrize(
    ("policy", "idle"),
    [
        ("borg list comes before borg create", True),
        ("borg create comes before borg list", True),
        ("always after borg list run borg create", True),
        ("borg list only after success of borg create", True),
        ("never borg list after borg create", True),
        ("if borg list fails then borg create runs", True),
        ("every repository with borg list has borg create", True),
        ("borg list has a timeout", True),
        ("every failure of borg list is reported", True),
        ("never borg list", False),
        ("every plan has no borg list", False),
    ],
)
def test_a_selector_that_chooses_nothing_is_said(policy: str, *, idle: bool) -> None:
    found = judged(policy)
    assert ("BP903" in codes(found)) == idle
    severities = {d.severity for d in found.diagnostics if d.code == "BP903"}
    assert severities <= {Severity.NOTE}  # actions are named


def test_it_is_a_warning_where_the_command_line_names_no_actions() -> None:
    files = {"c.yaml": TWO, "borgplan.yaml": "policies: borg list has a timeout"}
    found = compilation(files, semantics="1.5", actions=())
    assert [(d.code, d.severity) for d in found.diagnostics] == [("BP903", Severity.WARNING)]


# --- by chance ---

words = st.sampled_from(
    ["always", "after", "run", "never", "only", "every", "repository", "plan", "has", "with", "exactly",
     "at", "least", "3", "borg", "create", "hook", "*", "comes", "before", "in", "each", "because", '"x"',
     "if", "fails", "softly", "then", "the", "exit", "code", "is", "acquisition", "released", "(", ")",
     "not", "and", "success", "failure", "of", "reported", "timeout", "a", "10m", "\n", "\n  ", "#", '"']
)  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(words, max_size=25).map(" ".join))


@pytest.fixture(scope="module")
def judge() -> Judge:
    plan = judged("").plan
    assert plan
    return Judge(plan)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_any_text_gives_policies_or_errors(judge: Judge, text: str) -> None:
    diagnostics = Diagnostics()
    found = policies(of_file("p.policy", text), diagnostics)
    assert {item.code for item in diagnostics} <= {"BP902", "BP703"}
    for policy in found:
        judge.violations(policy)
        judge.idle(policy)


@settings(max_examples=200, deadline=None)
@given(texts, st.text(max_size=60), st.integers(1, 9), st.integers(1, 70))
def test_a_text_that_does_not_fit_its_file_is_no_trouble(
    text: str, whole: str, line: int, column: int
) -> None:
    written = of_scalar(text, whole, Span("f", line, column, line, column + 5))
    span = written.between(0, len(text))
    assert span.line >= 1
    assert span.column >= 1


def test_brackets_as_deep_as_a_policy_allows() -> None:
    deep = "(" * 190 + "hook *" + ")" * 190
    assert said(f"never {deep}")
    assert codes(judged(f"never {'(' * 900}hook *{')' * 900}")) == ["BP902"]


# --- documented ---


def test_every_policy_in_the_documentation_can_be_read() -> None:
    page = (ROOT / "docs" / "policies.md").read_text()
    blocks = re.findall(r"```policy\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        diagnostics = Diagnostics()
        assert policies(of_file("docs", block), diagnostics)
        assert not diagnostics


def test_every_form_in_the_table_stands_among_the_examples_or_here() -> None:
    page = (ROOT / "docs" / "policies.md").read_text()
    forms = re.findall(r"^\| `((?:every|never|STEPS|always|if) [^`]*)`", page, re.MULTILINE)
    assert len(forms) == 12
    values = {"PLACE": "plan", "AMOUNT": "at least 2", "STEPS": "borg create", "AFTER": "after borg x",
              "[EACH]": "in each repository", "TIME": "1h30m", " N": " 1", "[": "", "]": ""}  # fmt: skip
    for form in forms:
        for name, value in values.items():
            form = form.replace(name, value)
        diagnostics = Diagnostics()
        assert policies(of_file("docs", form), diagnostics), form
        assert not diagnostics, form


@pytest.mark.parametrize(
    "policy",
    ["no two hosts prune one repository", "at most 4 hosts write to one server because 'disks'"],
)
def test_a_policy_about_several_hosts_is_for_fleets(policy: str) -> None:
    found = judged(policy)
    assert [(d.code, d.message) for d in found.errors] == [
        ("BP902", "this policy is about the plans of several hosts")
    ]
    assert "borgplan fleet policy" in found.errors[0].hint
