"""Windows of time: when they are open, and what a roll-out does when one is closed, or closes in the middle."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.runtime.fleet import manifest
from borgplan.runtime.fleet import rollout as rollouts
from borgplan.runtime.fleet.ansible import Reach
from borgplan.runtime.fleet.contact import Ask, Found
from borgplan.runtime.fleet.rollout import Rollout
from borgplan.runtime.fleet.rollout_log import RolloutLog
from borgplan.runtime.fleet.schedule import Limits
from borgplan.runtime.fleet.windows import Window, window_in
from tests.fleet.test_once import _saved
from tests.fleet.test_plan import fleet

_DAY = 24 * 60
_MINUTE = st.integers(0, _DAY - 1)


@given(_MINUTE, _MINUTE, _MINUTE)
def test_a_window_is_open_from_its_start_until_before_its_end(
    start: int, end: int, minute: int
) -> None:
    if start != end:
        since = (minute - start) % _DAY
        assert Window(start, end, "").is_open(minute) == (since < (end - start) % _DAY)


@pytest.mark.parametrize("text", ["", "22:00", "22-06", "24:00-06:00", "22:60-23:00", "6:00-06:00"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="such as 22:00-06:00"):
        window_in(text)


def test_a_window_says_why_it_is_closed() -> None:
    noon = time.mktime((2026, 1, 1, 12, 5, 0, 0, 1, -1))
    assert window_in("22:00-6:00").why_closed(noon) == "the window 22:00-6:00 is closed at 12:05"
    assert not window_in("12:05-12:06").why_closed(noon)


def test_outside_of_its_window_nothing_starts(tmp_path: Path) -> None:
    folder = _saved(tmp_path / "out")
    now = time.localtime(time.time() + 3 * 3600)
    later = time.localtime(time.time() + 4 * 3600)
    window = f"{now.tm_hour:02}:00-{later.tm_hour:02}:00"
    ran = fleet(tmp_path, "apply", str(folder), "-i", "a,", "--window", window)
    assert ran.code == 2
    assert f"not started, because the window {window} is closed at " in ran.out
    assert "starting" not in (folder / "rollout-0123.jsonl").read_text()


def test_a_window_that_closes_in_the_middle_starts_no_other_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def answered(_: Reach, asks: Sequence[Ask]) -> Iterator[Found]:
        asked.append([ask.host for ask in asks])
        for ask in asks:
            yield Found(ask.host, how="ended", code=0, is_recorded=True)

    monkeypatch.setattr(rollouts, "contact", answered)
    shares = tuple(manifest.Share(name, "0" * 64, (), 1) for name in "abcde")
    plans = manifest.Manifest("id", ("hosts.ini",), shares, "0.1.0")
    log = RolloutLog(str(tmp_path), "id")
    rollout = Rollout(
        str(tmp_path), plans, Reach(()), Limits(serial=2), log, lambda *_: None, 60,
        lambda: "closed" if len(asked) >= 2 else "",
    )  # fmt: skip
    rollout.run()
    log.close()
    assert asked == [["a", "b"], ["c", "d"]]
    assert (rollout.schedule.waiting, rollout.why_stopped) == (["e"], "closed")
    open_again = RolloutLog(str(tmp_path), "id")
    second = Rollout(
        str(tmp_path), plans, Reach(()), Limits(), open_again, lambda *_: None, 60
    )  # fmt: skip
    second.run()
    open_again.close()
    assert asked[2:] == [["e"]]
    assert not second.why_stopped
