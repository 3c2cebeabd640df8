"""Before a run: what earlier ones that were interrupted still owe."""

from __future__ import annotations

from collections.abc import Sequence

from ..journal.handle import Journal
from ..journal.interrupted import InterruptedRun, close, interrupted_runs, story
from .session import Session, say


def resolve_pending(
    session: Session, journal: Journal, files: Sequence[str], *, recover: bool
) -> bool:
    """Whether a run of these configuration files may begin.

    What a run of one of them owes has to be given back first: here, with `recover`. A failure that services
    haven't been told of is reported here in any case. What runs of other files owe is told by `history` and
    `recover`.
    """
    none: list[InterruptedRun] = []
    may_run = True
    for interrupted in journal.ask(interrupted_runs, none):
        if not set(files) & set(interrupted.run.configurations):
            continue
        for line in story(interrupted):
            say(line)
        if not interrupted.is_outstanding:
            journal.ask(lambda c, run=interrupted.run: close(c, run, "noticed"), None)  # type: ignore[misc]
            say("  No cleanup is outstanding. To "
                f"resume it: borgplan resume {interrupted.run.id}")  # fmt: skip
        elif not interrupted.is_in_the_way:
            from .cleanup_run import run_cleanups

            run_cleanups(
                session, journal, interrupted
            )  # a service that isn't reached keeps no backup waiting
            say(f"  To resume it: borgplan resume {interrupted.run.id}")
        elif recover:
            from .cleanup_run import run_cleanups

            may_run = run_cleanups(session, journal, interrupted) == 0 and may_run
        else:
            may_run = False
            say(
                f"borgplan refuses to run. First: borgplan recover {interrupted.run.id}   (or add --recover)"
            )
            say(
                f"If you have repaired that by hand: borgplan recover --forget {interrupted.run.id}"
            )
    return may_run
