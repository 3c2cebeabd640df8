"""Which statuses let a hook run: every phase with every choice of `states`."""

from __future__ import annotations

import pytest

from borgplan.compiler.lower.placement import trigger_of
from borgplan.compiler.plan.model import Phase, Trigger

SUCCESS, FAILURE, ALWAYS = Trigger.SUCCESS, Trigger.FAILURE, Trigger.ALWAYS


@pytest.mark.parametrize(
    ("states", "entering", "leaving", "recovering"),
    [
        (None, SUCCESS, ALWAYS, FAILURE),
        (("finish", "fail"), SUCCESS, ALWAYS, FAILURE),
        (("finish",), SUCCESS, SUCCESS, None),
        (("fail",), SUCCESS, FAILURE, FAILURE),
        ((), SUCCESS, None, None),
    ],
)
def test_states_of_a_hook(
    states: tuple[str, ...] | None,
    entering: Trigger,
    leaving: Trigger | None,
    recovering: Trigger | None,
) -> None:
    assert trigger_of(Phase.ENTER, states) is entering
    assert trigger_of(Phase.EXIT, states) is leaving
    assert trigger_of(Phase.RECOVER, states) is recovering
