"""Whether a word of a command is code, for a shell or another interpreter: what may not hold a value
from outside."""

from __future__ import annotations

import re

from .lazily import lazily

_TOKEN = lazily(
    r"""(?:[^\s'"\\;&|()`<>]|\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*")+"""  # a word
    r"""|[\n;&|()`'"]"""  # what ends a command, or quotes that are still open
)
_SHELLS = frozenset({
    "sh", "ash", "bash", "dash", "fish", "ksh", "mksh", "zsh", "su", "runuser", "flock", "script",
})  # fmt: skip
# Other programs that take code as an argument, and the letters of the options it comes after.
_INTERPRETERS = {
    "python": "c", "perl": "eE", "ruby": "e", "node": "e", "php": "r", "lua": "e",
    "mysql": "e", "mariadb": "e", "psql": "c",
}  # fmt: skip
_AWKS = frozenset({"awk", "gawk", "mawk", "nawk"})
# Builtins of bash that read a subscript in a name, and run the substitutions in it.
_NAMES = frozenset(
    {"let", "declare", "typeset", "local", "readonly", "read", "printf -v", "test -v", "[ -v"}
)
_COMPARES = lazily(r"\s-(?:eq|ne|lt|le|gt|ge|v)\s")
_ASSIGNS = lazily(r"""(?:\A|\s)\w+=["']?\Z""")
_BEFORE = frozenset(
    {"command", "builtin", "!", "{", "then", "do", "else", "elif", "if", "while", "time"}
)


def is_code(source: str, position: int) -> bool:
    """Whether the word of `source` that `position` is in would be read as code."""
    words = _words(source[:position])
    return (
        _of_shell(words)
        or _of_ssh(words)
        or _of_builtin(words)
        or _of_interpreter(words)
        or _of_awk(words)
        or _of_sed(words)
        or _of_names(words, source[:position])
        or _of_comparison(source, position)
    )


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


def _of_interpreter(words: list[str]) -> bool:
    """After `python3 -c` and the like."""
    names = [word.rpartition("/")[2].rstrip("0123456789.") for word in words]
    program = next((name for name in names if name in _INTERPRETERS), None)
    letters = _INTERPRETERS.get(program or "", "")
    return bool(letters) and re.fullmatch(rf"-[a-zA-Z]*[{letters}]", words[-1]) is not None


def _of_awk(words: list[str]) -> bool:
    """The first argument of awk that is no option; `-v name=value` holds a value."""
    program = next((n for n, w in enumerate(words) if w.rpartition("/")[2] in _AWKS), None)
    if program is None:
        return False
    arguments = words[program + 1 :]
    return arguments[-1:] != ["-v"] and not any(
        not word.startswith("-") and before != "-v"
        for before, word in zip(["", *arguments], arguments, strict=False)
    )


def _of_sed(words: list[str]) -> bool:
    """The first argument of sed that is no option, and what comes after `-e`: GNU sed runs commands."""
    program = next(
        (n for n, w in enumerate(words) if w.rpartition("/")[2] in ("sed", "gsed")), None
    )
    if program is None:
        return False
    arguments = words[program + 1 :]
    given = any(re.fullmatch(r"-[a-zA-Z]*[ef]|--expression|--file", word) for word in arguments)
    if given:
        return re.fullmatch(r"-[a-zA-Z]*e|--expression", arguments[-1]) is not None
    return all(word.startswith("-") for word in arguments)


def _of_names(words: list[str], before: str) -> bool:
    """A name for one of bash's builtins, rather than the value it assigns."""
    own = [word for word in words if word not in _BEFORE and not re.match(r"\w+=", word)]
    return bool(
        (_NAMES & {own[0] if own else "", " ".join(own[:2])}) and not _ASSIGNS.search(before)
    )


def _of_comparison(source: str, position: int) -> bool:
    """A number for bash's `[[ … -eq … ]]`, which evaluates it."""
    start = source.rfind("[[", 0, position)
    end = source.find("]]", position)
    if start < 0 or "]]" in source[start:position]:
        return False
    return _COMPARES.search(source[start : end if end >= 0 else len(source)]) is not None


def _of_builtin(words: list[str]) -> bool:
    own = [word for word in words if word not in _BEFORE and not re.match(r"\w+=", word)]
    if own[:1] == ["trap"]:
        return all(word.startswith("-") for word in own[1:])
    return own[:1] == ["eval"]
