"""Programs that hooks need and that aren't installed here; only for who asks."""

from __future__ import annotations

import re

from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...support.regex import lazily
from ..rule import Rule
from .hook_commands import hooks_of

_TOKEN = lazily(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.|[\n;&|()`]+|[^\s'\"\\;&|()`]+", re.DOTALL)
_NAME = lazily(r"[\w./~+-]+")
_BUILTINS = frozenset({
    "!", ".", ":", "[", "[[", "alias", "break", "case", "cd", "command", "continue", "do", "done", "echo", "elif",
    "else", "esac", "eval", "exec", "exit", "export", "false", "fi", "for", "function", "if", "in", "kill", "printf",
    "pwd", "read", "return", "set", "shift", "source", "test", "then", "time", "times", "trap", "true", "type",
    "ulimit", "umask", "unset", "until", "wait", "while", "{", "}",
})  # fmt: skip
_GO_ON = frozenset(
    {"!", "then", "do", "else", "elif", "if", "while", "until", "time", "command", "exec", "{"}
)


def missing_programs(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP341: a command's name is nowhere on PATH, or a path that doesn't exist."""
    known: dict[str, bool] = {}
    for found in hooks_of(compilation).commands:
        for name in dict.fromkeys(names(found.command.text)):
            if name not in known:
                known[name] = _is_there(name, host)
            if not known[name]:
                diagnostics.warning(
                    "BP341",
                    f"program `{name}` is not installed on this machine",
                    found.command.span,
                )


def names(script: str) -> list[str]:
    """The first word of each command of a script, if it is plain; builtins left out."""
    found = []
    expects_name = True
    for token in _TOKEN.findall(script):
        if token[0] in "\n;&|()`":
            expects_name = True
        elif expects_name and not (token in _GO_ON or re.match(r"\w+=", token)):
            expects_name = False
            if _NAME.fullmatch(token) and token not in _BUILTINS and not token.endswith(")"):
                found.append(token)
    return found


def _is_there(name: str, host: Host) -> bool:
    if "/" in name:
        return host.exists(host.home + name[1:] if name.startswith("~/") else name)
    path = host.environment.get("PATH") or "/usr/local/bin:/usr/bin:/bin"
    return any(host.exists(f"{directory}/{name}") for directory in path.split(":") if directory)


RULES = (Rule(("BP341",), missing_programs),)
