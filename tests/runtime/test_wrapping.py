"""Plans on a terminal: prose and commands fit its columns, and commands mean the same."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.compiler.plan.command_text import words_text
from borgplan.runtime.report.columns import columns_of
from borgplan.runtime.report.wrapping import Verbatim, broken, fitting

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]) | st.just(" ")
)


def shell_words(lines: list[str], indent: int) -> list[str]:
    """What a shell takes from lines that stand indented."""
    return shlex.split(f"\n{' ' * indent}".join(lines).replace("\\\n", ""))


@given(st.lists(TEXTS, min_size=1, max_size=12), st.integers(0, 120), st.integers(0, 12))
def test_a_broken_command_has_the_same_words(words: list[str], width: int, indent: int) -> None:
    command = words_text(tuple(words))
    lines = broken(command, width, indent)
    assert shell_words(lines, indent) == words
    room = max(width, 40) - indent
    # Longer is only a line that could not be shorter.
    assert all(
        columns_of(line) <= room or len(shlex.split(line.rstrip("\\"))) == 1 for line in lines
    )


def test_a_command_is_broken_between_its_words() -> None:
    assert broken("borg create --one 'a b c' --two /a/long/path /and/another", 40, 4) == [
        "borg create --one 'a b c' --two \\",
        "  /a/long/path /and/another",
    ]


def test_what_is_no_command_stays_whole() -> None:
    text = "it's  not what a shell would take, and it is longer than forty columns"
    assert broken(text, 40, 0) == [text]


def test_prose_hangs() -> None:
    assert list(fitting("  one two three four five six seven eight nine ten", 40)) == [
        "  one two three four five six seven",
        "      eight nine ten",
    ]


@given(TEXTS, st.integers(0, 90))
def test_nothing_of_prose_is_lost(text: str, width: int) -> None:
    lines = list(fitting(text, width))
    assert " ".join(" ".join(lines).split(" ")).split() == text.split()
    assert (
        all(len(line) <= max(width, 40) or len(line.split()) == 1 for line in lines) or width < 40
    )


@pytest.mark.parametrize("line", [Verbatim("x " * 80), "x " * 80])
def test_off_a_terminal_and_in_commands_nothing_is_wrapped(line: str) -> None:
    assert list(fitting(line, None if not isinstance(line, Verbatim) else 80)) == [line]


def test_colours_take_no_room() -> None:
    line = "\x1b[36mone\x1b[0m two three four five six seven eight"
    assert list(fitting(line, 43)) == [line]


def test_a_colour_ends_with_its_line_also_behind_blanks() -> None:
    line = "   \x1b[31mone two three four five six seven eight nine ten\x1b[0m"
    assert list(fitting(line, 40)) == [
        "   \x1b[31mone two three four five six seven\x1b[0m",
        "       \x1b[31meight nine ten\x1b[0m",
    ]
