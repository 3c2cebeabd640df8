"""Passwords that stand inside of other texts: in addresses, and on the command line of `sshpass`.

They are part of what runs, so no plan can do without them; what is shown does, and what Borg and hooks print.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from ..support.regex import lazily

HIDDEN = "..."

# A quoted or plain word of a shell; in JSON the quotes have a backslash.
_WORD = r"""(?:'[^']*'|\\"(?:[^"\\]|\\[^"])*\\"|"(?:[^"\\]|\\.)*"|[^\s"'\\;&|]+)+"""
# Each with what is in all texts that it fits, and the password as its second group.
_IN_TEXT = (
    ("@", lazily(r"""(\b[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@"'\\]*:)((?:[^/\s"'\\]|\\.)+)(?=@)""")),
    ("@", lazily(r"""(\b(?:s3|b2):[^/\s:@"'\\]+:)((?:[^/\s"'\\]|\\.)+)(?=@)""")),
    (
        "sshpass",
        lazily(rf"""(\bsshpass(?:\s+(?:-P\s+{_WORD}|-[A-Za-oq-z]\S*))*\s+-p\s*)({_WORD})"""),
    ),
    ("SSHPASS", lazily(rf"""(\bSSHPASS=)({_WORD})""")),
)
_LATE = ("$", '"$', "{", "`", '"`', '\\"$')  # no password, but where it comes from


def hidden(text: str) -> str:
    """A text without the passwords in it."""
    for hint, pattern in _IN_TEXT:
        if hint in text:
            text = pattern.sub(_without, text)
    return text


def passwords(text: str) -> Iterator[str]:
    """Those in a text, as they are meant: without a shell's quotes, and an address's also decoded."""
    for hint, pattern in _IN_TEXT:
        for match in pattern.finditer(text) if hint in text else ():
            word = match[2]
            if word.startswith(_LATE):
                continue
            yield word
            if "%" in word:
                from urllib.parse import unquote

                yield unquote(word)
            try:
                yield from shlex.split(word)
            except ValueError:
                continue


def _without(match: re.Match[str]) -> str:
    return match[0] if match[2].startswith(_LATE) else f"{match[1]}{HIDDEN}"
