"""Laws of the scheduler of roll-outs, for any hosts, limits and order in which runs end."""

from __future__ import annotations

import random
import time
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from borgplan.runtime.fleet.schedule import Job, Limits, Schedule

_SERVERS = st.lists(st.sampled_from("abc"), unique=True, max_size=2).map(lambda s: tuple(sorted(s)))
_LIMIT = st.integers(0, 4)
_LIMITS = st.builds(Limits, _LIMIT, _LIMIT, _LIMIT, _LIMIT)
_REPOSITORIES = st.lists(st.sampled_from("xyz"), unique=True, max_size=2).map(tuple)
_JOBS = st.lists(st.tuples(_SERVERS, _REPOSITORIES), max_size=20).map(
    lambda every: [Job(f"h{n}", *uses) for n, uses in enumerate(every)]
)


class Seen:
    """A roll-out that is carried out, and watched: every limit holds at every moment."""

    def __init__(
        self, jobs: list[Job], limits: Limits, failing: set[str], chance: random.Random
    ) -> None:
        self.jobs = {job.name: job for job in jobs}
        self.limits, self.failing, self.chance = limits, failing, chance
        self.schedule = Schedule(jobs, limits)
        self.started: list[str] = []
        self.running: list[str] = []
        self.failed: list[str] = []
        self._canaries = [job.name for job in jobs[: limits.canaries]]

    def carry_out(self) -> None:
        while True:
            for name in self.schedule.admit():
                self._start(name)
            if not self.running:
                return
            self._end(self.running.pop(self.chance.randrange(len(self.running))))

    def _start(self, name: str) -> None:
        assert name not in self.started
        if name not in self._canaries:
            assert set(self._canaries) <= set(self.started) - set(self.running) - set(self.failed)
        if self.limits.max_failures:
            assert len(self.failed) < self.limits.max_failures
        self.started.append(name)
        self.running.append(name)
        if self.limits.serial:
            assert len(self.running) <= self.limits.serial
        writing = Counter(s for each in self.running for s in self.jobs[each].servers)
        if self.limits.per_server:
            assert max(writing.values(), default=0) <= self.limits.per_server
        using = Counter(r for each in self.running for r in self.jobs[each].repositories)
        assert max(using.values(), default=0) <= 1

    def _end(self, name: str) -> None:
        if name in self.failing:
            self.failed.append(name)
        self.schedule.end(name, succeeded=name not in self.failing)


@given(_JOBS, _LIMITS, st.sets(st.integers(0, 19)), st.randoms(use_true_random=False))
def test_limits_hold_and_every_host_starts_once_unless_the_rollout_stops(
    jobs: list[Job], limits: Limits, failing: set[int], chance: random.Random
) -> None:
    seen = Seen(jobs, limits, {f"h{n}" for n in failing}, chance)
    seen.carry_out()
    left = set(seen.jobs) - set(seen.started)
    assert set(seen.schedule.waiting) == left
    assert bool(left) <= bool(seen.schedule.why_stopped)


@given(_JOBS, st.sets(st.integers(0, 19)))
def test_without_limits_all_hosts_start_in_their_order(jobs: list[Job], known: set[int]) -> None:
    jobs = [job._replace(repositories=()) for job in jobs]
    schedule = Schedule(jobs, Limits())
    for number in known:
        schedule.known_to_run(f"h{number}")
    expected = [job.name for n, job in enumerate(jobs) if n not in known]
    assert list(schedule.admit()) == expected


def test_what_runs_from_before_counts_against_limits() -> None:
    schedule = Schedule(
        [Job("a", ("s",)), Job("b", ("s",)), Job("c", ("t",))], Limits(per_server=1)
    )
    schedule.known_to_run("b")
    assert list(schedule.admit()) == ["c"]
    schedule.end("b", succeeded=True)
    assert list(schedule.admit()) == ["a"]


def test_ten_thousand_hosts_are_fast() -> None:
    chance = random.Random(1)
    jobs = [Job(f"h{n}", (f"s{chance.randrange(8)}",)) for n in range(10_000)]
    seen_before = time.process_time()
    schedule = Schedule(jobs, Limits(serial=200, per_server=30))
    running: list[str] = []
    started = 0
    while True:
        for name in schedule.admit():
            running.append(name)
            started += 1
        if not running:
            break
        schedule.end(running.pop(0), succeeded=True)
    assert started == len(jobs)
    assert (
        time.process_time() - seen_before < 10
    )  # a second here; a scan of all hosts for each end takes minutes
