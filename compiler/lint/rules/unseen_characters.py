"""Characters in a file that whoever reviews it doesn't see, or that show a line otherwise than it is read."""

from __future__ import annotations

from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...source.span import Span
from ...support.unseen import escape, misleading
from ..rule import Rule

_MOST = 20  # of one file


def unseen_characters(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP630: the first one of each line, in every file that was read."""
    for path, text in compilation.texts.items():
        if text.isascii():
            continue
        found = 0
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
            place = misleading(line)
            if place is None:
                continue
            if found == _MOST:
                break
            found += 1
            diagnostics.warning(
                "BP630",
                f"invisible character {escape(line[place])}: this line is not what it looks like",
                Span(path, number, place + 1, number, place + 2),
                'delete it, or write it as an escape in double quotes: "\\u00a0"',
            )


RULES = (Rule(("BP630",), unseen_characters),)
