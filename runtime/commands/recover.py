"""`borgplan recover`: run the outstanding cleanups of an interrupted run."""

from __future__ import annotations

import argparse
import os

from ..cli.parser import parse
from ..engine.wording import subject
from ..journal.at_hand import AtHand, add_at_hand, at_hand
from ..journal.handle import Journal
from ..journal.interrupted import InterruptedRun, close, interrupted_run_of, interrupted_runs, story
from ..journal.records import Run, runs_named
from ..render.phrases import no_single_run
from ..run.cleanup_run import PATIENCE, SIGNALLED, run_cleanups
from ..run.session import Session, say
from ..system.host import RealHost


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("words", nargs="*", default=[], metavar="RUN|CONFIG",
        help="a run's id in `borgplan history`, the beginning of that, or last (default: all runs with outstanding cleanups); or configuration "
             "files, for their runs")  # fmt: skip
    add_at_hand(parser, positional=False)
    add(
        "-n",
        "--dry-run",
        action="store_true",
        help="show the outstanding cleanups without running them",
    )
    add("--forget", action="store_true",
        help="run nothing and drop the outstanding cleanups, after a repair by hand")  # fmt: skip
    add("--wait", type=int, default=PATIENCE, metavar="SECONDS",
        help=f"wait this long for a step that still runs (default: {PATIENCE})")  # fmt: skip
    add("-q", "--quiet", action="store_true", help="print only failures")


def run(namespace: argparse.Namespace) -> int:
    """0 everything is given back, or nothing was owed; 1 a cleanup failed; 2 none was run; 128+n signal n
    came, after which no other run is recovered."""
    from ..run.run_record import open_journal

    words = ("--quiet",) if namespace.quiet else ()
    session = Session(parse(["apply", *words]), RealHost())
    journal = open_journal(session, begins=False)
    if journal.why:
        return 2
    name, configs = _meant(namespace.words)
    about = at_hand((*configs, *namespace.config), everything=namespace.all)
    found = _chosen(journal, name, about)
    if found is None:
        return 2
    if not found:
        say("No cleanup is outstanding.")
    if not name:
        _tell_of_others(journal, about)
    worst = 0
    for interrupted in found:
        worst = max(worst, _one(session, journal, interrupted, namespace))
        if worst > SIGNALLED:
            break
    journal.close()
    return worst


def _meant(words: list[str]) -> tuple[str, list[str]]:
    """The name of a run, or empty, and the configurations behind it: what is a file is no run."""
    is_named = bool(words) and not (
        words[0].endswith((".yaml", ".yml")) or os.path.lexists(words[0])
    )
    return (words[0], words[1:]) if is_named else ("", words)


def _tell_of_others(journal: Journal, about: AtHand) -> None:
    """What runs of other files owe is theirs; that they do is worth a line."""
    none: list[InterruptedRun] = []
    owing = [
        interrupted
        for interrupted in journal.ask(interrupted_runs, none)
        if interrupted.is_outstanding
    ]
    others = sum(not about.has(interrupted.run.configurations) for interrupted in owing)
    if others:
        owe = "runs of other files have" if others > 1 else "run of other files has"
        say(f"{others} {owe} outstanding cleanups: borgplan recover --all")


def _chosen(journal: Journal, name: str, about: AtHand) -> list[InterruptedRun] | None:
    """What is to be recovered; None, after saying why, if the name doesn't tell."""
    none: list[InterruptedRun] = []
    if not name:
        owing = [
            interrupted
            for interrupted in journal.ask(interrupted_runs, none)
            if interrupted.is_outstanding
        ]
        return [interrupted for interrupted in owing if about.has(interrupted.run.configurations)]
    runs: list[Run] = []
    runs = journal.ask(lambda c: runs_named(c, name, about, recoveries=False), runs)
    if len(runs) != 1:
        say(f"borgplan recover: {no_single_run(name, len(runs), about)}")
        return None
    only = runs[0]
    if only.goes_on:
        say(f"borgplan recover: run {only.id} is still running, as process {only.process.pid}")
        return None
    interrupted = journal.ask(lambda c: interrupted_run_of(c, only), None)
    return [interrupted] if interrupted and not only.closed and interrupted.is_outstanding else []


def _one(
    session: Session, journal: Journal, interrupted: InterruptedRun, namespace: argparse.Namespace
) -> int:
    for line in story(interrupted):
        say(line)
    if namespace.forget:
        journal.ask(lambda c: close(c, interrupted.run, "forgotten"), None)
        say("  Outstanding cleanups dropped.")
        return 0
    if namespace.dry_run:
        for step in (*interrupted.steps, *interrupted.reports):
            say(f"  would run: {subject(step)}")
        return 0
    return run_cleanups(session, journal, interrupted, namespace.wait)
