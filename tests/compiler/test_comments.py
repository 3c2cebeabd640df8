"""Comments for borgplan are found where YAML has comments, and nowhere else."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from borgplan.compiler.syntax.comments import comments


def places(text: str) -> list[tuple[int, int, bool]]:
    """Line, column and whether it stands alone, of every comment."""
    return [(c.span.line, c.span.column, c.alone) for c in comments("c.yaml", text)]


HASH = "# borgplan: ignore BP601"


@pytest.mark.parametrize(
    "text",
    [
        f'a: "x {HASH}"\n',
        f"a: 'x {HASH}'\n",
        f"a: |\n  x\n  {HASH}\n",
        f"a: |\n  {HASH}\n",
        f"a: >-\n  x {HASH}\n  y\n",
        f'a: "x\n  {HASH}\n  y"\n',
        "a: x#borgplan:ignore BP601\n",
        f"- |2\n   {HASH}\n",
        f"a: [x, 'y {HASH}']\n",
        f"? |\n  {HASH}\n: x\n",
    ],
)
def test_a_text_is_no_comment(text: str) -> None:
    yaml.safe_load(text)  # it is what the test says it is
    assert not places(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"a: x  {HASH}\n", (1, 7, False)),
        (f"a: x\t{HASH}\n", (1, 6, False)),
        (f"{HASH}\na: x\n", (1, 1, True)),
        (f"a:\n  {HASH}\n  - x\n", (2, 3, True)),
        (f"a: |  {HASH}\n  x\n", (1, 7, False)),
        (f"a: |\n  x\n{HASH}\nb: y\n", (3, 1, True)),
        (f"a: [x,  {HASH}\n  y]\n", (1, 9, False)),
        (f'a: "ä # ö"  {HASH}\n', (1, 13, False)),
        (f"a: x\r\n{HASH}\r\nb: y\r\n", (2, 1, True)),
        (f"a: x\n{HASH}", (2, 1, True)),
        (f"a: &b x  {HASH}\nc: *b\n", (1, 10, False)),
        ("a: x  #borgplan:ignore BP601\n", (1, 7, False)),
    ],
)
def test_a_comment_is_found_where_it_is(text: str, expected: tuple[int, int, bool]) -> None:
    assert places(text) == [expected]


def test_a_comment_in_a_comment_is_one() -> None:
    assert places(f"a: x  {HASH} {HASH}\n") == [(1, 7, False)]
    assert places(f"a: x  # see {HASH}\n") == [(1, 13, False)]


def test_what_is_below_passes_over_further_comments() -> None:
    (found,) = comments("c.yaml", f"{HASH}\n# why\n\na: x\n")
    assert found.below == 3
    (found,) = comments("c.yaml", f"{HASH}\n# why\na: x\n")
    assert found.below == 3


def test_in_a_broken_file_what_stands_before_the_mistake_counts() -> None:
    assert places(f"a: x  {HASH}\nb: 'y\n{HASH}\n")[:1] == [(1, 7, False)]


class Block(NamedTuple):
    """Some lines of a list, and in which of them, from 0, a comment begins."""

    lines: tuple[str, ...]
    commented: tuple[int, ...] = ()


BLOCKS = st.sampled_from(
    [
        Block((f"- x {HASH}",), (0,)),
        Block((f'- "x {HASH}"',)),
        Block((f'- "x {HASH}" {HASH}',), (0,)),
        Block((f"- 'it''s {HASH}'",)),
        Block(("- |", f"  {HASH}", "  x")),
        Block((f"- >  {HASH}", "", f"  x {HASH}", f"   {HASH}"), (0,)),
        Block((HASH,), (0,)),
        Block((f"  {HASH}", "- y"), (0,)),
        Block((f"- {{a: 'b', {HASH}", "  c: d# }"), (0,)),
        Block((f'- "x\\" {HASH}', f'  {HASH} y" {HASH}'), (1,)),
        Block(("- !!str x#y", "")),
    ]
)


@given(st.lists(BLOCKS, max_size=12))
def test_whatever_stands_around_it(blocks: list[Block]) -> None:
    lines: list[str] = ["- start"]
    expected = []
    for block in blocks:
        expected += [len(lines) + offset + 1 for offset in block.commented]
        lines += block.lines
        if lines[-1].startswith("  "):
            lines.append("- end")  # an indented comment after a block of text would be its text
    found = [c.span.line for c in comments("c.yaml", "\n".join(lines) + "\n")]
    assert found == expected
