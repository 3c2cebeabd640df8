"""Places in a shell text for which no quotes make one word of a value."""

from __future__ import annotations

from ..support.regex import lazily

_OPEN_QUOTE = lazily(r"(?:\\[\s\S]|[^'\\])*")
_CASE = lazily(r"(?<=[\s;|&(])case\s")
_ARITHMETIC = lazily(r"\$\(\(|\$\[|(?:\A|(?<=[\s;&|]))\(\(")


def unclear(before: str) -> str:
    """Why the grammar can't determine how a value after `before` has to be written; empty if it can."""
    if in_arithmetic(before):
        return "it is used in arithmetic, which can execute parts of a value"
    if before.rfind("${") > before.rfind("}"):
        return "it is inside ${…}"
    escaping = before.rfind("$'")
    if escaping >= 0 and _OPEN_QUOTE.fullmatch(before, escaping + 2):
        return "it is inside $'…'"
    for found in _CASE.finditer(before):
        closed = before.rfind(")", 0, found.start())
        if before.find("$(", closed + 1, found.start()) >= 0:
            return "there is a `case` inside $(…)"
    return ""


def in_arithmetic(before: str) -> bool:
    sums = [found.end() for found in _ARITHMETIC.finditer(before)]
    return bool(sums) and ("]" if before[sums[-1] - 1] == "[" else "))") not in before[sums[-1] :]
