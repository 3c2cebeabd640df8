"""Every recorded run with monitoring services, as its plan would have it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.scenario import Scenario
from tests.notify.deliberate import RULES, By, deliberate
from tests.notify.recordings import SHARED, expected, recordings
from tests.notify.replay import replay, same, without_added_compact
from tests.support.laboratory import Laboratory

RECORDINGS = recordings()


@pytest.mark.parametrize("scenario", RECORDINGS, ids=str)
def test_the_same_is_sent(
    scenario: Scenario,
    laboratory: Laboratory,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """The same requests with the same bodies, in order among the same hooks and Borg commands."""
    monkeypatch.setenv("HOME", str(laboratory.tmp / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(laboratory.tmp / "home/.config"))
    found, code = replay(scenario, laboratory)
    recorded = expected(scenario)
    found = without_added_compact(found, recorded)
    is_same = same(found, recorded) and (code != 0) == scenario.failed
    reason = deliberate(scenario, By.SIMULATION)
    record_property("monitoring", ("in simulation", scenario.version, bool(reason)))
    if reason:
        assert not is_same, f"it isn't different any more: {reason}"
        return
    assert found == recorded or same(found, recorded)
    assert (code != 0) == scenario.failed


@pytest.mark.skipif(not SHARED.is_dir(), reason="a sample doesn't show every difference")
def test_every_rule_is_about_a_recording() -> None:
    said = {deliberate(scenario, by) for scenario in RECORDINGS for by in By}
    assert {rule.reason for rule in RULES} <= said
