"""Children at the same time: the same steps, the same end, the same order within each of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.compiler.analysis.concurrency import overlap
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Plan, Retry, Scope, ScopeId, ScopeKind, Status, Step
from borgplan.compiler.plan.words import GIVEN, Value
from borgplan.compiler.plan.work import SHOWN, values_in
from borgplan.runtime.engine.ended import Report
from borgplan.runtime.engine.reporters import Reporter, Silent
from borgplan.runtime.engine.runner import Result, Runner
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.run.lanes import Threads
from tests.runtime.build import (
    FAILED_EXIT,
    command,
    plan,
    run_scope,
    scope,
    shell,
    step,
)
from tests.runtime.test_laws import laws, sound_plans

T = TypeVar("T")
Ends = Mapping[str, Sequence[Outcome]]


class Script:
    """Steps end as scripted, once for each of their turns; what each was told is kept."""

    def __init__(self, ends: Ends) -> None:
        self._ends = {step: list(outcomes) for step, outcomes in ends.items()}
        self.signal: int | None = None
        self.ran: list[tuple[str, Mapping[Value, str]]] = []

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        self.ran.append((step.id, values))
        left = self._ends.get(step.id)
        outcome = left.pop(0) if left else Outcome.DONE
        return Result(outcome, {Outcome.DONE: 0, Outcome.SOFT: 75}.get(outcome, 1), step.id)

    def wait(self, seconds: float) -> None: ...


class Backwards:
    """Lanes that run what may run at the same time from back to front: the order that differs most."""

    def __init__(self, waves: Mapping[ScopeId, int], runner: Runner) -> None:
        self.waves = waves
        self.used: list[str] = []
        self._runner = runner

    @contextmanager
    def lane(self, child: Scope) -> Iterator[tuple[Runner, Reporter]]:
        self.used.append(child.id)
        yield self._runner, Silent()

    def run(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        return [task() for task in reversed(tasks)][::-1]


def both(plan: Plan, ends: Ends) -> tuple[Script, Report, Script, Report]:
    alone, beside = Script(ends), Script(ends)
    waves = overlap(plan).waves
    return (
        alone, interpret(plan, alone), beside,
        interpret(plan, beside, lanes=Backwards(waves, beside)),
    )  # fmt: skip


def assert_same(plan: Plan, ends: Ends) -> None:
    alone, report, beside, other = both(plan, ends)
    assert (report.status, report.exit_code) == (other.status, other.exit_code)
    assert list(report.results.items()) == list(other.results.items())
    assert sorted(report.failed) == sorted(other.failed)
    assert in_scopes(plan, alone) == in_scopes(plan, beside)


def in_scopes(plan: Plan, script: Script) -> dict[str, list[tuple[str, Mapping[Value, str]]]]:
    """What ran in each scope by itself, with what it was told that it can use: of other steps what its words name."""
    steps = {step.id: step for step in plan.steps}
    found: dict[str, list[tuple[str, Mapping[Value, str]]]] = {}
    for name, told in script.ran:
        named = {value for value, _ in values_in(steps[name].work)}
        usable = {v: text for v, text in told.items() if v.producer in GIVEN or v in named}
        found.setdefault(steps[name].scope, []).append((name, usable))
    return found


@st.composite
def scripts(draw: st.DrawFn) -> tuple[Plan, Ends]:
    found = draw(sound_plans(most_steps=12, most_scopes=7))
    retries = st.builds(
        Retry, st.integers(0, 2), st.just(0),
        st.sampled_from([(Status.FAILED,), (Status.FAILED, Status.SKIPPED)]), st.booleans(),
    )  # fmt: skip
    scopes = tuple(one._replace(retry=draw(st.just(Retry()) | retries)) for one in found.scopes)
    ends = {
        step.id: draw(st.lists(st.sampled_from(_outcomes(step)), max_size=3))
        for step in found.steps
    }
    return found._replace(scopes=scopes), ends


def _outcomes(step: Step) -> list[Outcome]:
    soft = [Outcome.SOFT] if step.work.exits.soft else []
    return [Outcome.DONE, Outcome.HARD, *soft]


@laws
@given(scripts())
def test_at_the_same_time_is_the_same_as_one_after_the_other(case: tuple[Plan, Ends]) -> None:
    assert_same(*case)


def repositories(*names: str, **steps: Step) -> Plan:
    scopes = [scope(name, "file", ScopeKind.REPOSITORY) for name in names]
    work = [step(f"create-{n}", n, work=command("borg", "create", n)) for n in names]
    return plan([run_scope(), scope("file"), *scopes], [*work, *steps.values()])


def test_repositories_of_a_file_may_run_together() -> None:
    found = overlap(repositories("/a", "/b", "/c"))
    assert found.groups() == [["/a", "/b", "/c"]]
    assert found.apart == ()


def test_the_law_is_not_empty() -> None:
    """In the order that differs most the repositories do change places."""
    there = repositories("/a", "/b")
    _, _, beside, _ = both(there, {})
    assert [ran for ran, _ in beside.ran] == ["create-/b", "create-/a"]
    assert_same(there, {"create-/a": [Outcome.HARD]})


def test_what_is_tried_again_runs_alone_and_keeps_no_others_from_running_together() -> None:
    names = ["/a", "/b", "/c", "/d"]
    first, *rest = [scope(name, kind=ScopeKind.REPOSITORY) for name in names]
    first = first._replace(retry=Retry(1, 0, (Status.FAILED,)))
    there = plan([run_scope(), first, *rest], [step(name, name) for name in names])
    script = Script({"/a": [Outcome.HARD]})
    lanes = Backwards({"/a": 0, "/b": 0, "/c": 1, "/d": 1}, script)
    interpret(there, script, lanes=lanes)
    assert [name for name, _ in script.ran] == ["/b", "/a", "/d", "/c", "/a"]
    assert lanes.used == ["/b", "/a", "/d", "/c"]


def why(found: Plan) -> list[str]:
    return [apart.why for apart in overlap(found).apart]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("mount /mnt/a", "mount /mnt/a", "`mount /mnt/a` uses the mount /mnt/a"),
        ("mount /mnt", "pg_dump -f /mnt/dump", "uses the file /mnt/dump"),
        ("systemctl stop app", "systemctl start app.service", "uses the service"),
        ("./prepare.sh", "mount /mnt", "hooks of both may use the same resource (`./prepare.sh`)"),
        ("echo $(./prepare.sh)", "./other.sh", "may use the same resource"),
        (
            "sh -c 'mount /mnt/a'",
            "umount /mnt/a",
            "hooks of both may use the same resource (`sh -c 'mount /mnt/a'`)",
        ),
    ],
)
def test_hooks_about_the_same_thing_keep_repositories_apart(
    one: str, other: str, reason: str
) -> None:
    hooks = {"a": step("ha", "/a", work=shell(one)), "b": step("hb", "/b", work=shell(other))}
    (found,) = why(repositories("/a", "/b", **hooks))
    assert reason in found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mount /mnt/a", "mount /mnt/b"),
        ("echo begin", 'echo "end of $(hostname)"'),
        ("curl -fsS https://example.org/a", "./prepare.sh"),
        ("systemctl stop one", "systemctl stop other"),
    ],
)
def test_hooks_about_other_things_do_not(one: str, other: str) -> None:
    hooks = {"a": step("ha", "/a", work=shell(one)), "b": step("hb", "/b", work=shell(other))}
    assert why(repositories("/a", "/b", **hooks)) == []


def test_one_repository_under_two_names_is_one() -> None:
    assert why(repositories("/a", "/x/../a/")) == ["both use the repository /x/../a/"]


def test_what_a_failure_would_leave_out_runs_afterwards() -> None:
    there = repositories("/a", "/b")
    scopes = [
        one._replace(on_child_failed=FAILED_EXIT) if one.id == "file" else one
        for one in there.scopes
    ]
    assert why(there._replace(scopes=tuple(scopes))) == [
        "a failure in the earlier one would skip it"
    ]


def test_answers_come_one_after_the_other() -> None:
    lists = [
        step(f"list-{n}", n, work=command("borg", "list", n)._replace(output=SHOWN)) for n in "ab"
    ]
    scopes = [scope(n, "file", ScopeKind.REPOSITORY) for n in "ab"]
    assert why(plan([run_scope(), scope("file"), *scopes], lists)) == ["both print a result"]


def test_tasks_run_at_the_same_time() -> None:
    together = threading.Barrier(3)
    assert sorted(Threads(3).run([lambda: together.wait(30)] * 3)) == [0, 1, 2]


def test_no_more_threads_than_allowed_even_within_tasks() -> None:
    threads = Threads(3)
    running: list[int] = []
    most = 0

    def leaf() -> int:
        nonlocal most
        running.append(1)
        most = max(most, len(running))
        running.pop()
        return 1

    def branch() -> int:
        return sum(threads.run([leaf] * 50))

    assert threads.run([branch] * 10) == [50] * 10
    assert 1 <= most <= 3


def test_a_task_that_raises_lets_the_others_end() -> None:
    ended: list[int] = []

    def bad() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Threads(2).run([bad, lambda: ended.append(1), lambda: ended.append(2)])
    assert sorted(ended) == [1, 2]
