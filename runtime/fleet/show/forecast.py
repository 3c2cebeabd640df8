"""When hosts start, in a few lines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from ...render.phrases import count
from ..forecast import Forecast, Slot
from ..inventory import in_order
from ..schedule import Limits
from .names import hosts_named

_ROWS = 8
# Minutes between two rows.
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAY = 24 * 60


def headline(found: Forecast) -> str:
    """Within which limits the hosts run, and how long that takes."""
    window = f", in the window {found.window.text}" if found.window.text else ""
    return f"Roll-out: {limits_named(found.limits)}{window}{_duration(found)}"


def limits_named(limits: Limits) -> str:
    """In words, within which limits hosts run."""
    parts = []
    if limits.serial:
        parts.append(f"at most {count(limits.serial, 'host')} in parallel")
    if limits.per_server:
        parts.append(f"at most {limits.per_server} write to one server in parallel")
    if limits.canaries:
        parts.append(f"{count(limits.canaries, 'canary', 'canaries')} first")
    if limits.max_failures:
        parts.append(f"no other host after {count(limits.max_failures, 'failure')}")
    return ", ".join(parts) or "without limits"


def rows(found: Forecast) -> Iterator[str]:
    """Which hosts start from when on; those that start soon after one another together."""
    if found.guess is None:
        yield f"in this order, no duration is known: {hosts_named(s.host for s in found.slots)}"
        return
    late = {*found.late}
    starting = [slot for slot in found.slots if slot.host not in late]
    step = _step(starting) * 60
    groups: dict[int, list[Slot]] = {}
    for slot in starting:
        groups.setdefault(int(slot.start // step), []).append(slot)
    for number, slots in groups.items():
        names = sorted((slot.host for slot in slots), key=in_order)
        yield f"{_at(found, number * step)}  {count(len(names), 'host')}: {hosts_named(names)}"


def warnings(found: Forecast) -> Iterator[str]:
    """What may not be as somebody expects: by name, hosts that don't fit in the window, and what is a guess."""
    window = found.window.text
    if found.late:
        yield f"Not started before the window {window} closes, {_hosts(found.late)}"
    if found.exceeding:
        yield f"Still running when the window {window} closes, {_hosts(found.exceeding)}"
    if found.guess is not None and found.unknown:
        yield f"Without a recorded run, counted with {_time(found.guess)}, {_hosts(found.unknown)}"


def as_data(found: Forecast) -> dict[str, object]:
    """For JSON, documented in docs/fleet.md; times in seconds from `begins` on."""
    is_timed = found.guess is not None
    return {
        "limits": found.limits._asdict(),
        "window": found.window.text or None,
        "begins": found.begins if found.window.text else None,
        "seconds": found.seconds,
        "starts": [
            {"host": slot.host, "start": slot.start if is_timed else None,
             "end": slot.end if is_timed else None}
            for slot in found.slots
        ],
        "not_started": found.late,
        "running_after_window": found.exceeding,
        "without_duration": list(found.unknown),
    }  # fmt: skip


def _duration(found: Forecast) -> str:
    if found.seconds is None:
        return ""
    return f"; about {_time(found.seconds)} by their latest runs"


def _step(slots: Sequence[Slot]) -> int:
    """Minutes between two rows, so that there are not too many."""
    last = max((slot.start for slot in slots), default=0.0) / 60
    fitting = (step for step in _STEPS if last < step * _ROWS)
    return next(fitting, _DAY * (int(last / _DAY / _ROWS) + 1))


def _at(found: Forecast, seconds: float) -> str:
    if found.window.text:
        return time.strftime("%H:%M", time.localtime(found.begins + seconds))
    return f"+{int(seconds // 3600)}:{int(seconds // 60 % 60):02}"


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"


def _hosts(names: Sequence[str]) -> str:
    return f"{count(len(names), 'host')}: {hosts_named(sorted(names, key=in_order))}"
