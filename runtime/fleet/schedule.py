"""Which hosts of a roll-out start next: a state without effects, which never looks at a clock or a host.

Hosts start in their order. One that would exceed a limit of a repository server, or use a repository that another host
uses, is passed over, until a run has ended that is in its way.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence

from ...compiler.support.record import NamedTuple

# Hosts that write to one repository server. From so many connections that are being set up on, an sshd refuses some
# (MaxStartups 10:30:100).
PER_SERVER = 10


class Job(NamedTuple):
    """A host's part. `servers`: the repository servers that its plan writes to. `repositories`: those that it uses at the
    expense of other hosts, as one of them writes to it."""

    name: str
    servers: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()


class Limits(NamedTuple):
    """0 for no limit. `serial`: runs in parallel. `per_server`: of these, those that write to one repository server.
    `canaries`: the first hosts; all of them have to succeed before others start. `max_failures`: so many hosts that
    did not succeed end the roll-out."""

    serial: int = 0
    per_server: int = 0
    canaries: int = 0
    max_failures: int = 0


class Schedule:
    """The hosts that wait, those that run, and how many have failed."""

    def __init__(self, jobs: Sequence[Job], limits: Limits) -> None:
        self._limits = limits
        self._canaries = {job.name for job in jobs[: limits.canaries]}
        self._jobs = {job.name: job for job in jobs}
        # Hosts that wait for the same things wait in one queue: only its first one has to be looked at.
        self._queues: dict[tuple[object, object], deque[tuple[int, str]]] = {}
        for place, job in enumerate(jobs):
            key = job.servers, job.repositories
            self._queues.setdefault(key, deque()).append((place, job.name))
        self._running: set[str] = set()
        self._writing: Counter[str] = Counter()
        self._used: set[str] = set()
        self._ended: set[str] = set()
        self.failures = 0
        self._canary_failed = False

    def admit(self) -> Iterator[str]:
        """The hosts that may start now. Each counts as running from here on."""
        while (name := self._next()) is not None:
            self._run(name)
            yield name

    def known_to_run(self, name: str) -> None:
        """It was started earlier, whatever the limits are now."""
        if name in self._jobs and name not in self._running and name not in self._ended:
            self._run(name)

    def end(self, name: str, *, succeeded: bool) -> None:
        """A host has ended, whether it ran or not."""
        if name in self._ended or name not in self._jobs:
            return
        if name in self._running:
            self._running.remove(name)
            self._writing.subtract(self._jobs[name].servers)
            self._used.difference_update(self._jobs[name].repositories)
        self._ended.add(name)
        if not succeeded:
            self.failures += 1
            self._canary_failed |= name in self._canaries

    @property
    def why_stopped(self) -> str:
        """In words, why no other host starts; empty if they do."""
        most = self._limits.max_failures
        if self._canary_failed:
            return "a canary did not succeed"
        if most and self.failures >= most:
            return f"{self.failures} did not succeed (--max-failures {most})"
        return ""

    @property
    def waiting(self) -> list[str]:
        """The hosts that have not started, in their order."""
        known = self._running | self._ended
        return [name for name in self._jobs if name not in known]

    def _run(self, name: str) -> None:
        self._running.add(name)
        self._writing.update(self._jobs[name].servers)
        self._used.update(self._jobs[name].repositories)

    def _next(self) -> str | None:
        """The first host in the order that no limit holds up."""
        serial = self._limits.serial
        if self.why_stopped or (serial and len(self._running) >= serial):
            return None
        first = min(filter(self._fits, self._heads()), default=None)
        if first is None:
            return None
        name = first[1]
        if name not in self._canaries and not self._canaries <= self._ended:
            return None
        return name

    def _heads(self) -> Iterator[tuple[int, str]]:
        for queue in self._queues.values():
            while queue and (queue[0][1] in self._running or queue[0][1] in self._ended):
                queue.popleft()
            if queue:
                yield queue[0]

    def _fits(self, head: tuple[int, str]) -> bool:
        most, job = self._limits.per_server, self._jobs[head[1]]
        if most and any(self._writing[server] >= most for server in job.servers):
            return False
        return self._used.isdisjoint(job.repositories)
