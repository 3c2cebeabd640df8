"""Values of options with their types and places."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMap

from ..source.span import Span, Text
from ..support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class ExitRule(NamedTuple):
    """How an exit code of Borg is to be read, by an entry of `borg_exit_codes`."""

    code: int
    is_error: bool
    span: Span


class SpotCheck(NamedTuple):
    """What the check `spot` compares: percentages of all sources, as they are written. `command` prints sums."""

    count_tolerance: str
    sample: str
    tolerance: str
    command: str


class CheckEntry(NamedTuple):
    """An entry of `checks`.

    `frequency`: seconds between two runs, 0 for every time. `only_run_on`: days of the week, Monday is
    0; empty for all. `max_duration`: seconds that the check of a repository may take, 0 for any time.
    `spot`: of the check of that name.
    """

    name: str
    span: Span
    frequency: int = 0
    only_run_on: frozenset[int] = frozenset()
    max_duration: int = 0
    spot: SpotCheck | None = None


Value = str | int | bool | tuple[Text, ...] | tuple[ExitRule, ...] | tuple[CheckEntry, ...]


class Setting(NamedTuple):
    """An option's value: a text, number or boolean, or a tuple of `Text` or `ExitRule`."""

    value: Value
    span: Span


class Settings(NamedTuple):
    """Values of the options that are set, by `Option.key`; the accessors give them their types."""

    by_key: ReadOnlyMap[str, Setting]

    def text(self, key: str) -> str | None:
        found: str | None = self._value(key)
        return found

    def integer(self, key: str) -> int | None:
        found: int | None = self._value(key)
        return found

    def boolean(self, key: str) -> bool | None:
        found: bool | None = self._value(key)
        return found

    def texts(self, key: str) -> tuple[Text, ...]:
        return self._value(key) or ()

    def exit_rules(self, key: str) -> tuple[ExitRule, ...]:
        return self._value(key) or ()

    def checks(self) -> tuple[CheckEntry, ...]:
        return self._value("checks") or ()

    def _value(self, key: str) -> Any:
        setting = self.by_key.get(key)
        return None if setting is None else setting.value
