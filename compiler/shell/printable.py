"""Texts as they may be shown: nothing in them steers a terminal, and no password is in them."""

from __future__ import annotations

from .passwords import hidden


def printable(line: str) -> str:
    """All that a reader doesn't see made visible, except tabs: what a file says must neither steer a terminal
    nor look like something else. And without the passwords in it."""
    line = hidden(line)
    if line.isascii() and line.isprintable():
        return line
    from ..support.unseen import visible

    return visible(line)


def printable_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(printable(line) for line in text.split("\n"))
