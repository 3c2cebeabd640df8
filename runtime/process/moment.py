"""What only the moment in which a step begins can say: the time, and the machine it is on."""

from __future__ import annotations

import os
import time

from ...compiler.plan.words import Known, Value


def at_the_moment() -> dict[Value, str]:
    """The late values that no plan and no walk over one knows."""
    from datetime import datetime

    nanoseconds = time.time_ns()
    now = datetime.fromtimestamp(nanoseconds / 1e9).astimezone()
    return {
        Known.TIME: now.isoformat(),
        Known.NANOSECONDS: str(nanoseconds),
        Known.HOST: os.uname().nodename,
    }
