"""Every recorded restore, as its plan would have it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.databases.restore_differences import DIFFERENT, words
from tests.databases.restores import SHARED, expected, kind_of, recordings, replay

RECORDINGS = recordings()


@pytest.mark.skipif(not SHARED.is_dir(), reason="recordings are in ../shared, which is not here")
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda found: found["id"])
def test_the_same_is_restored(
    recording: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """The same clients with the same words and variables, in order among the same hooks, and the same end."""
    monkeypatch.chdir(tmp_path)
    found = replay(recording, tmp_path)
    wanted = [_placed(event, tmp_path) for event in expected(recording)]
    is_same = found.events == wanted and found.failed == (recording["exit_code"] != 0)
    different = DIFFERENT.get(recording["id"])
    record_property("restores", (kind_of(recording), different is not None))
    if different is not None:
        assert found.errors == different.errors, different.reason
        assert not is_same or found.errors, f"it isn't different any more: {different.reason}"
        if not different.errors:
            ours = [words(event).replace(str(tmp_path), "$TMP") for event in found.events]
            theirs = [words(event).replace(str(tmp_path), "$TMP") for event in wanted]
            assert without(ours, different.more) == without(theirs, different.less)
            assert found.failed == different.fails
        return
    assert found.errors == ()
    assert found.events == wanted
    assert found.failed == (recording["exit_code"] != 0)


def without(events: list[str], only: tuple[str, ...]) -> list[str]:
    """The others, in order. Each of `only` is there once."""
    left = list(events)
    for one in only:
        left.remove(one)
    assert not set(only) & set(left)
    return left


def _placed(event: Any, place: Path) -> Any:
    if isinstance(event, list):
        return [_placed(item, place) for item in event]
    return event.replace("$TMP", str(place)) if isinstance(event, str) else event


@pytest.mark.skipif(not SHARED.is_dir(), reason="recordings are in ../shared, which is not here")
def test_every_difference_is_about_a_recording() -> None:
    assert set(DIFFERENT) <= {recording["id"] for recording in RECORDINGS}
