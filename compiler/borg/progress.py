"""Which of Borg's commands tell how far they are, while somebody watches the run."""

from __future__ import annotations

from ..plan.progress import PROGRESS
from ..plan.words import Word

_READABLE = "--log-json"
_TAKE_LONG = frozenset(
    (
        "check",
        "compact",
        "create",
        "delete",
        "export-tar",
        "extract",
        "prune",
        "recreate",
        "transfer",
    )
)


def added_at(argv: tuple[Word, ...]) -> int:
    """Where flags go that a run adds: behind the one that makes Borg's log readable; 0 for nowhere."""
    return argv.index(_READABLE) + 1 if _READABLE in argv else 0


def progress_at(argv: tuple[Word, ...]) -> int:
    """Where `--progress` goes in a command of Borg that takes so long that people want to see it; 0 for nowhere, and
    where it stands already."""
    return 0 if argv[0] not in _TAKE_LONG or PROGRESS in argv else added_at(argv)
