"""What signals leave undone: nothing but what the plan says, and nothing that borgmatic would have done.

Real signals to real runs, as in `test_signals.py`: of configurations that take things and give them back,
in each generation, and at the points at which borgmatic itself was recorded.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from borgplan.compiler.analysis.cleanup import cleanup
from borgplan.compiler.analysis.failures import failures
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Plan
from borgplan.compiler.plan.work import Shell
from borgplan.compiler.semantics import PROFILES
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.run.session import Session, compile_all
from borgplan.runtime.system.host import RealHost
from tests.conformance.scenario import Scenario, all_scenarios
from tests.conformance.stopping import Moment, Point, Stage, Story
from tests.conformance.test_signals import interrupted, stage, surroundings
from tests.conformance.test_traces import prepare
from tests.support.interrupts import STOPPING
from tests.support.laboratory import working_directory

__all__ = ["stage"]  # a fixture

_EVERY = 1 if os.environ.get("ALL_TRACES") else 9
_GIVES = {"start": "stop", "close": "open", "umount": "mount", "thaw": "freeze"}
_REPOSITORIES = "repositories: [{path: $TMP/repos/r1.borg}, {path: $TMP/repos/r2.borg}]"
_NESTED = f"""\
source_directories: [/etc/hostname]
{_REPOSITORIES}
keep_daily: 1
commands:
    - {{before: configuration, run: [hook stop app, hook open vault]}}
    - {{before: repository, run: [hook mount disk]}}
    - {{before: action, when: [create], run: [hook freeze fs]}}
    - {{after: action, when: [create], run: [hook thaw fs]}}
    - {{after: repository, run: [hook umount disk]}}
    - {{after: configuration, run: [hook close vault, hook start app]}}
"""
_SECTIONS = """\
location:
    source_directories: [/etc/hostname]
    repositories: [$TMP/repos/r1.borg, $TMP/repos/r2.borg]
retention: {keep_daily: 1}
hooks:
    before_everything: [hook open vault]
    before_backup: [hook stop app]
    after_backup: [hook start app]
    on_error: [hook start app]
    after_everything: [hook close vault]
