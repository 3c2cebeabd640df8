"""Braces that look like placeholders and are none."""

from __future__ import annotations

import pytest

from borgplan.compiler.lower.placeholders import check_placeholders
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.span import Span, Text

PLACE = Span("config.yaml", 3, 7)


def problems(command: str, *available: str) -> list[tuple[str, str]]:
    diagnostics = Diagnostics()
    check_placeholders(Text(command, PLACE), set(available), diagnostics)
    assert all(problem.span == PLACE for problem in diagnostics)
    return [(problem.code, problem.hint) for problem in diagnostics]


def test_a_name_that_this_hook_does_not_fill_in_is_reported() -> None:
    assert problems("echo {error}", "configuration_filename") == [
        ("BP307", "available: {configuration_filename}")
    ]


def test_a_misspelt_name_is_reported() -> None:
    assert problems("echo {eror}", "error") == [("BP308", "did you mean `error`?")]


def test_each_name_is_looked_at() -> None:
    assert problems("echo {output} {eror} {reposotory}", "output", "error", "repository") == [
        ("BP308", "did you mean `error`?"),
        ("BP308", "did you mean `repository`?"),
    ]


@pytest.mark.parametrize(
    "command",
    [
        "echo {error}",
        "echo {hostname} {now} {user}",
        "awk '{print $2}'",
        "echo ${error}",
        "x() { y; }",
    ],
)
def test_other_braces_are_nobody_s_business(command: str) -> None:
    assert problems(command, "error") == []
