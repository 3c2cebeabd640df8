"""`borgplan resume`: resume a failed or interrupted run, with the plan it had."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Set
from contextlib import chdir

from ...compiler.analysis.resume_plan import remaining
from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan, StepId
from ...compiler.source.host import UnreadableError
from ...compiler.support.digest import sha256
from ..cli.parser import parse
from ..engine.wording import subject
from ..journal.at_hand import AtHand, add_at_hand, at_hand
from ..journal.evidence import Answer, ask, begun_later, done_in, doubtful
from ..journal.handle import Journal
from ..journal.interrupted import close, interrupted_run_of, story
from ..journal.records import Run, StepRecord, derived, plan_of, runs_named, steps
from ..process.secrets import missing_secrets
from ..render.phrases import no_single_run
from ..run.cleanup_run import PATIENCE, wait_for
from ..run.configuration_at_run import as_then
from ..run.run_record import RunRecord, open_journal
from ..run.session import Session, say, write
from ..system.host import RealHost, read_regular

_MAX_INPUT = 1 << 30


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "run",
        metavar="RUN",
        help="the run's id in `borgplan history`, the beginning of that, or last",
    )
    add_at_hand(parser)
    add(
        "-n", "--dry-run", action="store_true", help="show what would run and what would be skipped"
    )
    add("--recover", action="store_true",
        help="first run the outstanding cleanups of interrupted runs")  # fmt: skip
    add("--unsure", choices=("ask", "repeat", "skip"), default="ask",
        help="what to do with commands that must not run twice if it is "
             "unknown whether they ran (default: refuse)")  # fmt: skip
    add("-y", "--yes", action="store_true", help="confirm irreversible steps again")
    add("-q", "--quiet", action="store_true", help="print only failures")


def run(namespace: argparse.Namespace) -> int:
    """As `apply`; 0 also if nothing is left to do, 2 if it can't be gone on with."""
    session = Session(parse(["apply"]), RealHost())
    journal = open_journal(session, begins=False)
    if journal.why:
        return 2
    about = at_hand((*namespace.configs, *namespace.config), everything=namespace.all)
    chosen = _chosen(journal, namespace.run, about)
    if isinstance(chosen, int):
        return chosen
    plan = journal.ask(lambda c: plan_of(c, chosen), None)
    if plan is None:
        say(f"The plan of run {chosen.id} can't be read: borgplan {chosen.version} wrote it.")
        return 2
    if not os.path.isdir(chosen.directory):
        say(
            f"The directory {chosen.directory}, where run {chosen.id} was started, no longer exists: create it again."
        )
        return 2
    with chdir(chosen.directory):
        return _resume(session, journal, chosen, plan, namespace)


def _chosen(journal: Journal, name: str, about: AtHand) -> Run | int:
    """The run to go on with, or, after saying why there is none, the exit code."""
    none: list[Run] = []
    found = journal.ask(lambda c: runs_named(c, name, about, recoveries=False), none)
    if len(found) != 1:
        say(f"borgplan resume: {no_single_run(name, len(found), about)}")
        return 2
    only = found[0]
    later = journal.ask(lambda c: derived(c, only, "resume"), none)
    if only.kind == "recover":
        say(f"Run {only.id} only ran cleanups; repeat it with: borgplan recover")
    elif only.goes_on:
        say(f"Run {only.id} is still running, as process {only.process.pid}.")
    elif later:
        say(f"Run {only.id} was resumed as {later[-1].id}: borgplan resume {later[-1].id}")
    elif only.exit_code == 0 and only.closed == "ended":
        say(f"Run {only.id} succeeded; nothing is left to do.")
        return 0
    else:
        return only
    return 2


def _resume(
    session: Session, journal: Journal, run: Run, plan: Plan, namespace: argparse.Namespace
) -> int:
    changed = _changed(plan)
    for path in changed:
        say(f"{path} has changed since run {run.id}.")
    if changed:
        say("borgplan refuses to resume it: run the new configuration with `borgplan apply`.")
        return 2
    interrupted = journal.ask(lambda c: interrupted_run_of(c, run), None)
    if interrupted is None:
        return 2
    if interrupted.is_in_the_way and not namespace.recover:
        for line in story(interrupted):
            say(line)
        say(f"borgplan refuses to resume it before `borgplan recover {run.id}`; or add --recover.")
        if not namespace.dry_run:
            return 2
    elif (
        interrupted.left
        and not namespace.dry_run
        and wait_for(journal, interrupted, PATIENCE) is None
    ):
        return 2
    compilation, then = as_then(session, run, plan)
    arguments = then._replace(
        command="resume",
        apply=then.apply._replace(
            quiet=namespace.quiet, recover=namespace.recover, dry_run=False, yes=namespace.yes
        ),
    )
    there = Session(arguments, RealHost())
    done = _done(journal, run, plan, compilation, namespace.unsure)
    if done is None:
        return 2
    rest = remaining(plan, done)
    missing = missing_secrets(rest, compilation.secrets)
    for secret in missing:
        say(f"borgplan refuses to run: `{secret.option}` of {secret.file} can no longer be read")
    if missing:
        return 2
    if namespace.dry_run:
        write(_shown(plan, rest, done))
        return 0
    if not interrupted.takes:
        journal.ask(lambda c: close(c, run, "noticed"), None)
    journal.close()
    if not rest.steps:
        say(f"Run {run.id} has nothing left to do.")
        return 0
    from .apply import carry_out

    return carry_out(there, compilation, rest, RunRecord(there, compilation, rest, run.number))


def _changed(plan: Plan) -> list[str]:
    """The files that the plan was made from and that are not as they were."""
    return [file.path for file in plan.inputs if _digest(file.path) != file.digest]


def _digest(path: str) -> str:
    try:
        return sha256(read_regular(path, _MAX_INPUT)).hexdigest()
    except UnreadableError:
        return ""


def _done(
    journal: Journal, run: Run, plan: Plan, compilation: Compilation, unsure: str
) -> Set[StepId] | None:
    """The steps that went well, also those of which Borg has to be asked; None, after saying why, if
    it isn't known."""
    none: list[StepRecord] = []
    records = journal.ask(lambda c: steps(c, run), none)
    done = set(done_in(plan, records))
    known = True
    for step, record in doubtful(plan, records):
        until = journal.ask(lambda c, s=step: begun_later(c, run, plan, s), math.inf)  # type: ignore[misc]
        answer = ask(step, record.began, until, compilation.secrets)
        if answer is Answer.UNKNOWN and unsure == "ask":
            known = False
            say(f"Whether {subject(step)} ({step.id}) completed is unknown, and Borg can't tell.")
            say("Check, then resume with --unsure repeat or --unsure skip.")
        elif answer is Answer.YES or (answer is Answer.UNKNOWN and unsure == "skip"):
            done.add(step.id)
    return done if known else None


def _shown(plan: Plan, rest: Plan, done: Set[StepId]) -> str:
    left = {step.id for step in rest.steps}
    lines = []
    for number, step in enumerate(plan.steps, 1):
        word = "runs" if step.id in left else "done" if step.id in done else "skipped"
        lines.append(f"{word:<9}{number:>5}  {subject(step)}  {step.id}\n")
    return "".join(lines)
