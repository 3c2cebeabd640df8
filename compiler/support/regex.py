"""Regular expressions that are compiled when they are first used: most runs meet few of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from .record import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    def lazily(pattern: str, flags: int = 0) -> re.Pattern[str]:
        """What `re.compile` gives, later."""

else:

    class lazily:  # noqa: N801  # it stands for a function
        """What `re.compile` gives, later."""

        def __init__(self, pattern: str, flags: int = 0) -> None:
            self._given = pattern, flags

        def __getattr__(self, name: str) -> Any:
            compiled = re.compile(*self._given)
            for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "split"):
                setattr(self, method, getattr(compiled, method))
            return getattr(compiled, name)


def naming(*words: str) -> Callable[[str], bool]:
    """Whether a text has one of these words, apart from others; few texts do, and only for them is an
    expression compiled."""
    apart = lazily(rf"\b(?:{'|'.join(words)})\b")
    return lambda text: any(word in text for word in words) and apart.search(text) is not None
