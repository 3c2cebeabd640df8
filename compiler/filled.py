"""Hook commands with their constants filled in: what rules look at, and what people are shown.

A value stands in the text as it does in the script that `template` writes: as part of one word, quoted for
where it stands. Names that only a run can fill in stay as they are.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from .config import Configuration
from .hooks import Text
from .lazily import lazily

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
    at, quote = 0, ""
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
            pieces += [text[at : match.start()], _quoted(constants[match[1]], quote)]
            at = match.end()
    return "".join([*pieces, text[at:]])


def _quoted(value: str, quote: str) -> str:
    if quote == "'":
        return value.replace("'", "'\\''")
    if quote == '"':
        return re.sub(r'([\\$"`])', r"\\\1", value)
    return shlex.quote(value)
