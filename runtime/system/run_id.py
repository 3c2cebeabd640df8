"""What a run is called in events and logs."""

from __future__ import annotations

import os
import time


def new_run_id() -> str:
    """Sorts by time, and no two runs have the same."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()) + f"-{os.urandom(4).hex()}"
