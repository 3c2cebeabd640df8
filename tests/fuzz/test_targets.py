"""Inputs that are nearly right, and some that are nothing at all: no exception comes of them.

`scripts/fuzz` searches for longer, guided by the code that inputs reach.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.changing import mutator
from tests.fuzz.seeds import fragments, largest, seeds
from tests.fuzz.targets import TARGETS


def inputs(target: str) -> st.SearchStrategy[bytes]:
    """Seeds with a few changes, and any bytes."""
    change = mutator(fragments(target), list(seeds(target)))

    def changed(data: bytes, numbers: list[int]) -> bytes:
        for number in numbers:
            data = change(data, largest(target), number)
        return data

    some = st.lists(st.integers(0, 2**32), max_size=4)
    return st.builds(changed, st.sampled_from(seeds(target)), some) | st.binary(max_size=200)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_nothing_is_raised(target: str, data: st.DataObject) -> None:
    TARGETS[target](data.draw(inputs(target)))
