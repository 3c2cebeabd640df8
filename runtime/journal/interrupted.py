"""Runs that were interrupted: what they owe, and whether something of them still runs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing

from ...compiler.analysis.recovery import PendingCleanup, giving
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Role, ScopeKind, Step
from ...compiler.plan.work import Process
from ...compiler.shell.printable import printable
from ...compiler.support.record import NamedTuple
from ..engine.wording import subject
from ..system.process_identity import step_runs
from .marks import Group, groups, marked, unmark
from .records import Run, StepRecord, cut_steps, derived, open_runs, outstanding_of, plan_of, steps
from .store import UnusableError, open_for_reading, path_of


class InterruptedRun(NamedTuple):
    """A run that was interrupted. `takes`: what it owes, the latest first. `plan` is None if it can no
    longer be read. `cut`: the steps in which that happened. `left`: the process groups of steps that still
    run. `payer`: another process that is recovering it just now. `reports`: the failures that monitoring
    services haven't been told of. `fed`: those of `left` that belong to a step whose input
    came through borgplan: without it they can't end well, if at all."""

    run: Run
    takes: tuple[PendingCleanup, ...]
    plan: Plan | None
    cut: tuple[StepRecord, ...]
    left: tuple[int, ...]
    payer: int | None
    reports: tuple[Step, ...] = ()
    fed: tuple[int, ...] = ()

    @property
    def is_outstanding(self) -> bool:
        """Whether there is anything to do, or to wait for."""
        return bool(self.takes or self.left or self.reports)

    @property
    def is_in_the_way(self) -> bool:
        """Whether no other run may begin before; a report that is missing keeps no backup from being made."""
        return bool(self.takes or self.left)

    @property
    def steps(self) -> list[Step]:
        """Those that give back what is owed."""
        return giving(self.plan, self.takes) if self.plan else []


def interrupted_runs(connection: sqlite3.Connection) -> list[InterruptedRun]:
    """Of all runs that were interrupted and not looked after, the oldest first."""
    return [
        interrupted_run_of(connection, run)
        for run in open_runs(connection)
        if run.kind != "recover" and not run.goes_on
    ]


def in_the_way_of(connection: sqlite3.Connection, files: Iterable[str]) -> list[InterruptedRun]:
    """Those that have to be settled before a run of these configuration files."""
    own = set(files)
    return [
        d
        for d in interrupted_runs(connection)
        if d.is_in_the_way and own & set(d.run.configurations)
    ]


def interrupted_run_of(connection: sqlite3.Connection, run: Run) -> InterruptedRun:
    """What a run owes that was interrupted."""
    recovering = derived(connection, run, "recover")
    left = [found for each in (run, *recovering) for found in _left(connection, each)]
    payers = [each.process.pid for each in recovering if each.goes_on]
    plan = plan_of(connection, run)
    return InterruptedRun(
        run,
        tuple(outstanding_of(connection, run)),
        plan,
        tuple(cut_steps(connection, run)),
        tuple(group.pid for _, group in left),
        payers[0] if payers else None,
        _reports(connection, run, plan, recovering),
        tuple(group.pid for name, group in left if _is_fed(_step(plan, name))),
    )


def _reports(
    connection: sqlite3.Connection, run: Run, plan: Plan | None, recovering: Sequence[Run]
) -> tuple[Step, ...]:
    """What monitoring services haven't been told of a run that was interrupted."""
    if run.closed or run.goes_on or plan is None or not reports_in(plan):
        return ()
    from .past import JournalPast
    from .reports import unreported

    later = [record for each in recovering for record in steps(connection, each)]
    past = JournalPast(lambda question: question(connection), run.number)
    return unreported(plan, steps(connection, run), later, past)


def reports_in(plan: Plan) -> bool:
    """Whether a plan reports anything to monitoring services."""
    return any(step.role is Role.NOTIFY for step in plan.steps)


def _is_fed(step: Step | None) -> bool:
    return step is not None and isinstance(step.work, Process) and bool(step.work.feeds)


def _left(connection: sqlite3.Connection, run: Run) -> list[tuple[str, Group]]:
    """The process groups of its steps that still run, although it doesn't, with those steps."""
    steps_cut = [] if run.goes_on else cut_steps(connection, run)
    started = groups(path_of(connection), run.id) if steps_cut else {}
    found = [(cut.step, group) for cut in steps_cut for group in started.get(cut.number, ())]
    return [(n, group) for n, group in found if step_runs(group.pid, group.clock, run.process.boot)]


