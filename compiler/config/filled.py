"""Hook commands with their constants filled in: what rules look at, and what people are shown.

A value stands in the text as it does in the script that `template` writes: as part of one word, quoted for
where it stands. Names that only a run can fill in stay as they are.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from ..source.span import Text
from ..support.record import NamedTuple
from ..support.regex import lazily
from .model import Configuration

# What is escaped, a quote, the beginning of a variable, or a name.
_PIECE = lazily(r"\\.|['\"]|\$\{|\{([A-Za-z_][A-Za-z0-9_-]*)\}", re.DOTALL)


def filled(command: Text, constants: Mapping[str, str]) -> Text:
    """`command` with the constants that it names filled in; the very same if it names none."""
    text = filled_text(command.text, constants)
    return command if text == command.text else command._replace(text=text)


def filled_in(commands: tuple[Text, ...], configuration: Configuration) -> tuple[Text, ...]:
    """The commands of a hook with the constants of their file."""
    constants = configuration.constants
    return tuple(filled(command, constants) for command in commands) if constants else commands


def filled_text(text: str, constants: Mapping[str, str]) -> str:
    """See `filled`."""
    if "{" not in text or not any(f"{{{name}}}" in text for name in constants):
        return text
    pieces: list[str] = []
    at = 0
    for found in _found(text, constants):
        pieces += [text[at : found.start], found.value]
        at = found.end
    return "".join([*pieces, text[at:]])


def origins(text: str, constants: Mapping[str, str]) -> list[int]:
    """For each character of `filled_text`, and for its end, the offset in `text` that it comes from: those of a
    value from the brace that opens its name, the last one from the brace that closes it."""
    places: list[int] = []
    at = 0
    for found in _found(text, constants):
        places += range(at, found.start)
        if found.value:
            places += [found.start] * (len(found.value) - 1) + [found.end - 1]
        at = found.end
    return [*places, *range(at, len(text) + 1)]


class _Found(NamedTuple):
    """A name in a text, and what takes its place."""

    start: int
    end: int
    value: str


def _found(text: str, constants: Mapping[str, str]) -> Iterator[_Found]:
    quote = ""
    for match in _PIECE.finditer(text):
        found = match[0]
        if found == quote:
            quote = ""
        elif found in ("'", '"') and not quote:
            quote = found
        elif quote == "'" and found.startswith("\\"):
            # Between single quotes a backslash stands for itself, and a quote behind it ends them.
            quote = "" if found == "\\'" else quote
        elif match[1] in constants:
            yield _Found(match.start(), match.end(), _quoted(constants[match[1]], quote))


def _quoted(value: str, quote: str) -> str:
    if quote == "'":
        return value.replace("'", "'\\''")
    if quote == '"':
        return re.sub(r'([\\$"`])', r"\\\1", value)
    return shlex.quote(value)
