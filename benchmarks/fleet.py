"""A roll-out over 10,000 hosts against a few repository servers, by the events that `fleet plan` forecasts.

Hosts run for random times, some fail, some share a repository. Checked at every event: no limit is exceeded, nothing
starts twice, nothing is forgotten. Printed: how busy the servers were, how long the night was, and what it cost.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter

from borgplan.runtime.fleet.forecast import events
from borgplan.runtime.fleet.schedule import Job, Limits, Schedule

HOSTS, SERVERS = 10_000, 8
LIMITS = Limits(serial=400, per_server=40, canaries=20)
FAILING = 0.01


def main() -> int:
    """0 if everything held."""
    chance = random.Random(21)
    jobs = [Job(f"host{n}", *_uses(chance, n)) for n in range(HOSTS)]
    known = {job.name: job for job in jobs}
    seconds = {job.name: chance.lognormvariate(6.17, 0.8) for job in jobs}
    canaries = {job.name for job in jobs[: LIMITS.canaries]}
    failing = {name for name in known if name not in canaries and chance.random() < FAILING}
    started, running = set[str](), set[str]()
    most, writing, using = Counter[str](), Counter[str](), Counter[str]()
    night, began = 0.0, time.process_time()
    for clock, name, is_start in events(Schedule(jobs, LIMITS), seconds, failing):
        night, job = clock, known[name]
        if not is_start:
            running.remove(name)
            writing.subtract(job.servers)
            using.subtract(job.repositories)
            continue
        assert name not in started, f"{name} started twice"
        assert name in canaries or not running & canaries, "a canary has not ended"
        started.add(name)
        running.add(name)
        writing.update(job.servers)
        using.update(job.repositories)
        for server in job.servers:
            most[server] = max(most[server], writing[server])
        assert len(running) <= LIMITS.serial, "serial is exceeded"
        assert max(writing.values(), default=0) <= LIMITS.per_server, "per_server is exceeded"
        assert max(using.values(), default=0) <= 1, "a repository is used twice at once"
    cost = time.process_time() - began
    assert len(started) == HOSTS, f"only {len(started)} hosts started"
    work = sum(seconds[job.name] * len(job.servers) for job in jobs)
    least = work / (SERVERS * LIMITS.per_server)
    print(
        f"{HOSTS:,} hosts, {SERVERS} servers, {len(failing)} failed: {night / 3600:.1f} h, at least {least / 3600:.1f} h by the limits;"
        f" most writers of a server: {max(most.values())} of {LIMITS.per_server}; CPU: {cost:.2f} s"
    )
    return 0


def _uses(chance: random.Random, number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """One server, or a second one for every tenth host; every hundredth host shares a repository with nine others."""
    several = 2 if chance.random() < 0.1 else 1
    servers = tuple(sorted(f"server{n}" for n in chance.sample(range(SERVERS), several)))
    return servers, (f"shared{number // 1000}",) if number % 100 == 0 else ()


if __name__ == "__main__":
    sys.exit(main())
