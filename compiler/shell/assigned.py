"""What becomes of a value that a hook puts into a shell variable first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..support.regex import lazily

# Names that mean nothing to a shell or to the programs it starts.
_MESSAGES = frozenset(
    ("BODY", "DETAILS", "ERR", "ERROR", "ERRMSG", "ERROR_MESSAGE", "MESSAGE", "MSG", "OUT", "OUTPUT", "REASON", "REPO",
     "SUBJECT", "TEXT", "TITLE")
)  # fmt: skip
_BEFORE_COMMANDS = ("", " ", "\t", "\n", ";", "&", "|", "(")
_MAX_USES = 20
_OWN = lazily(r"[a-z][a-z0-9_]*")


def uses(source: str, assignment: str) -> Iterator[int]:
    """Where the variable of an assignment is expanded; nowhere if it may be more than a name of the text's own,
    or is used in another way than by expanding it."""
    name = assignment.partition("=")[0]
    if name not in _MESSAGES and (not _OWN.fullmatch(name) or name.endswith("_proxy")):
        return
    places = []
    for match in re.finditer(rf"(\$\{{?)?\b{name}\b([=}}])?", source):
        if match[1] == "$" or (match[1] and match[2] == "}"):
            places.append(match.start())
        elif match[1] or match[2] != "=" or source[: match.start()][-1:] not in _BEFORE_COMMANDS:
            return
    if len(places) <= _MAX_USES:
        yield from places
