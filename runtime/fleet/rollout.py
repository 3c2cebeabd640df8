"""A roll-out: saved plans applied on their hosts, within limits, each at most once.

A contact that starts a run has two tasks: the first one looks, and starts nothing, so that a host which it does not
reach is known not to run; the second one starts, and waits for the end of a short run. From there on the host needs
nobody. A host that is lost meanwhile counts as running until it is heard again, or nobody waits for it any more; how it
ended is then in its journal.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable

from ...compiler.support.enums import Enum
from ...compiler.support.record import NamedTuple
from . import manifest, servers
from .ansible import Reach
from .contact import Ask, Found, contact
from .rollout_log import FINAL, End, HostEnd, RolloutLog
from .schedule import Limits, Schedule

_WAIT = 4.0  # seconds that hosts wait for the end of a run before they answer, all in all
_FORKS = 5  # hosts that Ansible contacts at once, unless it is told otherwise
_LONGEST = 10.0  # seconds between two rounds
_LAST_LINES = 12
_TRIES = 3  # of a module that fails on a host


class _Phase(Enum):
    START = 1  # it was not asked to start, as far as is known
    POLL = 2  # it may run


class _Part(NamedTuple):
    """A host that has not ended. `heard`: when it last answered, by the monotonic clock. `problem`: in words, why it did
    not answer the last time; `tries`: how often its module failed since. `seen`: bytes of its events that are known."""

    phase: _Phase
    heard: float
    problem: str = ""
    tries: int = 0
    seen: int = 0


# Takes the name of a host, and new events of its run as lines.
Follow = Callable[[str, str], None]
# Is told of a host and of what has become of it: `started`, `lost` or `ended`.
Tell = Callable[[str, str, HostEnd | None, str], None]


class Rollout:
    """`folder`: where the plans are. `patience`: seconds after which a host that is not heard is given up. `why_closed`:
    says in words why nothing may start now, or is empty; what it said once holds for this roll-out."""

    def __init__(
        self, folder: str, plans: manifest.Manifest, reach: Reach, limits: Limits, log: RolloutLog, tell: Tell,
        patience: float, why_closed: Callable[[], str] = str, follow: Follow = lambda *_: None,
    ) -> None:  # fmt: skip
        self._folder, self._reach, self._log, self._tell = os.path.abspath(folder), reach, log, tell
        self._id, self._patience = plans.id, patience
        self._digests = {share.name: share.sha256 for share in plans.hosts}
        jobs = servers.jobs({share.name: share.uses for share in plans.hosts})
        self.schedule = Schedule(jobs, limits)
        self._why_closed, self._closed = why_closed, ""
        self._follow = follow
        self._parts: dict[str, _Part] = {}
        self.ends: dict[str, HostEnd] = {}
        self._resume()

    @property
    def running(self) -> list[str]:
        """Hosts that have been asked to start, so that they may run, and have not ended as far as is known."""
        return [*self._parts]

    def run(self) -> None:
        """Until every host has ended, or no other one may start. Raises AnsibleError."""
        pause = 0.0
        while True:
            for name in self._admitted():
                self._parts[name] = _Part(_Phase.START, time.monotonic())
            if not self._parts:
                return
            is_polling = all(part.phase is _Phase.POLL for part in self._parts.values())
            if is_polling:
                time.sleep(pause)
            before = self._phases()
            for found in contact(self._reach, self._asks(is_polling=is_polling)):
                self._heard(found)
            self._give_up()
            pause = 0.0 if self._phases() != before else min(_LONGEST, pause * 2 + 0.5)

    @property
    def why_stopped(self) -> str:
        """In words, why no other host starts; empty if they do, or if none is left."""
        return self.schedule.why_stopped or self._closed

    def _admitted(self) -> Iterable[str]:
        if self.schedule.waiting and not self._closed:
            self._closed = self._why_closed()
        return () if self._closed else self.schedule.admit()

    def _phases(self) -> dict[str, _Phase]:
        return {name: part.phase for name, part in self._parts.items()}

    def _resume(self) -> None:
        """What an earlier controller knew. Hosts on which nothing ran are asked again."""
        for name, known in self._log.known.items():
            if name not in self._digests:
                continue
            if known.end is not None and known.end.end in FINAL:
                self.ends[name] = known.end
                self.schedule.end(name, succeeded=known.end.end is End.SUCCEEDED)
            elif known.end is None or known.end.end is End.UNKNOWN:
                self.schedule.known_to_run(name)
                self._parts[name] = _Part(_Phase.POLL, time.monotonic())

    def _asks(self, *, is_polling: bool) -> list[Ask]:
        """Where hosts are to start, none waits for those that run."""
        waves = -(-len(self._parts) // (self._reach.forks or _FORKS))
        return [
            self._ask(
                name, part, _WAIT / waves if is_polling or part.phase is _Phase.START else 0.0
            )
            for name, part in self._parts.items()
        ]

    def _ask(self, name: str, part: _Part, wait: float) -> Ask:
        is_start = part.phase is _Phase.START
        if is_start:
            self._log.starting(name)
        plan = manifest.plan_path(self._folder, name) if is_start else ""
        return Ask(
            name, f"{self._id}-{name}", "started" if is_start else "looked",
            digest=self._digests[name], plan=plan, wait=wait, seen=part.seen,
        )  # fmt: skip

    def _heard(self, found: Found) -> None:
        name, part = found.host, self._parts[found.host]
        if found.problem:
            self._not_heard(found, part)
        elif found.how in ("ended", "interrupted"):
            self._follow(name, found.events)
            self._end(name, _end_of(found))
        elif found.how == "running":
            if part.phase is not _Phase.POLL or part.problem:
                self._log.started(name)
                self._tell(name, "started", None, "")
            self._follow(name, found.events)
            self._parts[name] = _Part(_Phase.POLL, time.monotonic(), seen=found.seen)
        else:  # it does not run, and has not run
            self._parts[name] = _Part(_Phase.START, part.heard)

    def _not_heard(self, found: Found, part: _Part) -> None:
        name = found.host
        if part.phase is _Phase.START and not found.may_run:
            how = End.REFUSED if found.is_reached else End.UNREACHABLE
            self._end(name, HostEnd(how, text=found.problem.removeprefix("unreachable: ")))
            return
        if not part.problem:
            self._tell(name, "lost", None, found.problem)
        tries = part.tries + found.is_reached
        self._parts[name] = part._replace(phase=_Phase.POLL, problem=found.problem, tries=tries)

    def _give_up(self) -> None:
        now = time.monotonic()
        for name, part in [*self._parts.items()]:
            is_over = now - part.heard > self._patience or part.tries >= _TRIES
            if is_over:
                text = part.problem or "it does not start"
                self._end(name, HostEnd(End.UNKNOWN, text=text))

    def _end(self, name: str, end: HostEnd) -> None:
        self._log.ended(name, end)
        del self._parts[name]
        self.ends[name] = end
        self.schedule.end(name, succeeded=end.end is End.SUCCEEDED)
        self._tell(name, "ended", end, "")


def _end_of(found: Found) -> HostEnd:
    text = "\n".join(found.output.strip().splitlines()[-_LAST_LINES:])
    if found.how == "interrupted":
        end = End.INTERRUPTED
    elif found.code == 0:
        return HostEnd(End.SUCCEEDED, 0, found.seconds, found.cleanups)
    elif found.is_refused:
        end = End.REFUSED
    else:
        end = End.INTERRUPTED if (found.code or 0) > 128 else End.FAILED
    return HostEnd(end, found.code, found.seconds, found.cleanups, text)
