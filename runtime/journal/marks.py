"""A file for each run that goes on or was cut short, beside the journal: as long as there is none, nothing is
owed, and `plan` can tell without a database. What they say more is said by the journal alone.
"""

from __future__ import annotations

import os
from contextlib import suppress


def mark(journal: str, run: str) -> None:
    """`run`: its id. Where it can't be marked only `plan` doesn't tell; `apply` asks the journal."""
    with suppress(OSError):
        os.makedirs(_folder(journal), mode=0o700, exist_ok=True)
        os.close(
            os.open(f"{_folder(journal)}/{run}", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        )


def unmark(journal: str, run: str) -> None:
    with suppress(OSError):
        os.unlink(f"{_folder(journal)}/{run}")


def marked(journal: str) -> list[str]:
    """The ids of such runs, and maybe of some that have been looked after since."""
    try:
        return os.listdir(_folder(journal))
    except OSError:
        return []


def _folder(journal: str) -> str:
    return f"{journal}.open"