def refusal(journal: str, plan: Plan) -> str:
    """For whom only looks on: a line for each run on account of which `apply` would refuse the plan.

    `journal`: its path. One that can't be read is none.
    """
    from .recorder import configurations_of

    marks = {*marked(journal)}  # before the runs: one that has just begun is among both
    try:
        connection = open_for_reading(journal)
        if connection is None:
            return ""
        with closing(connection):
            still = {run.id for run in open_runs(connection)}
            owing = in_the_way_of(connection, configurations_of(plan))
    except (UnusableError, sqlite3.Error):
        return ""
    for run in marks - still:
        unmark(journal, run)
    return "".join(
        f"Run {interrupted.run.id} of {' and '.join(map(printable, interrupted.run.configurations))} was interrupted and has {_cleanups(interrupted)}: apply refuses to run until"
        f" `borgplan recover {interrupted.run.id}` has been run.\n"
        for interrupted in owing
    )


def outstanding(journal: str) -> int | None:
    """How many cleanups all runs owe together; None if no journal tells. `journal`: its path."""
    try:
        connection = open_for_reading(journal)
        if connection is None:
            return None
        with closing(connection):
            return sum(len(interrupted.takes) for interrupted in interrupted_runs(connection))
    except (UnusableError, sqlite3.Error):
        return None


def _cleanups(interrupted: InterruptedRun) -> str:
    number = len(interrupted.steps) or len(interrupted.takes)
    return f"{number or 'no'} outstanding {'cleanup' if number == 1 else 'cleanups'}"


def close(connection: sqlite3.Connection, run: Run, how: str) -> None:
    """Note that nobody has to look after a run any more; see `store` for the words."""
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "UPDATE run SET closed = ? WHERE closed = '' AND (number = ? OR kind = 'recover' AND origin = ?)",
        (how, run.number, run.number),
    )
    for each in (run, *derived(connection, run, "recover")):
        unmark(path_of(connection), each.id)


def story(interrupted: InterruptedRun) -> list[str]:
    """What happened, and what is owed, in lines."""
    run = interrupted.run
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.began))
    files = " and ".join(map(printable, run.configurations))
    of = f" of {files}" if files else ""
    lines = [f"Run {run.id}{of} (started {began}) was interrupted{_where(interrupted)}."]
    if interrupted.left:
        what = "That step still runs" if len(interrupted.left) == 1 else "These steps still run"
        lines.append(f"  {what}: {groups_named(interrupted.left)}.")
    if interrupted.payer is not None:
        lines.append(f"  Process {interrupted.payer} is running its cleanups now.")
    lines += [
        f"  outstanding cleanup: {_outstanding(take, interrupted)}" for take in interrupted.takes
    ]
    lines += [f"  outstanding report: {step.title}" for step in interrupted.reports]
    for place in _interrupted_places(interrupted):
        lines += [
            f"  Borg was working on {place}. Borg removes locks of dead processes on this",
            "  machine itself; a lock from another machine may need `borgplan apply --actions break-lock`.",
        ]
    return lines


def groups_named(left: Sequence[int]) -> str:
    word = "process group" if len(left) == 1 else "process groups"
    return f"{word} {' and '.join(map(str, left))}"


def _interrupted_places(interrupted: InterruptedRun) -> list[str]:
    """The repositories that Borg worked on."""
    if interrupted.plan is None:
        return []
    tree = index(interrupted.plan)
    steps = [step for cut in interrupted.cut if (step := _step(interrupted.plan, cut.step))]
    return [
        tree.name_of(step.scope, ScopeKind.REPOSITORY) for step in steps if step.role is Role.BORG
    ]


def _where(interrupted: InterruptedRun) -> str:
    if not interrupted.cut:
        return " between two steps"
    return " in " + " and in ".join(_named(interrupted.plan, cut.step) for cut in interrupted.cut)


def _named(plan: Plan | None, name: str) -> str:
    step = _step(plan, name)
    return f"step {_number(plan, name)}, {subject(step)}" if step else name


def _outstanding(take: PendingCleanup, interrupted: InterruptedRun) -> str:
    taking = _step(interrupted.plan, take.step)
    if interrupted.plan is None or taking is None:
        return f"{take.what}, acquired by {take.step}"
    giver = next(step for step in giving(interrupted.plan, [take]))
    return f"{subject(giver)} (step {_number(interrupted.plan, taking.id)}, {subject(taking)}, had started)"


def _step(plan: Plan | None, name: str) -> Step | None:
    return next((s for s in plan.steps if s.id == name), None) if plan else None


def _number(plan: Plan | None, name: str) -> int:
    return next((n for n, s in enumerate(plan.steps, 1) if s.id == name), 0) if plan else 0
