"""Known secrets taken out of whatever is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

SHORTEST = 4  # a shorter one would blacken ordinary text, and protects nothing
MASK = b"(hidden)"
_SHORTEST_IN_BASE64 = 8
_SUB_DELIMITERS = "!$&'()*+,;=:"  # which an address may hold as they are
_OF_XML = frozenset("&<>\"'")
_HEXADECIMAL = re.compile(r"(\\u)([0-9a-f]{4})")
_ESCAPED = re.compile(r"%[0-9A-F]{2}")


def _forms(secret: str) -> set[bytes]:
    """A secret as it is, and as programs write it that print what they were given: in JSON of every kind (which
    may leave letters of other alphabets and slashes as they are, or not), JSON in JSON, an address, a quoted word
    of a shell, Python, XML, base64."""
    import shlex
    from urllib.parse import quote, quote_plus

    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    in_json |= {
        _HEXADECIMAL.sub(lambda found: found[1] + found[2].upper(), form) for form in in_json
    }
    in_json |= {json.dumps(form, ensure_ascii=False)[1:-1] for form in in_json}
    in_json |= {form.replace("/", "\\/") for form in in_json}
    raw = secret.encode("utf-8", "surrogateescape")
    quoted = {quote(raw, safe=safe) for safe in ("", "/", _SUB_DELIMITERS)} | {quote_plus(raw)}
    quoted |= {_ESCAPED.sub(lambda found: found[0].lower(), form) for form in quoted}
    others = {repr(secret)[1:-1], shlex.quote(secret)}
    texts = (
        form.encode("utf-8", "surrogateescape")
        for form in in_json | quoted | others | _in_xml(secret)
    )
    return {raw, *texts, *_in_base64(raw)}


def _in_xml(secret: str) -> set[str]:
    if not _OF_XML.intersection(secret):
        return set()  # most are the same there; the library for it is a lot for them
    import html

    return {html.escape(secret), html.escape(secret, quote=False)}


def _in_base64(raw: bytes) -> set[bytes]:
    """As far as what comes after the secret, such as a line's end, makes no difference."""
    import base64

    whole = len(raw) * 4 // 3
    forms = {encode(raw)[:whole] for encode in (base64.b64encode, base64.urlsafe_b64encode)}
    return {form for form in forms if len(form) >= _SHORTEST_IN_BASE64}


class Masks:
    """What is not to be shown."""

    def __init__(self, secrets: Iterable[str]) -> None:
        words = {form for secret in secrets for form in _forms(secret)}
        # Longest first: of two that begin alike the whole one goes.
        self.words = sorted((w for w in words if len(w) >= SHORTEST), key=len, reverse=True)
        self.first = {word[0] for word in self.words}
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
            if data[-length] not in self._masks.first:
                continue
            end = data[-length:]
            if any(word.startswith(end) for word in self._masks.words):
                return length
        return 0
