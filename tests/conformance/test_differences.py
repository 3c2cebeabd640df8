"""Every deliberate difference has its place in what users see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from borgplan.compiler.semantics.divergences import DIVERGENCES
from tests.conformance.differences import DELIBERATE, Rule

ROOT = Path(__file__).parents[2]
NAMES = {divergence.name for divergence in DIVERGENCES}
SOURCES = "".join(path.read_text() for path in (ROOT / "compiler").rglob("*.py"))
CODES = set(re.findall(r'"(BP\d{3})"', SOURCES))


@pytest.mark.parametrize("rule", DELIBERATE, ids=lambda rule: rule.names)
def test_a_difference_is_listed_reported_or_shown(rule: Rule) -> None:
    assert rule.seen in NAMES | CODES | {"plan", "recording"}


def test_differences_have_names_of_their_own() -> None:
    assert len(NAMES) == len(DIVERGENCES)
