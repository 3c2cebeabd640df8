"""Recorded runs with monitoring services, by real processes against a real server: the same requests with the same
bodies, in order among the same hooks and Borg commands.

`ALL_RECORDINGS=1` (`make monitoring`) takes all of them; otherwise every tenth.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conformance.scenario import Scenario
from tests.notify.deliberate import By, deliberate
from tests.notify.real import arrived, happened, run
from tests.notify.recording_server import NAMES, Servers, servers
from tests.notify.recordings import expected, recordings
from tests.notify.replay import alike, replay, without_added_compact
from tests.support.laboratory import Laboratory, Server
from tests.support.web import Authority, authority

EVERY = recordings()
RECORDINGS = EVERY if os.environ.get("ALL_RECORDINGS") == "1" else EVERY[::10]


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("certificates"), NAMES)


@pytest.fixture(scope="module")
def services(trusted: Authority) -> Iterator[Servers]:
    with servers(trusted) as found:
        yield found


@pytest.fixture
def simulated(tmp_path: Path, server: Server) -> Laboratory:
    folder = tmp_path / "simulated"
    folder.mkdir()
    return Laboratory(folder, server)


@pytest.mark.parametrize("scenario", RECORDINGS, ids=str)
def test_the_same_arrives(
    scenario: Scenario,
    laboratory: Laboratory,
    simulated: Laboratory,
    services: Servers,
    trusted: Authority,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """Where a body holds the log, whose wording is no part of this, the plan says where it stands."""
    monkeypatch.setenv("HOME", str(simulated.tmp / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(simulated.tmp / "home/.config"))
    recorded = arrived(scenario, expected(scenario))
    ran = run(scenario, laboratory, services, str(trusted.root))
    assert "internal error" not in ran.stderr
    found = without_added_compact(happened(ran, str(laboratory.tmp)), recorded)
    foreseen = without_added_compact(replay(scenario, simulated)[0], recorded)
    is_same = alike(found, recorded, foreseen) and (ran.exit_code != 0) == scenario.failed
    reason = deliberate(scenario, By.PROCESSES)
    record_property("monitoring", ("by real processes", scenario.version, bool(reason)))
    if reason:
        assert not is_same, f"it isn't different any more: {reason}"
        return
    assert is_same or (found, ran.exit_code, ran.stderr) == (recorded, scenario.failed, "")
