"""Plain YAML scalars to values: YAML 1.2 as borgmatic's parser reads it, not PyYAML's 1.1.

The difference is not academic. `umask: 0077` is 63 to PyYAML and 77 to borgmatic, which then reads
the digits as octal; `yes` and `on` are text; `1:30` is text and not 90. Measured with
ruamel.yaml 0.19 through borgmatic 2.1.10.
"""

from __future__ import annotations

from ..support.regex import lazily

Value = str | int | float | bool | None

_WORDS: dict[str, Value] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = lazily(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|_*[0-9][0-9_]*)\Z")
_FLOAT = lazily(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|\._*[0-9][0-9_]*(?:[eE][-+][0-9]+)?)\Z"
)
_SPECIAL_FLOAT = lazily(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_OF_NUMBERS = frozenset("-+.0123456789abcdefABCDEF_oxinIN")  # what any number is written with
_BASES = {"0b": 2, "0o": 8, "0x": 16}
_LONGEST_NUMBER = 400  # digits; also keeps int() away from its own limit


def resolve(text: str) -> Value:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789" or len(text) > _LONGEST_NUMBER:
        return text
    if text.isascii() and text.isdigit():
        return int(text)
    if not _OF_NUMBERS.issuperset(text):
        return text
    if _INTEGER.match(text):
        return _integer(text)
    if _FLOAT.match(text):
        return float(text.replace("_", ""))
    if _SPECIAL_FLOAT.match(text):
        return float(text.replace(".", "", 1))
    return text


def _integer(text: str) -> Value:
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    base = _BASES.get(digits[:2])
    if base is None:
        return sign * int(digits)
    return sign * int(digits[2:], base) if digits[2:] else text
