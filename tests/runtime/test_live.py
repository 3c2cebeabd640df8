"""The block at the bottom of a terminal: no line is wider than it, whatever a path consists of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth  # what the terminals of our tests count with

from borgplan.compiler.shell.printable import printable
from borgplan.runtime.engine.progress import ArchiveProgress, Estimate, Expected, PartProgress
from borgplan.runtime.report.columns import columns_of, cut, shortened
from borgplan.runtime.report.live import Picture
from borgplan.runtime.report.live_lines import Running
from borgplan.runtime.report.style import Style

PATHS = st.text(st.characters(codec="utf-8"), max_size=150)
PAINT = re.compile(r"\x1b\[[0-9;]*m")


def running(path: str, lane: str = "", done: float | None = 0.42) -> Running:
    progress = ArchiveProgress(1204, 4_520_000_000, 3_010_000_000, 1_260_000_000, path)
    estimate = Estimate(done, is_told=False, left=208.0, rate=30e6)
    return Running(lane, 3, 6, f"borg create /{path}", 151.0, progress, estimate, Expected())


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("srv", 3), ("サーバ", 6), ("n\u0303", 1), ("\x1b[36mbar\x1b[0m", 3), ("🗄", 1), ("📦", 2)],
)  # fmt: skip
def test_how_wide_a_text_is(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_what_is_cut_is_never_half_a_letter() -> None:
    assert [cut("aサーバ", width) for width in range(6)] == ["", "a", "a", "aサ", "aサ", "aサー"]
    assert cut("plain", -1) == ""


def test_a_path_keeps_its_ends() -> None:
    assert (
        shortened("srv/www/example.org/uploads/picture.jpeg", 24, "…") == "srv/www…ads/picture.jpeg"
    )
    assert shortened("短い", 4, "…") == "短い"
    assert shortened("サーバ/データ/写真", 11, "...") == "サ.../写真"


@given(PATHS, PATHS, st.integers(29, 160), st.integers(1, 20), st.booleans(), st.integers(1, 3))
def test_no_line_is_wider_than_the_terminal(
    path: str, lane: str, width: int, height: int, color: bool, lanes: int
) -> None:
    each = [running(path, lane if lanes > 1 else "")] * lanes
    block = Picture(Style(color, unicode=True)).block(each, path.encode(), width, height)
    assert block.endswith("\n")
    lines = PAINT.sub("", block)[:-1].split("\n")
    assert len(lines) <= height
    assert max(map(wcswidth, lines)) <= width, lines
    assert all(line.isprintable() for line in lines)
    assert color or "\x1b" not in block


@given(PATHS)
def test_as_wide_as_terminals_take_it_for(text: str) -> None:
    """What is shown has nothing unseen in it; a letter may be taken for wider, never for narrower."""
    shown = printable(text).replace("\t", " ")
    assert columns_of(shown) >= wcswidth(shown)


def test_one_step_and_two_lanes() -> None:
    plain = Picture(Style(unicode=True))
    assert plain.block([running("srv/www/index.html")], b"3 of 7", 70, 20) == (
        "3 of 7\n"
        + "─" * 70
        + "\n[3/6] borg create /srv/www/index.html                             2:31\n"
        "  ━━━━━━━────────── ~42%  about 3:28 left, 30.00 MB/s\n"
        "  1,204 files, 4.52 GB, 1.26 GB new, 3.01 GB compressed\n"
        "  srv/www/index.html\n"
    )
    part = running("x", "far", None)._replace(progress=PartProgress("Checking segments", 0.2))
    assert plain.block([running("a", "near"), part, part], b"", 60, 3) == (
        "─" * 60 + "\n"
        "near  [3/6] borg create, 2:31, ~42%, 4.52 GB, 1.26 GB new\n"
        "  and 2 more\n"
    )  # fmt: skip


def test_colours_end_with_their_texts() -> None:
    block = Picture(Style(color=True, unicode=True)).block([running("a")], b"", 60, 20)
    assert "\x1b[36m━━━━━━\x1b[0m\x1b[2m─────────\x1b[0m\x1b[1m ~42%  \x1b[0mabout" in block
