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


class Redactor:
    """Takes bytes as they come; holds back an end that may be the beginning of a secret."""

    def __init__(self, secrets: Iterable[str]) -> None:
        words = {form for secret in secrets for form in _forms(secret)}
        # Longest first: of two that begin alike the whole one goes.
        self._words = sorted((w for w in words if len(w) >= SHORTEST), key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, self._words)))
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        if not self._words:
            return data
        data = self._held + data
        place = len(data) - self._beginning(data)
        for match in self._pattern.finditer(data):
            if match.start() < place < match.end():
                place = match.end()
        self._held = data[place:]
        return self._pattern.sub(MASK, data[:place])

    def end(self) -> bytes:
        rest, self._held = self._held, b""
        return self._pattern.sub(MASK, rest) if self._words else rest

    def _beginning(self, data: bytes) -> int:
        """How many of the last bytes are the beginning of a secret."""
        longest = min(len(data), len(self._words[0]) - 1)
        for length in range(longest, 0, -1):
            end = data[-length:]
            if any(word.startswith(end) for word in self._words):
                return length
        return 0

    def text(self, text: str) -> str:
        """A whole text without secrets."""
        if not self._words:
            return text
        data = self._pattern.sub(MASK, text.encode("utf-8", "surrogateescape"))
        return data.decode("utf-8", "surrogateescape")
