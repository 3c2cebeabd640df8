"""Constants in hooks: what rules look at, and what people are shown."""

from __future__ import annotations

import subprocess

import pytest

from borgplan.compiler.config.filled import filled_text, origins
from borgplan.compiler.plan.work import Shell
from tests.checks.finding import found
from tests.compiler.planning import ONE, START, compilation

CONSTANTS = {"one": "web app", "quotes": 'it\'s "$HOME" `id`', "plain": "webapp"}


@pytest.mark.parametrize("name", CONSTANTS)
@pytest.mark.parametrize("around", ["{}", "'{}'", '"{}"', "a'b c'{}", "\"x\"{}'y'"])
def test_a_value_is_one_word_wherever_it_stands(name: str, around: str) -> None:
    text = filled_text("printf '%s|' " + around.replace("{}", f"{{{name}}}") + " end", CONSTANTS)
    printed = subprocess.run(["/bin/sh", "-c", text], capture_output=True, text=True, check=True)
    words = printed.stdout.split("|")
    assert words[1:] == ["end", ""]
    assert CONSTANTS[name] in words[0]


@pytest.mark.parametrize(
    "text", [r"echo \{plain\}", "echo ${plain}", "echo {other}", "echo {plain", "echo plain"]
)
def test_what_is_no_constant_stays(text: str) -> None:
    assert filled_text(text, CONSTANTS) == text


def test_a_plan_says_what_is_meant_and_keeps_what_a_run_fills_in() -> None:
    text = f"constants: {{container: webapp}}\n{ONE}commands:\n  - after: error\n    run: ['tell {{container}} {{error}}']\n"
    plan = compilation({"c.yaml": text}, "c.yaml").plan
    assert plan is not None
    told = [step.work.written for step in plan.steps if isinstance(step.work, Shell)]
    assert told == ["tell webapp {error}"]


def test_the_same_words_with_other_constants_are_another_hook() -> None:
    """As borgmatic has it: around everything an identical hook of two files runs once, a different one
    runs too."""
    entry = "commands:\n  - before: everything\n    run: ['ping {x}']\n"
    files = {
        name: f"constants: {{x: {value}}}\n{ONE}{entry}"
        for name, value in (("a.yaml", "one"), ("b.yaml", "two"), ("c.yaml", "one"))
    }
    plan = compilation(files, *files).plan
    assert plan is not None
    scripts = [step.work.script for step in plan.steps if isinstance(step.work, Shell)]
    assert scripts == ["ping one", "ping two"]


def test_elsewhere_the_hooks_of_each_file_run() -> None:
    entry = "commands:\n  - before: configuration\n    run: [ping]\n"
    files = dict.fromkeys(("a.yaml", "b.yaml"), f"{ONE}{entry}")
    plan = compilation(files, *files).plan
    assert plan is not None
    assert [step.scope for step in plan.steps if isinstance(step.work, Shell)] == list(files)


@pytest.mark.parametrize("style", ["'{}'", '"{}"', "|\n      {}\n", ">-\n      {}"])
def test_what_is_found_in_a_command_stands_where_it_is_written(style: str) -> None:
    """BP355 is about `pg_dump`, before and behind a constant."""
    for command in ("echo {long}; pg_dump app | gzip", "pg_dump {long} | gzip > {long}"):
        text = (
            f"constants: {{long: some-text-that-is-long}}\n{START}repositories: [{{path: /one}}]\n"
            f"commands:\n  - before: everything\n    run:\n    - {style.replace('{}', command)}\n"
        )
        (finding,) = [d for d in found(text) if d.code == "BP355"]
        span = finding.span
        line = text.splitlines()[span.line - 1]
        assert line[span.column - 1 :].startswith("pg_dump")


def test_a_value_stands_where_its_name_is() -> None:
    assert origins("a {x} b", {"x": "1234"}) == [0, 1, 2, 2, 2, 4, 5, 6, 7]
    assert origins("{x}", {"x": ""}) == [0, 2, 3]  # as '' it is a word too
    assert origins("plain", {"x": "1"}) == [*range(6)]
