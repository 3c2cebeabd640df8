"""Blocks ```console of a page, as commands with what they print, and whether what is printed fits.

A line `…` of the page stands for any lines, `…` in a line for any words. Layout is not compared: on a terminal lines are wrapped. What
differs from run to run (times, sizes, ids, Borg's version) is compared by its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

ANY = "…"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# In this order: what a later one fits is no part of an earlier one.
_FORMS = (
    (re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?"), "TIME"),
    (re.compile(r"\d{8}-\d{6}(-\d+)?"), "RUN"),
    (re.compile(r"\b\d+\.\d s\b"), "SECONDS"),
    (re.compile(r"\b[\d.]+ ([kMG]?B)\b"), "SIZE"),
    (re.compile(r"(version|process) [\d.]*\d"), r"\1 N"),
)


class Command(NamedTuple):
    """`text`: for a shell. `printed`: lines, as the page has them."""

    text: str
    printed: tuple[str, ...]


def commands(page: str) -> Iterator[Command]:
    """Those of all blocks of a page, in order. A here-document belongs to its command."""
    for block in _BLOCK.findall(page):
        text, end = "", ""
        printed: list[str] = []
        for line in block.splitlines():
            if end:
                text += f"\n{line}"
                end = "" if line == end else end
            elif line.startswith("$ "):
                if text:
                    yield Command(text, tuple(printed))
                text, printed = line[2:], []
                found = re.search(r"<<'(\w+)'$", line)
                end = found[1] if found else ""
            else:
                printed.append(line)
        yield Command(text, tuple(printed))


def words(text: str) -> list[str]:
    """What is compared of a text."""
    for pattern, name in _FORMS:
        text = pattern.sub(name, text)
    return [word for word in text.split() if word != "\\"]


def fits(shown: Sequence[str], said: str) -> bool:
    """Whether a command said what the page shows of it."""
    expected = [re.escape(word).replace(ANY, r".*") for word in words("\n".join(shown))]
    pattern = "".join(r"(.* )?" if word == ".*" else f"{word} " for word in expected)
    return re.fullmatch(pattern, "".join(f"{word} " for word in words(said)), re.DOTALL) is not None
