"""Whether a word of a command is code, for a shell or another interpreter: what may not hold a value
from outside."""

from __future__ import annotations

import re

from ..support.regex import lazily

_TOKEN = lazily(
    r"""(?:[^\s'"\\;&|()`<>]|\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*")+"""  # a word
    r"""|[\n;&|()`'"]"""  # what ends a command, or quotes that are still open
)
SHELLS = frozenset({
    "sh", "ash", "bash", "dash", "fish", "ksh", "mksh", "zsh", "su", "runuser", "flock", "script",
})  # fmt: skip
_PLAIN_SHELLS = frozenset(("sh", "ash", "bash", "dash", "ksh", "mksh", "zsh"))
_CODE_FLAG = lazily(r"-[a-zA-Z]*c[a-zA-Z]*|--command")
_GLUED_CODE = lazily(r"""\s(?:-[a-zA-Z]*c|--command=)["'][^"']*\Z""")
_TAKES_NAME = lazily(r"[-+][a-zA-Z]*[oO]")
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
_NUMBERS = frozenset(("-eq", "-ne", "-lt", "-le", "-gt", "-ge"))
_COMPARES = lazily(r"\s-(?:eq|ne|lt|le|gt|ge|v)\s")
_ASSIGNS = lazily(r"""(?:\A|\s)\w+=["']?\Z""")
_BEFORE = frozenset(
    {"command", "builtin", "!", "{", "then", "do", "else", "elif", "if", "while", "time"}
)


def is_code(source: str, position: int) -> bool:
    """Whether the word of `source` that `position` is in is known to be read as code.

    Not knowing says nothing: whether a value is safe somewhere is for `receivers` to say.
    """
    words = _words(source[:position])
    return (
        _of_shell(words, source[:position])
        or _of_ssh(words)
        or _of_builtin(words)
        or _of_interpreter(words, source[:position])
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


def _of_shell(words: list[str], before: str) -> bool:
    """After `sh … -c` and options, or in the word of `-c` itself; the words after the code are arguments."""
    shell = next((n for n, word in enumerate(words) if word.rpartition("/")[2] in SHELLS), None)
    if shell is None:
        return False
    options = words[shell + 1 :]
    if _GLUED_CODE.search(before):
        return True
    flag = next((n for n, word in enumerate(options) if _CODE_FLAG.fullmatch(word)), None)
    if flag is None:
        return False
    after = options[flag + 1 :]
    return all(
        word[:1] in ("-", "+") or _TAKES_NAME.fullmatch(previous)
        for previous, word in zip(["", *after], after, strict=False)
    )


def _of_ssh(words: list[str]) -> bool:
    return any(word.rpartition("/")[2] == "ssh" for word in words[:-1])


def _of_interpreter(words: list[str], before: str) -> bool:
    """After `python3 -c` and the like, or in the same word."""
    names = [word.rpartition("/")[2].rstrip("0123456789.") for word in words]
    program = next((name for name in names if name in _INTERPRETERS), None)
    letters = _INTERPRETERS.get(program or "", "")
    if not letters:
        return False
    glued = re.search(rf"""\s-[a-zA-Z]*[{letters}]["'][^"']*\Z""", before)
    return bool(glued) or re.fullmatch(rf"-[a-zA-Z]*[{letters}]", words[-1]) is not None


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


def is_number(source: str, position: int) -> bool:
    """Whether the word of `source` that `position` is in is read as a number: by `let` and by comparisons,
    in which some shells run what a value holds."""
    if _of_comparison(source, position):
        return True
    words = _words(source[:position])
    own = [word for word in words if word not in _BEFORE]
    if own[:1] in (["["], ["test"]):
        end = re.search(r"[\n;&|]|\Z", source[position:])
        after = source[position : position + (end.start() if end else 0)].split()
        return bool(_NUMBERS & {*own[-1:], *after[1:2]})
    return own[:1] == ["let"]


def is_inner_shell(source: str, position: int) -> bool:
    """Whether the word is code for a shell that is started right here, and so in the same environment."""
    before = source[:position]
    words = [word for word in _words(before) if word not in _BEFORE and not re.match(r"\w+=", word)]
    return bool(words) and words[0].rpartition("/")[2] in _PLAIN_SHELLS and _of_shell(words, before)