"""


_LEAKING = _SECTIONS.replace("    on_error: [hook start app]\n", "")


def _taking() -> Iterator[Scenario]:
    for profile in PROFILES:
        names = {"sections": _SECTIONS, "leaking": _LEAKING}
        if profile.name.startswith("2"):
            names = {"sections": _SECTIONS, "nested": _NESTED}
        for name, text in names.items():
            data = {
                "group": "taking",
                "files": {"borgmatic.d/first.yaml": text},
                "args": ["--config", "$TMP/borgmatic.d/first.yaml", "create", "prune"],
            }
            yield Scenario(profile.name, name, data)


TAKING = list(_taking())[::_EVERY]
RECORDED = [
    scenario
    for scenario in all_scenarios()
    if scenario.group == "signal" and scenario.data["signal"]["signal"] in ("TERM", "INT", "HUP")
][::_EVERY]


@pytest.fixture
def plan(
    request: pytest.FixtureRequest, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Scenario, Plan, list[str]]]:
    scenario: Scenario = request.param
    words = prepare(scenario, stage.laboratory, even_deliberate=True)
    surroundings(scenario, stage.laboratory, monkeypatch)
    with working_directory(stage.laboratory.tmp / "cwd"):
        plan = compile_all(Session(parse(["plan", "--offline", *words]), RealHost())).plan
        assert plan is not None
        yield scenario, plan, words


@pytest.mark.parametrize("plan", TAKING, ids=str, indirect=True)
def test_only_what_the_plan_says_stays_taken(
    plan: tuple[Scenario, Plan, list[str]],
    stage: Stage,
    record_property: Callable[[str, object], None],
) -> None:
    scenario, compiled, words = plan
    _, turns = stage.predicted(compiled, scenario, [])
    taken = stayed = 0
    others: list[str] = []
    for number, turn in enumerate(turns):
        point = Point(number, Moment.DURING, STOPPING[number % len(STOPPING)])
        announced, held = stage.predicted(compiled, scenario, [], point)
        seen, problems = stage.ran(words, scenario, held, point)
        assert (seen, problems) == (announced, []), stage.said()
        # Whether a step that was stopped has done its own work nobody knows: plans don't speak of it.
        own = _given_by(compiled, turn.step) | _taken_by(compiled, turn.step)
        left = _left(compiled, seen) - (set() if turn.leaves else own)
        taken += len(_left(compiled, seen._replace(ended=seen.ended[: number + 1])))
        stayed += len(left)
        said = _announced(compiled, turn.step)
        if left != said:
            others.append(f"{point} {turn.step}: {left} stays taken, announced: {said}")
    record_property("taken", (len(turns), taken, stayed, others))
    assert taken
    assert not others, "\n".join(others)


def _left(plan: Plan, seen: Story) -> set[str]:
    """The takes that began and have not been given back since; an interrupted one may have done it."""
    left: set[str] = set()
    for step, outcome in seen.ended:
        if outcome is Outcome.DONE:
            left -= _given_by(plan, step)
        left |= _taken_by(plan, step)
    return left


def _taken_by(plan: Plan, step: str) -> set[str]:
    verb, what = _words(plan, step)
    return {f"{verb} {what}"} if verb in _GIVES.values() else set()


def _given_by(plan: Plan, step: str) -> set[str]:
    verb, what = _words(plan, step)
    return {f"{_GIVES[verb]} {what}"} if verb in _GIVES else set()


def _words(plan: Plan, step: str) -> list[str]:
    """A hook without its first word; nothing of that kind for Borg."""
    work = next(s.work for s in plan.steps if s.id == step)
    return work.written.split()[1:] if isinstance(work, Shell) else ["-", "-"]


def _announced(plan: Plan, stopped: str) -> set[str]:
    """What `plan --failures` says that stays taken after an interrupt at a step."""
    number = [step.id for step in plan.steps].index(stopped)
    found = set()
    for leak in cleanup(plan, failures(plan)).leaks:
        if leak.outcome is Outcome.INTERRUPTED and leak.first <= number <= leak.last:
            work = plan.steps[leak.take.step].work
            if number in leak.failure.steps and isinstance(work, Shell):
                found.add(work.written.removeprefix("hook "))
    return found


@pytest.mark.parametrize("plan", RECORDED, ids=str, indirect=True)
def test_no_cleanup_is_left_out_that_borgmatic_did(
    plan: tuple[Scenario, Plan, list[str]],
    stage: Stage,
    record_property: Callable[[str, object], None],
) -> None:
    scenario, compiled, words = plan
    slow = next(fault for fault in scenario.data["faults"] if fault.get("slow"))
    before = [f for f in scenario.faults(str(stage.laboratory.tmp)) if not f.get("slow")]
    recorded = scenario.data["trace"]
    cut = next(place for place, event in enumerate(recorded) if _is(slow, event))
    undisturbed, turns = stage.predicted(compiled, scenario, before)
    place = next(n for n, event in enumerate(undisturbed.trace) if _is(slow, event))
    starts = [number for number, turn in enumerate(turns) for _ in turn.ends]
    number = signal.Signals[f"SIG{scenario.data['signal']['signal']}"]
    point = Point(starts[place], Moment.DURING, number)
    others = interrupted(stage, compiled, words, scenario, before, point)
    ours, _ = stage.predicted(compiled, scenario, before, point)
    theirs = recorded[cut + 1 :]
    did = {tuple(event[2:4]) for event in ours.trace[place + 1 :]}
    went_on = any(event[0] == "borg" for event in theirs)  # to them it was a failure, or nothing
    done = {tuple(event[2:4]) for event in theirs}
    if not went_on and not done <= did:
        others.append(f"{scenario}: borgmatic ran {done - did}")
    record_property("undone", (len(did - done), others))
    assert not others, "\n".join(others)


def _is(fault: dict[str, Any], event: list[str]) -> bool:
    if fault["event"] != event[0]:
        return False
    if event[0] == "hook":
        return bool(event[2:][: len(fault["argv"])] == fault["argv"])
    return event[1] == fault["subcommand"] and event[2].endswith(
        f"/repos/{fault['repository']}.borg"
    )
