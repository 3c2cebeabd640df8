"""Every character of a text has its place in the YAML file, in whatever style it is written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from borgplan.compiler.config.hook_texts import hook_texts
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.span import Span
from borgplan.compiler.syntax.compose import parse
from borgplan.compiler.syntax.nodes import Mapping, Node, Scalar, Sequence
from borgplan.compiler.syntax.source_map import Lines, PlacesIn, ScriptPlaces, offsets
from tests.compiler.planning import compilation

BREAKS = "\n\r\x85\u2028\u2029"
TEXTS = st.text(st.sampled_from("ab  \n\n\t'\"\\:#-|>&!%@`{é\x85\u2028\xa0\x07😀"), max_size=30)
PROPERTIES = st.sampled_from(["", "&anchor ", "!!str ", "&a !!str ", "! "])
PLAIN = st.lists(st.sampled_from(["pg_dump x", "é", "a'b", 'c"d', "\\n", "#e"]), min_size=1)


def scalar(node: Node | None) -> Scalar:
    """The first item of a list under a key, or of a list in it."""
    while isinstance(node, Mapping | Sequence):
        node = node.items[0] if isinstance(node, Sequence) else node.pairs[0][1]
    assert isinstance(node, Scalar)
    return node


def check(file: str, value: str | None = None) -> None:
    """Each character is where it is said to be, and all are in order."""
    found = Diagnostics()
    node = scalar(parse("file", file.encode(), found))
    assert value is None or node.text == value
    places = offsets(Lines(file), node.span, node.text)
    assert places is not None, (file, node)
    assert list(places) == sorted(set(places))
    for character, place in zip(node.text, places, strict=False):
        written = file[place]
        assert written in (character, "\\") or (written in BREAKS and character in " \n"), place


@given(
    text=TEXTS,
    style=st.sampled_from(["'", '"', "|", ">", None]),
    width=st.sampled_from([4, 10, 80]),
    unicode=st.booleans(),
    properties=PROPERTIES,
)
def test_whatever_yaml_writes_is_found_again(
    text: str, style: str | None, width: int, unicode: bool, properties: str
) -> None:
    data = {"before_backup": [text]}
    file = yaml.dump(data, default_style=style, width=width, allow_unicode=unicode)
    if style:
        file = file.replace("- ", f"- {properties}", 1)
    found = Diagnostics()
    node = parse("file", file.encode(), found)
    if node is not None and isinstance(scalar(node).value, str):
        check(file)


@given(
    lines=st.lists(st.sampled_from(["a", "b c", "", "  more", "\tx", "é #"]), min_size=1),
    style=st.sampled_from("|>"),
    chomping=st.sampled_from(["", "-", "+"]),
    given_indentation=st.booleans(),
    indentation=st.integers(1, 6),
    comment=st.sampled_from(["", "  # why"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    rest=st.sampled_from(["", "\n\n", "    - other\n", "# end\n"]),
    properties=PROPERTIES,
)
def test_blocks_written_by_hand_are_found_again(
    lines: list[str],
    style: str,
    chomping: str,
    given_indentation: bool,
    indentation: int,
    comment: str,
    ending: str,
    rest: str,
    properties: str,
) -> None:
    number = str(indentation) if given_indentation else ""
    body = [" " * (4 + indentation) + line if line else "" for line in lines]
    header = f"key:\n    - {properties}{style}{number}{chomping}{comment}\n"
    file = header + "".join(f"{line}\n" for line in body) + rest
    file = file.replace("\n", ending)
    if parse("file", file.encode(), Diagnostics()) is not None:
        check(file)


@given(pieces=PLAIN, gaps=st.lists(st.sampled_from([" ", "  ", "\n      ", " \n\n       "])))
def test_plain_texts_on_several_lines_are_found_again(pieces: list[str], gaps: list[str]) -> None:
    text = "x" + "".join(
        f"{gap}{piece}" if not piece.startswith("#") else f"{gap}y{piece}"
        for gap, piece in zip([*gaps, *[" "] * len(pieces)], pieces, strict=False)
    )
    check(f"key:\n    - {text}  # a comment\n    - other\n")


@pytest.mark.parametrize(
    ("file", "value"),
    [
        ('k: ["a\\\n   b\\x41\\u00e4\\U0001F600\\t"]', "abAä😀\t"),
        ("k: ['it''s\n\n   two']", "it's\ntwo"),
        ("k:\n  - &x\n    # between\n    |2-\n       a\n      b\n", "   a\n  b"),
        ("k:\n- |\n  é\n\n  b\n\n\n", "é\n\nb\n"),
        ("k:\n- >+\n  a\n  b\n\n   c\n\n", "a b\n\n c\n\n"),
        ("k: [a b]", "a b"),
        ("k: ['']", ""),
    ],
)
def test_a_text_is_read_as_yaml_reads_it(file: str, value: str) -> None:
    check(file, value)


def test_a_place_is_a_line_and_a_column_in_characters() -> None:
    file = 'k:\n  - "é\\n\\\n    pg_dump"\n'
    node = scalar(parse("file", file.encode(), Diagnostics()))
    places = ScriptPlaces(Lines(file), node.span, node.text)
    assert node.text == "é\npg_dump"
    assert [places.at(n) for n in (0, 1, 2, 8, 9)] == [(2, 6), (2, 7), (3, 5), (3, 11), (3, 12)]
    assert places.span(2, 9) == Span("file", 3, 5, 3, 12)


def test_a_text_that_is_not_the_one_in_the_file_is_at_the_start_of_the_scalar() -> None:
    span = Span("file", 1, 4, 1, 11)
    places = ScriptPlaces(Lines("k: ${NAME}\n"), span, "something else")
    assert places.at(5) == (1, 4)
    assert places.span(2, 5) == span


def test_commands_of_included_files_and_aliases_are_where_they_are_written() -> None:
    files = {
        "c.yaml": "<<: !include hooks.yaml\n"
        "source_directories: [/home]\nrepositories: [{path: /b}]\nkeep_daily: 1\n"
        "after_backup: &same\n    - 'echo it''s'\non_error: *same\n",
        "hooks.yaml": "before_backup:\n    - |\n        first\n        second\n",
    }
    compiled = compilation(files)
    places = PlacesIn(compiled.texts)
    found = {
        command.text: (command.span.file, *places.of(command).at(8))
        for hook in hook_texts(compiled.configurations)
        for command in hook
    }
    assert found == {
        "first\nsecond\n": ("hooks.yaml", 4, 11),
        "echo it's": ("c.yaml", 6, 17),
    }
