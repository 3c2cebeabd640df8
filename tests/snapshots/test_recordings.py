"""Recorded runs with snapshots are reproduced, or are different in a deliberate way."""

from __future__ import annotations

import pytest

from tests.snapshots import recordings
from tests.snapshots.differences import DIFFERENCES

_WHY_NOT = recordings.why_not()
_NAMES = [] if _WHY_NOT else recordings.recorded()


@pytest.mark.skipif(bool(_WHY_NOT), reason=_WHY_NOT or "-")
@pytest.mark.parametrize("name", _NAMES)
def test_a_recorded_run_is_reproduced_unless_that_is_deliberate(name: str) -> None:
    try:
        found = recordings.differences(name)
    except LookupError as error:
        pytest.skip(str(error))
    assert found == []


@pytest.mark.skipif(bool(_WHY_NOT), reason=_WHY_NOT or "-")
def test_every_difference_is_of_a_recorded_run() -> None:
    assert set(DIFFERENCES) <= set(_NAMES)
