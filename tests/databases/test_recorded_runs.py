"""Every recorded run with databases comes to the same by borgplan, or to what a deliberate difference makes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.databases.faulty import ALL
from tests.databases.recorded_runs import recorded, repeated, seen, why_not
from tests.databases.run_differences import DIFFERENT

# In `make test`; `make databases` has all.
FEW = (
    "create-special-files", "dry-run-postgresql", "fail-borg-create-2", "fail-postgresql-empty", "order-all-kinds",
)  # fmt: skip
pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", [name for name in recorded() if ALL or name in FEW])
def test_a_recorded_run(name: str, record_property: Callable[[str, object], None]) -> None:
    recording, rule = recorded()[name], DIFFERENT.get(name)
    record_property("recorded", (recording["group"], rule is not None))
    wanted = seen(recording)
    if rule is not None:
        assert rule.becomes(wanted) != wanted, (
            f"it is the same, though said to differ: {rule.reason}"
        )
        wanted = rule.becomes(wanted)
    assert seen(repeated(recording)) == wanted


def test_every_difference_is_about_a_recording() -> None:
    assert DIFFERENT.keys() <= recorded().keys()
