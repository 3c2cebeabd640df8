"""Pieces of Markdown. What configurations say is in code only, so that it can't be markup."""

from __future__ import annotations

import re

from ...compiler.shell.printable import printable

LONGEST_COMMENT = 60_000  # GitHub takes 65,536 characters


def code(text: str) -> str:
    """One line as code."""
    text = printable(text)
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def fenced(text: str, language: str = "") -> str:
    """Lines as a block of code."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _longest_run(text: str) -> int:
    """Of backticks."""
    return max((len(run) for run in re.findall("`+", text)), default=0)
