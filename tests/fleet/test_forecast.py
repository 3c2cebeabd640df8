"""When `fleet plan` says that hosts start, and that `fleet apply` keeps to it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.compiler.driver.facts import Machine
from borgplan.runtime.fleet import manifest
from borgplan.runtime.fleet import rollout as rollouts
from borgplan.runtime.fleet.ansible import Reach
from borgplan.runtime.fleet.contact import Ask, Found
from borgplan.runtime.fleet.forecast import Forecast, forecast
from borgplan.runtime.fleet.manifest import Share
from borgplan.runtime.fleet.records import Use
from borgplan.runtime.fleet.rollout import Rollout
from borgplan.runtime.fleet.rollout_log import RolloutLog
from borgplan.runtime.fleet.schedule import Limits
from borgplan.runtime.fleet.show.forecast import rows, warnings
from borgplan.runtime.fleet.windows import NO_WINDOW, Window, window_in
from tests.fleet.test_plan import fleet, machine
from tests.support.fleet import NAME, written

__all__ = ["machine"]
NOON = time.mktime((2026, 1, 1, 12, 0, 0, 0, 1, -1))


def share(name: str, seconds: int, place: str = "") -> Share:
    location = f"ssh://s/{place or name}"
    return Share(name, "0" * 64, (Use(location, "s", writes=True, prunes=False),), seconds)


def shown(found: Forecast) -> list[str]:
    return [*rows(found), *warnings(found)]


def test_hosts_start_when_others_on_their_server_are_expected_to_end() -> None:
    shares = [share("a", 600), share("b", 300), share("c", 60), share("d", 600)]
    found = forecast(shares, Limits(per_server=2), NO_WINDOW, NOON)
    starts = {slot.host: (slot.start, slot.end) for slot in found.slots}
    assert starts == {"a": (0, 600), "b": (0, 300), "c": (300, 360), "d": (360, 960)}
    assert found.seconds == 960
    assert shown(found) == ["+0:00  2 hosts: a, b", "+0:05  1 host: c", "+0:06  1 host: d"]


def test_hosts_with_one_repository_run_one_after_another() -> None:
    shares = [share("a", 60, "one"), share("b", 60, "one"), share("c", 60)]
    found = forecast(shares, Limits(), NO_WINDOW, NOON)
    assert [(slot.host, slot.start) for slot in found.slots] == [("a", 0), ("c", 0), ("b", 60)]
    readers = [each._replace(uses=(each.uses[0]._replace(writes=False),)) for each in shares]
    assert forecast(readers, Limits(), NO_WINDOW, NOON).seconds == 60


def test_hosts_that_do_not_fit_in_the_window_are_named() -> None:
    shares = [share(f"w{n}", 1800) for n in range(1, 6)]
    found = forecast(shares, Limits(per_server=1), window_in("22:00-23:15"), NOON)
    assert shown(found) == [
        "22:00  1 host: w1", "22:30  1 host: w2", "23:00  1 host: w3",
        "Not started before the window 22:00-23:15 closes, 2 hosts: w4, w5",
        "Still running when the window 22:00-23:15 closes, 1 host: w3",
    ]  # fmt: skip


def test_an_unknown_duration_is_the_median_of_the_others() -> None:
    found = forecast([share("a", 60), share("b", 0), share("c", 600)], Limits(), NO_WINDOW, NOON)
    assert [slot.end for slot in found.slots] == [60, 330, 600]
    assert shown(found)[-1] == "Without a recorded run, counted with 6 min, 1 host: b"
    alone = forecast([share("a", 0)], Limits(), window_in("1:00-1:01"), NOON)
    assert alone.seconds is None
    assert shown(alone) == ["in this order, no duration is known: a"]


@given(st.integers(0, 24 * 60 - 1), st.integers(0, 24 * 60 - 1), st.integers(0, 86399))
def test_a_window_opens_next_when_it_is_open(start: int, end: int, second: int) -> None:
    if start == end:
        return
    window = Window(start, end, "")
    now = time.mktime((2026, 1, 1, 0, 0, second, 0, 1, -1))
    opens, length = window.next_open(now)
    assert not window.why_closed(opens)
    assert opens == now or window.why_closed(opens - 1)
    assert length is not None
    assert window.why_closed(opens + length)
    assert not window.why_closed(opens + length - 1)


_SHARES = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("xy"), st.booleans()), max_size=8)


@given(_SHARES, st.integers(0, 3), st.integers(0, 3), st.integers(0, 2))
def test_apply_starts_hosts_in_the_order_that_plan_showed(
    made: list[tuple[int, str, bool]], serial: int, per_server: int, canaries: int
) -> None:
    shares = tuple(
        Share(f"h{n}", "0" * 64, (Use(f"ssh://{s}/{'r' if one else n}", s, writes=True, prunes=False),), 60 * (t + 1))
        for n, (t, s, one) in enumerate(made)
    )  # fmt: skip
    limits = Limits(serial, per_server, canaries)
    expected = [slot.host for slot in forecast(shares, limits, NO_WINDOW, NOON).slots]
    assert started(shares, limits) == expected


def started(shares: tuple[Share, ...], limits: Limits) -> list[str]:
    """In which order a roll-out starts hosts whose runs take as long as they took before."""
    ends: dict[str, int] = {}
    clock, order = 0, list[str]()

    def answered(_: Reach, asks: Sequence[Ask]) -> Iterator[Found]:
        nonlocal clock
        for ask in asks:
            if ask.state == "started":
                order.append(ask.host)
                ends[ask.host] = clock + next(s.seconds for s in shares if s.name == ask.host)
        clock = min(ends[ask.host] for ask in asks)
        for ask in asks:
            if ends[ask.host] <= clock:
                yield Found(ask.host, how="ended", code=0, is_recorded=True)
            else:
                yield Found(ask.host, how="running", may_run=True)

    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(rollouts, "contact", answered)
        patch.setattr(time, "sleep", lambda _: None)
        log = RolloutLog(folder, "id")
        plans = manifest.Manifest("id", ("hosts.ini",), shares, "0.1.0")
        Rollout(folder, plans, Reach(()), limits, log, lambda *_: None, 60).run()
        log.close()
    return order


def test_plan_saves_the_limits_that_it_shows_and_apply_keeps_to_them(
    tmp_path: Path, machine: Machine
) -> None:
    edit = {n: (lambda text: text.replace(f"./{NAME}.borg", "./one.borg")) for n in ("c", "d")}
    written(tmp_path / "facts", machine, "abcd", edit)
    hour = time.strftime("%H", time.localtime(time.time() + 3 * 3600))
    window = f"{hour}:00-{hour}:10"  # closed now
    words = ("--facts-dir", "facts", "--window", window, "--per-server", "2")
    text = fleet(tmp_path, "plan", *words)
    assert text.code == 1  # c and d are late
    limits = f"at most 2 write to one server in parallel, in the window {window}"
    assert f"Roll-out: {limits}; about 30 min by their latest runs\n" in text.out
    assert f"  {hour}:00  2 hosts: a, b\n  Not started before" in text.out
    assert "one repository, 2 hosts, one after another" in text.out
    ran = fleet(tmp_path, "plan", *words, "-o", "out", "--format", "json")
    found = json.loads(ran.out)["rollout"]
    starts = [(each["host"], each["start"]) for each in found["starts"]]
    assert starts == [("a", 0), ("b", 0), ("c", 600), ("d", 1200)]
    assert found["not_started"] == ["c", "d"]
    saved = manifest.read(str(tmp_path / "out"))
    assert (saved.limits, saved.window) == (Limits(per_server=2), window)
    applied = fleet(tmp_path, "apply", "out", "-i", "a,b,c,d,", "--serial", "1")
    assert applied.code == 2
    announced = applied.err.splitlines()[0]
    assert announced.startswith(f"Roll-out: at most 1 host in parallel, {limits}")
