"""The metrics file of a run: written when it is over, however it ended; what is wrong with it ends no backup."""

from __future__ import annotations

import time

from ...compiler.plan.model import Plan
from ...compiler.support.record import TYPE_CHECKING
from ..system.host import reason
from .session import Session, say

if TYPE_CHECKING:
    from ..engine.ended import Report
    from ..engine.repositories import Former

_LIBRARY = "prometheus_client"


def _is_there() -> bool:
    from importlib.util import find_spec

    return find_spec(_LIBRARY) is not None


class Measured:
    """From the beginning of a run to its end. The command line says where, or else the plan."""

    def __init__(self, session: Session) -> None:
        arguments = session.arguments
        self._path = arguments.apply.metrics
        self._wanted = not arguments.apply.dry_run
        self._began, self._started = time.time(), time.monotonic()

    def refused(self, session: Session, plan: Plan | None, exit_code: int) -> int:
        """Nothing was run; `plan`: None if there is none. The exit code, as it was given."""
        self._write(session, plan, None, exit_code, refused=True)
        return exit_code

    def end(
        self, session: Session, plan: Plan, report: Report | None, exit_code: int, former: Former
    ) -> None:
        """`report`: None if a second signal has ended the run. `former`: what new archives are compared with."""
        self._write(session, plan, report, exit_code, refused=False, former=former)

    def _write(
        self,
        session: Session,
        plan: Plan | None,
        report: Report | None,
        exit_code: int,
        *,
        refused: bool,
        former: Former | None = None,
    ) -> None:
        path = self._path or (plan.metrics if plan is not None else "")
        if not (self._wanted and path):
            return
        if not _is_there():
            say(
                f"No metrics: {path} is not written without the package prometheus-client:"
                " pip install 'borgplan[metrics]'"
            )
            return
        from ..engine.measures import measures
        from ..report.metrics import write

        seconds = time.monotonic() - self._started
        found = measures(
            plan, report, self._began, seconds, exit_code, refused=refused, former=former or {}
        )
        # A resumed run is about what is left of another.
        is_whole = session.arguments.command == "apply" and not session.arguments.repository
        try:
            write(path, found, _outstanding(session), is_whole=is_whole)
        except OSError as error:
            say(f"The metrics could not be written: {path}: {reason(error)}.")
        except ValueError:
            say(f"The metrics could not be written: {path}: is not a path.")


def _outstanding(session: Session) -> int | None:
    """How many cleanups all runs of this user owe; None if no journal tells."""
    from ..journal.interrupted import outstanding
    from ..system.paths import journal_path

    return outstanding(journal_path(session.host.environment, session.host.home))
