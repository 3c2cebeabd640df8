"""How far Borg says that it is. Source: Borg's documentation, "JSON output", and records of 1.2.4 and 1.4.5."""

from __future__ import annotations

from ...compiler.support.regex import lazily
from ..engine.progress import ArchiveProgress, PartProgress, Progress

# A text ends with the share that is done, or begins with it.
_SHARE = lazily(r"\s*\d+(?:\.\d+)?%\s*")
_LARGEST = 1 << 63


def progress_of(entry: dict[str, object]) -> Progress | None:
    """What a record tells; None where it says that something is over."""
    if entry.get("finished"):
        return None
    if entry.get("type") == "archive_progress":
        compressed, added = entry.get("compressed_size"), entry.get("deduplicated_size")
        return ArchiveProgress(
            _whole(entry.get("nfiles")) or 0,
            _whole(entry.get("original_size")) or 0,
            _whole(compressed),
            _whole(added),
            str(entry.get("path") or ""),
        )
    text = str(entry.get("message") or "")
    if not text:
        return None
    current, total = _whole(entry.get("current")), _whole(entry.get("total"))
    done = min(max(current / total, 0.0), 1.0) if current is not None and total else None
    return PartProgress(_SHARE.sub(" ", text).strip() if done is not None else text, done)


def _whole(number: object) -> int | None:
    """A number that an archive or a repository can have."""
    if isinstance(number, bool) or not isinstance(number, int) or abs(number) >= _LARGEST:
        return None
    return number
