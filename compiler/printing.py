"""Hooks that only print: nobody is told by what stands on a console that nobody looks at."""

from __future__ import annotations

import re
from functools import lru_cache

from .behind import SHELLS, behind, code
from .lazily import lazily
from .shell_words import Words, program, simple_commands

# They write to standard output, and do nothing else.
_PRINTING = frozenset(
    ("echo", "printf", "cat", "head", "tail", "tac", "date", "df", "du", "free", "uptime", "hostname", "whoami",
     "id", "uname", "pwd", "env", "printenv", "basename", "dirname", "tput", "clear", "figlet", "grep", "egrep",
     "cut", "tr", "sed", "sort", "uniq", "wc", "fold", "column", "ls", "stat", "findmnt", "mountpoint", "lsblk")
)  # fmt: skip
# They do nothing that can be seen at all.
_SILENT = frozenset(
    ("true", ":", "false", "exit", "return", "sleep", "wait", "cd", "test", "[", "[[", "set", "unset", "export",
     "local", "shift", "read", "for", "case", "esac", "in", "break", "continue", "trap", "]", "]]", "$", "")
)  # fmt: skip
_DOCUMENT = lazily(r"(<<-?\s*(['\"]?)(\w+)\2[^\n]*)\n(?:.*?\n)??\s*\3(?=\n|\Z)", re.DOTALL)
_SUBSTITUTION = lazily(r"\$\(([^()]+)\)|`([^`]+)`")
_DEEPEST = 3


@lru_cache(maxsize=4096)
def only_prints(text: str, depth: int = 0) -> bool:
    """Whether a shell text does nothing but print to its own output, or nothing at all.

    A line in a file is more than that, as is everything that can't be read.
    """
    commands = simple_commands(_DOCUMENT.sub(r"\1", text) if "<<" in text else text)
    return bool(commands) and all(prints(words, depth) for words in commands)


def prints(words: Words, depth: int = 0) -> bool:
    """Whether a simple command does nothing but print, or nothing at all. See `only_prints`."""
    if words[0] == ">":
        return False
    words = behind(words)
    name = program(words[0]) if words else ""
    inner = code(words)
    if inner is not None:
        return depth < _DEEPEST and only_prints(inner, depth + 1)
    if name in SHELLS or name not in _PRINTING | _SILENT | {"tee"}:
        return False
    if name == "sed" and any(word.startswith(("-i", "--in-place")) for word in words):
        return False
    if name == "tee" and not all(word.startswith(("-", "/dev/")) for word in words[1:]):
        return False
    substituted = [one or other for word in words for one, other in _SUBSTITUTION.findall(word)]
    return depth < _DEEPEST and all(only_prints(text, depth + 1) for text in substituted)
