"""A roll-out over 10,000 hosts against a few repository servers, as a simulation of discrete events.

Hosts run for random times, some fail. Checked at every event: no limit is exceeded, nothing starts twice, nothing is
forgotten. Printed: how busy the servers were, how long the night was, and what the scheduler cost.
"""

from __future__ import annotations

import heapq
import random
import sys
import time
from collections import Counter

from borgplan.runtime.fleet.schedule import Job, Limits, Schedule

HOSTS, SERVERS = 10_000, 8
LIMITS = Limits(serial=400, per_server=40, canaries=20)
FAILING = 0.01


def main() -> int:
    """0 if everything held."""
    chance = random.Random(21)
    jobs = [Job(f"host{n}", _servers(chance)) for n in range(HOSTS)]
    seconds = {job.name: chance.lognormvariate(6.17, 0.8) for job in jobs}
    servers = {job.name: job.servers for job in jobs}
    canaries = {job.name for job in jobs[: LIMITS.canaries]}
    began = time.process_time()
    schedule = Schedule(jobs, LIMITS)
    events: list[tuple[float, str]] = []
    clock, started, most, failed = 0.0, set[str](), Counter[str](), 0
    writing: Counter[str] = Counter()
    while True:
        for name in schedule.admit():
            assert name not in started, f"{name} started twice"
            started.add(name)
            writing.update(servers[name])
            heapq.heappush(events, (clock + seconds[name], name))
            for server in servers[name]:
                most[server] = max(most[server], writing[server])
        assert len(events) <= LIMITS.serial, "serial is exceeded"
        assert max(writing.values(), default=0) <= LIMITS.per_server, "per_server is exceeded"
        if not events:
            break
        clock, name = heapq.heappop(events)
        writing.subtract(servers[name])
        succeeded = name in canaries or chance.random() >= FAILING
        failed += not succeeded
        schedule.end(name, succeeded=succeeded)
    cost = time.process_time() - began
    assert len(started) == HOSTS, f"only {len(started)} hosts started"
    work = sum(seconds[job.name] * len(job.servers) for job in jobs)
    least = work / (SERVERS * LIMITS.per_server)
    print(
        f"{HOSTS:,} hosts, {SERVERS} servers, {failed} failed: {clock / 3600:.1f} h, at least {least / 3600:.1f} h by the limits;"
        f" most writers of a server: {max(most.values())} of {LIMITS.per_server}; scheduler: {cost:.2f} s of CPU"
    )
    return 0


def _servers(chance: random.Random) -> tuple[str, ...]:
    """One server, or a second one for every tenth host."""
    number = 2 if chance.random() < 0.1 else 1
    return tuple(sorted(f"server{n}" for n in chance.sample(range(SERVERS), number)))


if __name__ == "__main__":
    sys.exit(main())
