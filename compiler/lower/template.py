"""Interpolation in hook commands: `{error}` and its like become part of exactly one shell word.

A value known when the plan is compiled is written into the script, quoted for the place it stands
in. A value known only while running is never written into a script: the placeholder becomes a
reference to an environment variable, so whatever the value holds, the shell doesn't read it as code.
In which form a place gets the value, `receivers` tells: as it is only what is known to take plain text,
everything else the neutral form.

borgmatic differs (measured): releases before 1.8.7 insert raw text, so values split into words and
are executed; later ones quote blindly, so a placeholder in quotes receives stray quotes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from ...grammar import parse
from ..config.hooks import Script
from ..config.interpolate import ENVIRONMENT, missing
from ..plan.words import Value
from ..shell.code_context import is_code, is_inner_shell, is_number
from ..shell.here_documents import FILLER, Body, bodies, without
from ..shell.neutral import RAW, as_setting, from_outside, variable
from ..shell.place_kinds import Kind, Place
from ..shell.quoting import expanded, quoted
from ..shell.receivers import place
from ..shell.unclear_places import in_arithmetic, unclear
from ..source.diagnostic import Diagnostics
from ..source.host import is_withheld
from ..source.span import Span, Text

if TYPE_CHECKING:
    from lark import Token, Tree

_BRACED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)(\\?)\}")
_IN_DOCUMENT = re.compile(r"\\?(?<!\$)\{([A-Za-z_][A-Za-z0-9_-]*)(\\?)\}")
_NUMBER = re.compile(r"[-+]?[0-9]+")
# Bounds on what is read to tell how placeholders are quoted.
_MAX_DEPTH = 50  # quotes and brackets in one another
_MAX_READ = 1_000_000  # characters before placeholders, and before the quotes around them

_QUOTES = {"single": "'", "double": '"'}


def script(
    command: Text,
    values: Mapping[str, str | Value],
    environment: Mapping[str, str] | None,
    diagnostics: Diagnostics,
    added: tuple[str, ...] = (),
) -> Script | None:
    """`command` with its placeholders resolved; None after a diagnostic (codes BP118, BP30x), BP616 where a
    known value loses characters.

    `values`: what each name known to this hook stands for. Other braces are left alone.
    `environment`: where `${NAME}` in a command refers to borgplan's environment, that; else None.
    The shell fills it in, as one word, when the command runs; the value isn't part of the script.
    `added`: commands that take plain text beside those that are known to.
    """
    names = {match[1] for match in _BRACED.finditer(command.text)} & values.keys()
    references = [] if environment is None else list(ENVIRONMENT.finditer(command.text))
    references = [match for match in references if match[2] not in RAW]
    for match in references:
        if not match[1] and missing(match, environment or {}, command.span, diagnostics):
            return None
    if not names and not references:
        return Script(command.text)
    documents = bodies(command.text)
    if documents is None or (documents and FILLER in command.text):
        if not names:
            return Script(command.text)  # only `${NAME}`, which the shell understands as it is
        _refuse_document(f"{{{min(names)}}}", "its end is unknown", command, diagnostics)
        return None
    for body in documents:
        inside = _filled_in(body.of(command.text), names, references) if body.quoted else ""
        if inside:
            reason = "its quoted terminator prevents substitution"
            _refuse_document(inside, reason, command, diagnostics)
            return None
    tree = parse("template", without(documents, command.text))
    if isinstance(tree, int):
        if not names:
            return Script(command.text)
        diagnostics.error(
            "BP303",
            f"can't determine how {{{min(names)}}} is quoted: unbalanced quotes or brackets",
            command.span,
            f"near `{command.text[max(0, tree - 30) : tree + 10]}`",
        )
        return None
    writer = _Writer(command, values, diagnostics, environment, added)
    return writer.write(tree, documents)


def _filled_in(text: str, names: Collection[str], references: list[re.Match[str]]) -> str:
    """The first thing in a text that would have to be filled in; empty if there is none."""
    for match in _IN_DOCUMENT.finditer(text):
        if match[1] in names and not match[2]:
            return f"{{{match[1]}}}"
    return next((found[0] for found in references if not found[1] and found[0] in text), "")


def _refuse_document(what: str, why: str, command: Text, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        "BP304",
        f"`{what}` can't be used in a here-document: {why}",
        command.span,
        "write the terminator without quotes: <<EOF, not <<'EOF'",
    )


class _Writer:
    """Walks the tree and writes the script; `quoting` is the innermost kind of quotes."""

    def __init__(
        self,
        command: Text,
        values: Mapping[str, str | Value],
        diagnostics: Diagnostics,
        environment: Mapping[str, str] | None,
        added: tuple[str, ...],
    ) -> None:
        self._source = command.text
        self._span: Span = command.span
        self._values = values
        self._diagnostics = diagnostics
        self._environment = environment
        self._added = added
        self._late: dict[str, Value] = {}
        self._failed = False
        self._read = 0

    def write(self, tree: Tree[Token], documents: list[Body]) -> Script | None:
        """The script; `documents`: the here-documents, in order."""
        text = self._tree(tree, "", 0, ())
        for document in documents:
            if document.end > document.start:
                before, _, after = text.partition(FILLER)
                text = before + self._document(document) + after.lstrip(FILLER)
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
            return self._variable(token, quoting, starts)
        name = token.strip("\\{}")
        if token.type == "LITERAL" and name in self._values:
            return token.replace("\\", "") if quoting else str(token)
        if token.type != "PLACEHOLDER" or name not in self._values:
            return str(token)
        position = token.start_pos or 0
        self._read += position + sum(starts)
        if self._is_too_long():
            return ""
        self._refuse_unclear(name, position, backquotes)
        taken = place(self._source, position, self._added)
        if taken.kind is Kind.NEUTRAL:
            self._refuse_without_form(name, (*starts, position), taken)
        text = self._reference(name, quoting, taken)
        for _ in range(backquotes):
            # Inside `…` the shell takes one level of backslashes away before it reads the command.
            text = re.sub(r"([\\$`])", r"\\\1", text)
        return text

    def _document(self, document: Body) -> str:
        """A here-document. Where the shell expands it nothing in it is quoted, all is neutral, and
        `${NAME}` means to the shell what it means here."""
        text = document.of(self._source)
        if document.quoted and self._environment is not None:
            text = ENVIRONMENT.sub(lambda match: match[0].removeprefix("\\"), text)

        def filled(match: re.Match[str]) -> str:
            name = match[1]
            if name not in self._values:
                return match[0]
            if match[2]:
                return f"{{{name}}}"
            self._warn_of_loss(name, Place(Kind.NEUTRAL, "a here-document"))
            return self._reference(name, '"', Place(Kind.NEUTRAL, ""))

        return _IN_DOCUMENT.sub(filled, text)

    def _variable(self, token: Token, quoting: str, starts: tuple[int, ...]) -> str:
        """`${NAME}` as one word. In arithmetic, and for a shell that is started with the same environment,
        it means what it is to mean as it stands, as long as it is a number there."""
        text = str(token)
        if self._environment is None or text.strip("\\${}").partition(":")[0] in RAW:
            return text
        if text.startswith("\\"):
            return text[1:]
        position = token.start_pos or 0
        if "((" in self._source or "$[" in self._source or quoting == "'":
            self._read += position
            if self._is_too_long():
                return ""
        if in_arithmetic(self._source[:position]):
            self._refuse_no_number(text)
            return text
        if quoting == "'" and is_inner_shell(self._source, starts[-1]):
            return text
        return expanded(text, quoting)

    def _is_too_long(self) -> bool:
        if self._read > _MAX_READ:
            self._refuse("the command is too long for so many placeholders")
        return self._failed

    def _refuse_no_number(self, text: str) -> None:
        match = ENVIRONMENT.fullmatch(text)
        if match and is_withheld(self._environment or {}, match[2]):
            return
        value = (self._environment or {}).get(match[2], match[3] or "") if match else ""
        if not _NUMBER.fullmatch(value):
            self._refuse(
                f"`{text}` is used in arithmetic but is not a number: the shell could execute it"
            )

    def _reference(self, name: str, quoting: str, taken: Place) -> str:
        value = self._values[name]
        if isinstance(value, str):
            return quoted(as_setting(value) if taken.kind is Kind.NEUTRAL else value, quoting)
        named = variable(value, taken.form(value))
        self._late[named] = value
        return expanded(f"${{{named}}}", quoting)

    def _refuse_unclear(self, name: str, position: int, backquotes: int) -> None:
        before = self._source[:position]
        reason = unclear(before)
        if not reason and backquotes and re.search(r"\\[`\"]", before):
            reason = "it is inside backquotes with escaped quotes"
        if reason:
            self._refuse(reason, name)

    def _refuse(self, reason: str, name: str = "") -> None:
        """Record why it can't be told how `name` is quoted, or any placeholder."""
        if self._failed:
            return
        self._failed = True
        what = f"{{{name}}} is" if name else "placeholders are"
        value = self._values.get(name)
        named = variable(value) if isinstance(value, Value) else "NAME"
        self._diagnostics.error(
            "BP303",
            f"can't determine how {what} quoted: {reason}",
            self._span,
            f'the value is also in the environment: write "${named}" where it is a separate argument'
            if isinstance(value, Value)
            else f"assign the value to a shell variable first: MESSAGE={{{name or 'NAME'}}}",
        )

    def _refuse_without_form(self, name: str, positions: tuple[int, ...], taken: Place) -> None:
        """Places for which a value has no neutral form: a number, code that would mean something else."""
        value = self._values[name]
        if isinstance(value, Value):
            if from_outside(value) and is_number(self._source, positions[-1]):
                self._refuse(
                    "it is used in a numeric comparison, which can execute parts of a value", name
                )
        elif value != as_setting(value) and any(is_code(self._source, at) for at in positions):
            self._refuse_code(name)
        else:
            self._warn_of_loss(name, taken)

    def _refuse_code(self, name: str) -> None:
        if self._failed:
            return
        self._failed = True
        self._diagnostics.error(
            "BP305",
            f"{{{name}}} is used in code for another shell or interpreter, which could execute parts of its value",
            self._span,
            "letters, digits and `@%+=:,./-_` are safe there; pass other values on standard input: "
            f"printf '%s' {{{name}}} | …",
        )

    def _warn_of_loss(self, name: str, taken: Place) -> None:
        value = self._values[name]
        if self._failed or isinstance(value, Value) or value == as_setting(value):
            return
        to = f"`{taken.receiver}`" if taken.receiver else "a command that borgplan can't analyse"
        self._diagnostics.warning(
            "BP616",
            f"`{{{name}}}` loses characters because {to} is not known to accept plain text",
            self._span,
            "each becomes `_`; if the command never executes its arguments, list it under "
            "`plain_text` in borgplan.yaml",
        )
