"""The small languages, each a Lark grammar beside this file."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark, Token, Tree


@cache
def _parser(name: str) -> Lark:
    from importlib.resources import files

    from lark import Lark
    from lark.load_grammar import FromPackageLoader

    text = (files(__package__) / f"{name}.lark").read_text(encoding="utf-8")
    # Every token is kept: some languages are rewritten, not only read.
    return Lark(
        text,
        parser="lalr",
        keep_all_tokens=True,
        propagate_positions=True,
        import_paths=[FromPackageLoader(__package__, ("",))],
    )


def parse(name: str, text: str) -> Tree[Token] | int:
    """The tree of `text` in the grammar `name`, or the offset at which it stops making sense."""
    from lark.exceptions import UnexpectedInput, UnexpectedToken

    try:
        return _parser(name).parse(text)
    except UnexpectedInput as error:
        if isinstance(error, UnexpectedToken) and error.token.type == "$END":
            return len(text)
        position: int | None = error.pos_in_stream
        return len(text) if position is None or position < 0 else position
