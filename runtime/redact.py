"""Known secrets taken out of whatever is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

SHORTEST = 4  # a shorter one would blacken ordinary text, and protects nothing
MASK = b"(hidden)"


def _forms(secret: str) -> set[bytes]:
    """A secret as it is, and as it stands in JSON."""
    return {secret.encode("utf-8", "surrogateescape"), json.dumps(secret)[1:-1].encode()}


class Masks:
    """What is not to be shown."""

    def __init__(self, secrets: Iterable[str]) -> None:
        words = {form for secret in secrets for form in _forms(secret)}
        # Longest first: of two that begin alike the whole one goes.
        self.words = sorted((w for w in words if len(w) >= SHORTEST), key=len, reverse=True)
        self.pattern = re.compile(b"|".join(map(re.escape, self.words)))

    def hide(self, data: bytes) -> bytes:
        """Bytes without secrets."""
        return self.pattern.sub(MASK, data) if self.words else data

    def text(self, text: str) -> str:
        """A whole text without secrets."""
        if not self.words:
            return text
        data = self.hide(text.encode("utf-8", "surrogateescape"))
        return data.decode("utf-8", "surrogateescape")


class Redactor:
    """Of one stream: takes bytes as they come; holds back an end that may be the beginning of a secret."""

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        if not self._masks.words:
            return data
        data = self._held + data
        place = len(data) - self._beginning(data)
        for match in self._masks.pattern.finditer(data):
            if match.start() < place < match.end():
                place = match.end()
        self._held = data[place:]
        return self._masks.hide(data[:place])

    def end(self) -> bytes:
        rest, self._held = self._held, b""
        return self._masks.hide(rest)

    def _beginning(self, data: bytes) -> int:
        """How many of the last bytes are the beginning of a secret."""
        longest = min(len(data), len(self._masks.words[0]) - 1)
        for length in range(longest, 0, -1):
            end = data[-length:]
            if any(word.startswith(end) for word in self._masks.words):
                return length
        return 0
