"""Times as people write them: `90`, `90s`, `5m`, `1h30m`."""

from __future__ import annotations

import re

_DURATION = re.compile(r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s?)?")


def duration(text: str) -> int | None:
    """In seconds; None if `text` is no time."""
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
