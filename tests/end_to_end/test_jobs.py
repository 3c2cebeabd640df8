"""Two repositories at the same time, with real Borg."""

from __future__ import annotations

import json

import pytest

from tests.end_to_end.configured import applied, configure, init, stored
from tests.end_to_end.home import Home, below

pytestmark = pytest.mark.borg


def test_the_creates_of_two_repositories_overlap(home: Home) -> None:
    init(home, "near", "far")
    configure(home, ["near", "far"])
    # Before 2.0 a hook's exit code 75 in the first would skip the second.
    words = ["--semantics", "2.1", "--jobs", "2", "--events", str(home.path / "events")]
    applied(home, "create", *words)
    events = [json.loads(line) for line in (home.path / "events").read_text().splitlines()]
    steps = [event["event"] for event in events if event["event"].startswith("step-")]
    assert steps == ["step-started", "step-started", "step-ended", "step-ended"]
    assert {name.encode() for name in below("documents")} <= stored(home, "near")
    assert stored(home, "near") == stored(home, "far")
