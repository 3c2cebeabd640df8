"""Whether a word of a command is code for a shell: what may not hold a value from outside."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?:[^\s'"\\;&|()`<>]|\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*")+"""  # a word
    r"""|[\n;&|()`'"]"""  # what ends a command, or quotes that are still open
)
_SHELLS = frozenset({"sh", "ash", "bash", "dash", "fish", "ksh", "mksh", "zsh", "su", "runuser"})
_BEFORE = frozenset(
    {"command", "builtin", "!", "{", "then", "do", "else", "elif", "if", "while", "time"}
)


def is_code(source: str, position: int) -> bool:
    """Whether the word of `source` that `position` is in would be read as code by a shell."""
    words = _words(source[:position])
    return _of_shell(words) or _of_ssh(words) or _of_builtin(words)


def _words(before: str) -> list[str]:
    """The words of the command that `before` ends in, without quotes; not the one it ends within."""
    before = before.replace("\\\n", "  ")
    words: list[str] = []
    end = 0
    for match in _TOKEN.finditer(before):
        if len(match[0]) == 1 and match[0] in "\n;&|()`'\"":
            words.clear()
            continue
        words.append(re.sub(r"""['"\\]""", "", match[0]))
        end = match.end()
    return words[:-1] if words and end == len(before) else words


def _of_shell(words: list[str]) -> bool:
    """After `sh … -c` and options; the words after the code are its arguments."""
    shell = next((n for n, word in enumerate(words) if word.rpartition("/")[2] in _SHELLS), None)
    options = words[shell + 1 :] if shell is not None else []
    flag = next((n for n, word in enumerate(options) if re.fullmatch(r"-[a-zA-Z]*c", word)), None)
    return flag is not None and all(word[:1] in "-+" for word in options[flag + 1 :])


def _of_ssh(words: list[str]) -> bool:
    return any(word.rpartition("/")[2] == "ssh" for word in words[:-1])


def _of_builtin(words: list[str]) -> bool:
    own = [word for word in words if word not in _BEFORE and not re.match(r"\w+=", word)]
    if own[:1] == ["trap"]:
        return all(word.startswith("-") for word in own[1:])
    return own[:1] == ["eval"]
