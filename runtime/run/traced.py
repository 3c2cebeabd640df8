"""The traces of a run: sent when it is over, to where `--traces` says; what is wrong with them ends no backup."""

from __future__ import annotations

from ...compiler.plan.model import Plan
from .session import Session, say


class Traced:
    """One run's part in a trace. `noted`: a reporter."""

    def __init__(self, session: Session, plan: Plan, run: str) -> None:
        from ..report.traces import Noted

        self.noted = Noted()
        self._url = session.arguments.apply.traces
        self._plan, self._run = plan, run

    def send(self, exit_code: int) -> None:
        """Say what went wrong, if anything did."""
        from importlib.util import find_spec

        from ..report.traces import LIBRARY, send

        try:
            is_there = find_spec(LIBRARY) is not None
        except ModuleNotFoundError:
            is_there = False
        if not is_there:
            say(f"No traces without the package {LIBRARY}: pip install 'borgplan[traces]'")
            return
        why = send(self._url, self._plan, self.noted, self._run, exit_code)
        if why:
            say(f"The traces could not be sent: {why}.")


def traced(session: Session, plan: Plan, run: str) -> Traced | None:
    """None where nobody wants traces, and for a dry run."""
    asked = session.arguments.apply
    return Traced(session, plan, run) if asked.traces and not asked.dry_run else None
