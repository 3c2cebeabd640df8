"""Interpolation in hook commands: `{error}` and its like become part of exactly one shell word.

A value known when the plan is compiled is written into the script, quoted for the place it stands
in. A value known only while running is never written into a script: the placeholder becomes a
reference to an environment variable, so whatever the value holds, the shell doesn't read it as code.

borgmatic differs (measured): releases before 1.8.7 insert raw text, so values split into words and
are executed; later ones quote blindly, so a placeholder in quotes receives stray quotes.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..grammar import parse
from .diagnostic import Diagnostics
from .hooks import Script, Text
from .interpolate import ENVIRONMENT, missing
from .plan import Late
from .shells import is_code
from .source import Span

if TYPE_CHECKING:
    from lark import Token, Tree

_BRACED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)(\\?)\}")
_OPEN_QUOTE = re.compile(r"(?:\\[\s\S]|[^'\\])*")
_CASE = re.compile(r"(?<=[\s;|&(])case\s")
# Bounds on what is read to tell how placeholders are quoted.
_MAX_DEPTH = 50  # quotes and brackets in one another
_MAX_READ = 1_000_000  # characters before placeholders, and before the quotes around them

VARIABLE_PREFIX = "BORGPLAN_"
_QUOTES = {"single": "'", "double": '"'}


def script(
    command: Text,
    values: Mapping[str, str | Late],
    environment: Mapping[str, str] | None,
    diagnostics: Diagnostics,
) -> Script | None:
    """`command` with its placeholders resolved; None after a diagnostic (codes BP118, BP30x).

    `values`: what each name known to this hook stands for. Other braces are left alone.
    `environment`: where `${NAME}` in a command refers to borgplan's environment, that; else None.
    The shell fills it in, as one word, when the command runs; the value isn't part of the script.
    """
    names = {match[1] for match in _BRACED.finditer(command.text)} & values.keys()
    references = [] if environment is None else list(ENVIRONMENT.finditer(command.text))
    for match in references:
        if not match[1] and missing(match, environment or {}, command.span, diagnostics):
            return None
    if not names and not references:
        return Script(command.text)
    if names and re.search(r"<<-?\s*\S", command.text):
        diagnostics.error(
            "BP304",
            "a placeholder in a command with a here-document is not supported",
            command.span,
            f"put the value into a shell variable first: VALUE={{{min(names)}}}",
        )
        return None
    tree = parse("template", command.text)
    if isinstance(tree, int):
        if not names:
            return Script(command.text)  # only `${NAME}`, which the shell understands as it is
        diagnostics.error(
            "BP303",
            f"can't tell how {{{min(names)}}} is quoted: unbalanced quotes or brackets",
            command.span,
            f"near `{command.text[max(0, tree - 30) : tree + 10]}`",
        )
        return None
    return _Writer(command, values, diagnostics, environment is not None).write(tree)


class _Writer:
    """Walks the tree and writes the script; `quoting` is the innermost kind of quotes."""

    def __init__(
        self,
        command: Text,
        values: Mapping[str, str | Late],
        diagnostics: Diagnostics,
        with_environment: bool,  # noqa: FBT001
    ) -> None:
        self._source = command.text
        self._span: Span = command.span
        self._values = values
        self._diagnostics = diagnostics
        self._with_environment = with_environment
        self._late: dict[str, Late] = {}
        self._failed = False
        self._read = 0

    def write(self, tree: Tree[Token]) -> Script | None:
        text = self._tree(tree, "", 0, ())
        return None if self._failed else Script(text, tuple(sorted(self._late.items())))

    def _tree(
        self, tree: Tree[Token], quoting: str, backquotes: int, starts: tuple[int, ...]
    ) -> str:
        """`starts`: where the quotes and substitutions around this tree open."""
        if len(starts) > _MAX_DEPTH:
            self._refuse(f"more than {_MAX_DEPTH} quotes and brackets in one another")
            return ""
        pieces = []
        for child in tree.children:
            if isinstance(child, str):
                pieces.append(self._token(child, quoting, backquotes, starts))
                continue
            inside = (*starts, child.meta.start_pos)
            deeper = backquotes + (child.data == "backquoted")
            pieces.append(self._tree(child, _QUOTES.get(child.data, ""), deeper, inside))
        return "".join(pieces)

    def _token(self, token: Token, quoting: str, backquotes: int, starts: tuple[int, ...]) -> str:
        if token.type == "ENVIRONMENT":
            return self._environment(str(token), quoting)
        name = token.strip("\\{}")
        if token.type == "LITERAL" and name in self._values:
            return token.replace("\\", "") if quoting else str(token)
        if token.type != "PLACEHOLDER" or name not in self._values:
            return str(token)
        position = token.start_pos or 0
        self._read += position + sum(starts)
        if self._read > _MAX_READ:
            self._refuse("the command is too long for so many placeholders")
        if self._failed:
            return ""
        self._refuse_unclear(name, position, backquotes)
        self._refuse_other_shell(name, (*starts, position))
        text = self._reference(name, quoting)
        for _ in range(backquotes):
            # Inside `…` the shell takes one level of backslashes away before it reads the command.
            text = re.sub(r"([\\$`])", r"\\\1", text)
        return text

    def _environment(self, text: str, quoting: str) -> str:
        if not self._with_environment:
            return text
        if text.startswith("\\"):
            return text[1:]
        return {"": f'"{text}"', '"': text, "'": f"'\"{text}\"'"}[quoting]

    def _reference(self, name: str, quoting: str) -> str:
        value = self._values[name]
        if isinstance(value, str):
            return _quoted(value, quoting)
        variable = VARIABLE_PREFIX + name.upper()
        self._late[variable] = value
        expansion = f"${{{variable}}}"
        return {"": f'"{expansion}"', '"': expansion, "'": f"'\"{expansion}\"'"}[quoting]

    def _refuse_unclear(self, name: str, position: int, backquotes: int) -> None:
        before = self._source[:position]
        reason = _unclear(before)
        if not reason and backquotes and re.search(r"\\[`\"]", before):
            reason = "there are escaped quotes inside backquotes"
        if reason:
            self._refuse(reason, name)

    def _refuse(self, reason: str, name: str = "") -> None:
        """Record why it can't be told how `name` is quoted, or any placeholder."""
        if self._failed:
            return
        self._failed = True
        what = f"{{{name}}} is" if name else "placeholders are"
        self._diagnostics.error(
            "BP303",
            f"can't tell how {what} quoted: {reason}",
            self._span,
            f"put the value into a shell variable first: MESSAGE={{{name or 'NAME'}}}",
        )

    def _refuse_other_shell(self, name: str, positions: tuple[int, ...]) -> None:
        if self._failed or not any(is_code(self._source, position) for position in positions):
            return
        self._failed = True
        self._diagnostics.error(
            "BP305",
            f"{{{name}}} stands in code for another shell, which would run what the value holds",
            self._span,
            f"""pass it as an argument: sh -c 'echo "$1"' sh {{{name}}}""",
        )


def _unclear(before: str) -> str:
    """Why the grammar can't tell how a value after `before` has to be written; empty if it can."""
    arithmetic = before.rfind("$((")
    if arithmetic >= 0 and "))" not in before[arithmetic + 3 :]:
        return "it stands in arithmetic, which runs what a value holds"
    if before.rfind("${") > before.rfind("}"):
        return "it stands inside ${…}"
    escaping = before.rfind("$'")
    if escaping >= 0 and _OPEN_QUOTE.fullmatch(before, escaping + 2):
        return "it stands inside $'…'"
    for found in _CASE.finditer(before):
        closed = before.rfind(")", 0, found.start())
        if before.find("$(", closed + 1, found.start()) >= 0:
            return "there is a `case` inside $(…)"
    return ""


def _quoted(value: str, quoting: str) -> str:
    """`value` written so that it stands for itself inside these quotes."""
    if quoting == "'":
        return value.replace("'", "'\\''")
    if quoting == '"':
        return re.sub(r'([\\$"`])', r"\\\1", value)
    return shlex.quote(value)
