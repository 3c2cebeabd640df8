"""Values and names of single options in the form they have now, changed where they stand."""

from __future__ import annotations

import re

from ..config.interpolate import ENVIRONMENT
from ..config.options import OPTIONS
from ..syntax.nodes import Mapping, Node, Scalar, Sequence
from .layout import Part, after_key
from .sheet import Sheet, UnableError

_FORMER = {option.former: option.name for option in OPTIONS if option.former}
# Options that were a text and have become a mapping or a list: what stands before the text now.
_NESTED = {
    "exclude_if_present": "- ", "healthchecks": "ping_url: ", "cronitor": "ping_url: ",
    "pagerduty": "integration_key: ",
}  # fmt: skip
# Options whose names or values this module changes, or that come in addition.
CHANGING = frozenset({
    *_FORMER, *_FORMER.values(), *_NESTED, "repositories", "checks", "check_repositories", "prefix",
    "match_archives", "statistics", "quick_statistics", "store_config_files", "bootstrap", "umask",
    "source_directories_must_exist", "commands", "<<",
})  # fmt: skip
_SCHEMES = ("ssh://", "sftp://", "rclone:", "s3:", "b2:", "file://")
_ITEM = re.compile(r"\s*(?:- +)+\Z")


def address(path: str) -> str:
    """A repository on another machine as an address, as borgmatic 2 reads it; Borg takes both for the same.

    What refers to a constant or the environment stays: what it will be isn't known.
    """
    host, colon, _ = path.partition(":")
    if not colon or "/" in host or path.startswith(_SCHEMES) or "{" in path:
        return path
    return f"ssh://{path.replace(':~', '/~').replace(':/', '/').replace(':', '/./')}"


