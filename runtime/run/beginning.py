"""What a run says first: what it is about to do, and which borgmatic release it assumes."""

from __future__ import annotations

import sys

from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan
from ..render.plan_preamble import summary
from ..report.wrapping import fitting
from .guess import guess
from .session import Session, say


def announce(session: Session, compilation: Compilation, plan: Plan) -> None:
    """To standard error, in lines that fit the terminal."""
    arguments = session.arguments
    what = "Dry run" if arguments.apply.dry_run else "Running"
    columns = session.style(sys.stderr, compilation).columns
    for text in (f"{what}: {summary(plan)}.", guess(compilation, plan, arguments)):
        if text:
            say("\n".join(fitting(text, columns)))
