"""What hosts do while their plans run: lines for people, and events for programs.

Hosts write the events of their runs down. What is new comes with the contacts that ask how a run stands, so that it costs no
contact of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping

from ...compiler.driver.saved_plan import plan_in
from ...compiler.plan.exits import Outcome
from ...compiler.shell.printable import printable
from ...compiler.support.json_reader import WrongShapeError, parse
from ...compiler.support.record import TYPE_CHECKING
from ..engine.runner import Result
from ..engine.wording import elapsed, ending, subject
from ..render.phrases import count
from ..report.line_queue import SlowReader, Target
from . import manifest
from .rollout_log import HostEnd

if TYPE_CHECKING:
    from typing import Any

_MOST = 4  # steps of a host in one line
_LONGEST = 10**9  # seconds
_PATIENCE = 10.0  # seconds that a slow reader of events has at the end


class Followed:
    """`folder`: where the plans are. `say`: takes lines for people. `target`: opens what events are written to; None
    if nobody wants them."""

    def __init__(self, folder: str, say: Callable[[str], None], target: Target | None) -> None:
        self._folder, self._say = folder, say
        self._events = SlowReader(target, _dropped) if target is not None else None
        self._titles: dict[str, list[str]] = {}

    def heard(self, host: str, text: str) -> None:
        """New events of a host, as `borgplan apply --events` writes them."""
        found = [event for line in text.splitlines() if (event := _event(line))]
        for event in found:
            self._write({**event, "host": host})
        steps = [event for event in found if event.get("event") == "step-ended"]
        if steps:
            self._say(printable(f"{host}: {self._line(host, steps)}"))
        if any(event.get("event") == "run-ended" for event in found):
            self._titles.pop(host, None)

    def became(self, host: str, what: str, end: HostEnd | None) -> None:
        """Of a host: it has `started`, contact is `lost`, or it has `ended`."""
        data = {} if end is None else {**end._asdict(), "end": end.end.value}
        self._write({"host": host, "event": f"host-{what}", "time": _now(), **data})

    def close(self) -> str:
        """Wait for the reader of events; in words how many were lost, or empty."""
        if self._events is None:
            return ""
        self._events.close(_PATIENCE)
        lost = self._events.lost
        return f"{count(lost, 'event')} lost: {self._events.why}" if lost else ""

    def _write(self, event: Mapping[str, object]) -> None:
        if self._events is not None:
            self._events.add(json.dumps(event).encode() + b"\n")

    def _line(self, host: str, steps: list[Mapping[str, Any]]) -> str:
        if host not in self._titles:
            self._titles[host] = _titles(self._folder, host)
        titles = self._titles[host]
        told = [*_in_words(steps, titles)]
        failed = [text for text in told[:-_MOST] if "FAILED" in text]
        rest = len(told) - len(failed) - min(_MOST, len(told))
        shown = [*([count(rest, "other step")] if rest else []), *failed, *told[-_MOST:]]
        return f"step {steps[-1].get('number')} of {len(titles) or '?'}: {', '.join(shown)}"


def _in_words(steps: list[Mapping[str, Any]], titles: list[str]) -> Iterator[str]:
    for step in steps:
        number, seconds = step.get("number"), step.get("seconds")
        is_known = isinstance(number, int) and 0 < number <= len(titles)
        title = titles[number - 1] if is_known and isinstance(number, int) else f"step {number}"
        took = ""
        if isinstance(seconds, int | float) and 0 <= seconds < _LONGEST:
            took = f" ({elapsed(seconds)})"
        match step.get("outcome"):
            case Outcome.DONE.value:
                yield f"{title}{took}"
            case Outcome.SOFT.value:
                yield f"{title}{took} skips what follows"
            case _:
                code, note = step.get("code"), str(step.get("note") or "")
                result = Result(Outcome.HARD, code if isinstance(code, int) else None, note=note)
                yield f"{title} FAILED: {ending(result)}"


def _titles(folder: str, host: str) -> list[str]:
    """What the steps of a host's plan run; empty if it can't be read any more."""
    try:
        with open(manifest.plan_path(folder, host), encoding="utf-8") as file:
            return [subject(step) for step in plan_in(file.read()).steps]
    except (OSError, ValueError, WrongShapeError):
        return []


def _event(line: str) -> Mapping[str, Any] | None:
    """An event; None for what no borgplan writes, as hosts may send anything."""
    try:
        found = parse(line).data
        json.dumps(found, allow_nan=False)
    except (WrongShapeError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _dropped(number: int) -> bytes:
    event = {"event": "dropped", "time": _now(), "count": number}
    return json.dumps(event).encode() + b"\n"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