class Values:
    """Changes values on a sheet; `dropped` collects the first lines of options that go."""

    def __init__(self, sheet: Sheet, unit: int) -> None:
        self.dropped: set[int] = set()
        self._sheet = sheet
        self._unit = unit

    def part(self, part: Part, others: frozenset[str]) -> None:
        """One option. `others`: the names of all options in the file."""
        value = part.value
        match part.name:
            case "repositories" if isinstance(value, Sequence):
                for item in value.items:
                    self._repository(item, part)
            case "checks" if isinstance(value, Sequence):
                for item in value.items:
                    self._named(item, "name", part)
            case "statistics" if isinstance(value, Scalar) and isinstance(value.value, bool):
                self._replace(value, "standard" if value.value else "none", part)
            case "quick_statistics" if isinstance(value, Scalar) and isinstance(value.value, bool):
                self._rename(part, "statistics")
                self._replace(value, "quick" if value.value else "none", part)
            case "store_config_files" if "bootstrap" not in others:
                self._rename(part, "bootstrap")
                self._nest(part, "store_config_files: ")
            case "umask" if isinstance(value, Scalar) and isinstance(value.value, str):
                if value.text.isascii() and value.text.isdigit():
                    self._replace(value, value.text, part)
            case name if name in _FORMER:
                self._rename(part, _FORMER[name])
            case name if name in _NESTED and isinstance(value, Scalar):
                if isinstance(value.value, str):
                    self._nest(part, _NESTED[name])

    def prefix(self, part: Part, *, empty_is_all: bool) -> None:
        """`prefix` as `match_archives`; an empty one goes, or stands for all archives."""
        value = part.value
        if not isinstance(value, Scalar) or (value.value and not isinstance(value.value, str)):
            return
        if not value.value and not empty_is_all:
            self.dropped.add(part.first)
            return
        text = (value.text if value.value else "").replace("'", "''")
        self._rename(part, "match_archives")
        if value.value is None and value.text == "":
            colon = self._sheet.lines[part.first].index(":", part.key.span.end_column - 1)
            self._sheet.insert(part.first, colon + 1, " 'sh:*'")
        else:
            self._replace(value, f"'sh:{text}*'", part)

    def skip_checks(self, part: Part, checked: set[str]) -> None:
        """An option of their own for the repositories that aren't in `checked`, which are all checked."""
        for item in part.value.items if isinstance(part.value, Sequence) else ():
            if not isinstance(item, Scalar):
                raise UnableError(
                    "`check_repositories` beside repositories with options", item.span
                )
            if item.text in checked:
                continue
            self._own(item, part)
            end = item.span.end_line - 1, item.span.end_column - 1
            if self._is_block_item(item):
                column = " " * (item.span.column - 1)
                self._sheet.append(end[0], (f"{column}skip_actions: [check]",))
            else:
                self._sheet.insert(*end, ", skip_actions: [check]")

    def shell_variables(self, part: Part) -> None:
        """`${NAME}` in commands stays the shell's: from 1.6 on borgmatic replaces what isn't escaped."""
        for item in part.value.items if isinstance(part.value, Sequence) else ():
            if isinstance(item, Scalar) and ENVIRONMENT.search(item.text):
                self._own(item, part)
                self._escape(item)

    def _escape(self, item: Scalar) -> None:
        for line in range(item.span.line - 1, item.span.end_line):
            text = self._sheet.bare(line) if line < len(self._sheet.lines) else ""
            start = item.span.column - 1 if line == item.span.line - 1 else 0
            end = item.span.end_column - 1 if line == item.span.end_line - 1 else len(text)
            quoted = not item.plain and self._sheet.lines[item.span.line - 1][
                item.span.column - 1 :
            ].startswith('"')
            for found in ENVIRONMENT.finditer(text, start, end):
                self._sheet.insert(line, found.start(), "\\\\" if quoted else "\\")

    def _repository(self, item: Node, part: Part) -> None:
        if isinstance(item, Scalar) and isinstance(item.value, str):
            self._address(item, part)
            self._named(item, "path", part)
        elif isinstance(item, Mapping):
            for key, value in item.pairs:
                if key.text == "path" and isinstance(value, Scalar):
                    self._address(value, part)

    def _address(self, path: Scalar, part: Part) -> None:
        new = address(path.text)
        if new != path.text:
            quoted = "'" + new.replace("'", "''") + "'"
            self._replace(path, new if path.plain else quoted, part)

    def _named(self, item: Node, name: str, part: Part) -> None:
        """A text in a list as a mapping with this key."""
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            return
        self._own(item, part)
        line, column = item.span.line - 1, item.span.column - 1
        if self._is_block_item(item):
            self._sheet.insert(line, column, f"{name}: ")
        else:
            self._sheet.insert(line, column, f"{{{name}: ")
            self._sheet.insert(item.span.end_line - 1, item.span.end_column - 1, "}")

    def _is_block_item(self, item: Scalar) -> bool:
        before = self._sheet.lines[item.span.line - 1][: item.span.column - 1]
        return _ITEM.match(before) is not None

    def _rename(self, part: Part, name: str) -> None:
        self._sheet.replace(part.key.span, name)

    def _replace(self, value: Scalar, new: str, part: Part) -> None:
        self._own(value, part)
        self._sheet.replace(value.span, new)

    def _nest(self, part: Part, before: str) -> None:
        """Put the value on a line of its own, further in, after these words."""
        value = part.value
        if not isinstance(value, Scalar):
            return
        self._own(value, part)
        line, column = value.span.line - 1, value.span.column - 1
        if line != part.first:
            self._sheet.insert(line, column, before)
            return
        blank = len(after_key(part.key, self._sheet))
        start = len(self._sheet.lines[line]) - blank
        indentation = " " * (part.column + self._unit)
        change = part.key.span._replace(column=start + 1, end_column=column + 1)
        self._sheet.replace(change, f"{self._sheet.newline}{indentation}{before}")

    def _own(self, value: Scalar, part: Part) -> None:
        """Raises UnableError for a value that stands somewhere else and is referred to here."""
        if not part.first < value.span.line <= part.end:
            raise UnableError(f"an alias in `{part.name}` would have to change", part.key.span)
