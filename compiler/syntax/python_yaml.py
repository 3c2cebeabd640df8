"""PyYAML's parser in Python, for where its extension module is missing: it refuses what libyaml refuses.

Left to itself it takes an escape for half of a character (`"\\ud800"`), which nothing can write again, and
lets what Python says of one beyond all characters (`"\\U00110000"`), or of a number that is too long for
it, pass as an error of its caller.
"""

from __future__ import annotations

import re
from typing import Any

from yaml.error import MarkedYAMLError

_HALF = re.compile("[\ud800-\udfff]")
_LONGEST_VERSION = 10**9
_NO_CHARACTER = "found invalid Unicode character escape code"  # both in libyaml's words
_LONG_VERSION = "found extremely long version number"


def parser_of(loader: Any) -> Any:
    """A class like `loader`, with nothing but YAML errors."""

    class Parser(loader):  # type: ignore[misc]  # whichever it is
        def scan_flow_scalar(self, style: str) -> Any:
            try:
                token = super().scan_flow_scalar(style)
            except (ValueError, OverflowError):
                raise MarkedYAMLError(None, None, _NO_CHARACTER, self.get_mark()) from None
            if _HALF.search(token.value):
                raise MarkedYAMLError(None, None, _NO_CHARACTER, token.start_mark)
            return token

        def scan_yaml_directive_number(self, start_mark: Any) -> Any:
            try:
                number = super().scan_yaml_directive_number(start_mark)
            except ValueError:  # more digits than Python reads
                number = _LONGEST_VERSION
            if number >= _LONGEST_VERSION:
                raise MarkedYAMLError(None, None, _LONG_VERSION, self.get_mark())
            return number

    return Parser
