"""Which of Borg's commands tell how far they are, while somebody watches the run."""

from __future__ import annotations

from ..plan.progress import PROGRESS
from ..plan.words import Word

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


def progress_at(argv: tuple[Word, ...], start: int) -> int:
    """Where `--progress` goes in a command that takes so long that people want to see it; 0 for nowhere, and where it
    stands already. `start`: the words before `argv`."""
    if argv[0] not in _TAKE_LONG or "--log-json" not in argv or PROGRESS in argv:
        return 0
    return start + argv.index("--log-json") + 1
