"""A result into the file that `-o` names, or to standard output."""

from __future__ import annotations

from ..system.files import replace
from ..system.host import reason
from .session import say, write


def deliver(command: str, text: str, path: str) -> bool:
    """Whether `text` was written to `path`, or to standard output if that is empty; says why not."""
    if not path:
        write(text)
        return True
    try:
        replace(path, text.encode("utf-8", "backslashreplace"))
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "is not a path"
        say(f"borgplan {command}: -o {path}: {why}")
        return False
    return True
