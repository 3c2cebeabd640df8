"""The table of codes, and which codes are wanted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from borgplan.compiler.source.codes import Choice, known_codes, unknown

ROOT = Path(__file__).parents[2]


def test_the_table_has_every_code_that_is_used_and_no_other() -> None:
    sources = [*(ROOT / "compiler").rglob("*.py"), *(ROOT / "runtime").rglob("*.py")]
    # What a rule declares at its end is no use of it.
    texts = [file.read_text().partition("\nRULES = ")[0] for file in sources]
    used = {code for text in texts for code in re.findall(r'"(BP\d{3})"', text)}
    assert used == known_codes()


def test_what_fits_no_code_is_unknown() -> None:
    assert unknown(["BP3", "BP301", "BP", "BP99", "BP3011", "", "E5"], known_codes()) == [
        "BP99", "BP3011", "", "E5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("select", "ignore", "taken"),
    [
        ((), (), True),
        ((), ("BP6",), False),
        ((), ("BP3",), True),
        (("BP6",), (), True),
        (("BP3",), (), False),
        (("BP6",), ("BP601",), False),
        (("BP601",), ("BP6",), True),
        (("BP601",), ("BP601",), False),
        (("BP3", "BP60"), ("BP6",), True),
    ],
)
def test_the_longest_prefix_that_fits_bp601_counts(
    select: tuple[str, ...], ignore: tuple[str, ...], *, taken: bool
) -> None:
    assert Choice(select, ignore).takes("BP601") is taken
