"""What is said when something unforeseen happens: a report instead of a traceback."""

from __future__ import annotations

import os
import sys
import traceback

from ..system.version import VERSION

BUG = 3


def report_bug(error: Exception) -> int:
    """One line that says where, to standard error; the exit code."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{os.path.basename(f.filename)}:{f.lineno}" for f in reversed(frames[-4:]))
    print(
        f"borgplan {VERSION}: internal error {type(error).__name__} at {places}\n"
        "This is a bug of borgplan, and nothing you did. Please report this line with the command you ran.",
        file=sys.stderr,
    )
    return BUG
