"""Hooks that only print: nobody is told by what stands on a console that nobody looks at."""

from __future__ import annotations

import re
from functools import lru_cache

from ..support.regex import lazily
from .behind import SHELLS, behind, code
from .lexer import MAX_CHARACTERS, Words, program, simple_commands

# They write to standard output, and do nothing else.
_PRINTING = frozenset(
    ("echo", "printf", "cat", "head", "tail", "tac", "date", "df", "du", "free", "uptime", "hostname", "whoami",
     "id", "uname", "pwd", "env", "printenv", "basename", "dirname", "tput", "clear", "figlet", "grep", "egrep",
     "cut", "tr", "sed", "sort", "uniq", "wc", "fold", "column", "ls", "stat", "findmnt", "mountpoint", "lsblk", "journalctl", "ps", "last", "who")
)  # fmt: skip
# They do nothing that can be seen at all.
_SILENT = frozenset(
    ("true", ":", "false", "exit", "return", "sleep", "wait", "cd", "test", "[", "[[", "set", "unset", "export",
     "local", "shift", "read", "for", "case", "esac", "in", "break", "continue", "trap", "]", "]]", "$", "")
)  # fmt: skip
_ASKING_SYSTEMD = frozenset(
    ("status", "show", "is-active", "is-failed", "is-enabled", "list-units", "cat")
)
_DOCUMENT = lazily(r"(<<-?\s*(['\"]?)(\w+)\2[^\n]*)\n(?:.*?\n)??\s*\3(?=\n|\Z)", re.DOTALL)
_SUBSTITUTION = lazily(r"\$\(([^()]+)\)|`([^`]+)`")
_DEEPEST = 3
_LONGEST_WITH_DOCUMENTS = 2000  # looking for their ends takes time that grows with the square


@lru_cache(maxsize=4096)
def only_prints(text: str, depth: int = 0) -> bool:
    """Whether a shell text does nothing but print to its own output, or nothing at all.

    A line in a file is more than that, as is everything that can't be read.
    """
    if depth > _DEEPEST or len(text) > MAX_CHARACTERS:
        return False
    text = plainly(text, depth)
    if "<<" in text and len(text) <= _LONGEST_WITH_DOCUMENTS:
        text = _DOCUMENT.sub(r"\1", text)
    commands = simple_commands(text)
    return bool(commands) and all(prints(words, depth) for words in commands)


def prints(words: Words, depth: int = 0) -> bool:
    """Whether a simple command does nothing but print, or nothing at all. See `only_prints`."""
    if words[0] == ">" or any(_SUBSTITUTION.search(plainly(word, depth)) for word in words):
        return False
    words = behind(words)
    name = program(words[0]) if words else ""
    inner = code(words)
    if inner is not None:
        return only_prints(inner, depth + 1)
    if name in SHELLS or name not in _PRINTING | _SILENT | {"tee", "systemctl", "eval"}:
        return False
    if name == "eval":
        return only_prints(" ".join(words[1:]), depth + 1)
    if name == "systemctl":
        return next((word for word in words[1:] if word[0:1] != "-"), "") in _ASKING_SYSTEMD
    if name == "sed":
        return not any(word.startswith(("-i", "--in-place")) for word in words)
    return name != "tee" or all(word.startswith(("-", "/dev/")) for word in words[1:])


def plainly(text: str, depth: int = 0) -> str:
    """The text with a word in the place of each `$(…)` that only prints."""

    def replaced(match: re.Match[str]) -> str:
        return "_" if only_prints(match[1] or match[2], depth + 1) else match[0]

    return _SUBSTITUTION.sub(replaced, text) if "$(" in text or "`" in text else text
