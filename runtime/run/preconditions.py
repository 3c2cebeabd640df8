"""Before a run: what earlier ones that were interrupted still owe."""

from __future__ import annotations

from collections.abc import Sequence

from ..journal.handle import Journal
from ..journal.interrupted import Debt, close, debts, story
from .session import Session, say


def settle(session: Session, journal: Journal, files: Sequence[str], *, recover: bool) -> bool:
    """Whether a run of these configuration files may begin.

    What a run of one of them owes has to be given back first: here, with `recover`. A failure that services
    haven't been told of is reported here in any case. What runs of other files owe is told by `history` and
    `recover`.
    """
    none: list[Debt] = []
    may_run = True
    for debt in journal.ask(debts, none):
        if not set(files) & set(debt.run.configurations):
            continue
        for line in story(debt):
            say(line)
        if not debt.is_owed:
            journal.ask(lambda c, run=debt.run: close(c, run, "noticed"), None)  # type: ignore[misc]
            say("  No cleanup is outstanding. To "
                f"resume it: borgplan resume {debt.run.id}")  # fmt: skip
        elif not debt.is_in_the_way:
            from .cleanup_run import run_cleanups

            run_cleanups(
                session, journal, debt
            )  # a service that isn't reached keeps no backup waiting
            say(f"  To resume it: borgplan resume {debt.run.id}")
        elif recover:
            from .cleanup_run import run_cleanups

            may_run = run_cleanups(session, journal, debt) == 0 and may_run
        else:
            may_run = False
            say(
                f"borgplan refuses to run. First: borgplan recover {debt.run.id}   (or add --recover)"
            )
            say(f"If you have repaired that by hand: borgplan recover --forget {debt.run.id}")
    return may_run
