"""Every recorded vector, compiled by borgplan: the same Borg invocations in effect, or a reason why not."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.lowering.judge import Kind, Verdict, judge
from tests.lowering.rules import DELIBERATE, REFUSED
from tests.lowering.vectors import Vector, all_vectors

VECTORS = list(all_vectors())


@cache
def verdict(number: int) -> Verdict:
    with tempfile.TemporaryDirectory() as directory:
        return judge(VECTORS[number], Path(directory))


# What was equivalent stays so.
AT_LEAST = {"1.3.25": 30, "2.1.10": 353}  # without `borg-exit-127`, which is a failure now


def action(vector: Vector) -> str:
    """What the recording is about, by its name."""
    name = vector.name.removeprefix("old-").removeprefix("actions-")
    return name.partition("-")[0].partition("@")[0]


@pytest.mark.parametrize("number", range(len(VECTORS)), ids=lambda number: str(VECTORS[number]))
def test_vector(number: int, record_property: Callable[[str, object], None]) -> None:
    vector, found = VECTORS[number], verdict(number)
    told = (vector.release, action(vector), found.kind.value, vector.name, found.reason)
    record_property("lowering", told)
    assert found.kind is not Kind.FAILING, "\n".join(found.differences)
    if found.kind is Kind.REFUSED:
        pytest.skip(f"{found.kind.value}: {found.reason}")
    if found.kind is Kind.DELIBERATE:
        pytest.xfail(f"{found.kind.value}: {found.reason}")
    listed = [rule.reason for rule in DELIBERATE if rule.fits(str(vector))]
    assert not listed, f"the same as recorded, but listed as a difference: {listed}"


def test_every_rule_is_needed() -> None:
    used = {verdict(number).rule for number in range(len(VECTORS))}
    idle = [rule for rule in (*DELIBERATE, *REFUSED) if rule not in used]
    assert not idle, "these rules cover no difference; take them out"


def test_no_less_is_equivalent() -> None:
    found = Counter(
        vector.release
        for number, vector in enumerate(VECTORS)
        if verdict(number).kind is Kind.EQUIVALENT
    )
    assert all(found[release] >= number for release, number in AT_LEAST.items()), found


def test_rules_are_for_one_thing() -> None:
    """Whatever differs, a vector falls under one rule at most."""
    for vector in VECTORS:
        fitting = [rule for rule in DELIBERATE if rule.fits(str(vector))]
        assert len(fitting) <= 1, f"{vector}: {[rule.reason for rule in fitting]}"
