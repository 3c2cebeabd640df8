"""Values of options with their types and places."""

from collections.abc import Mapping as ReadOnlyMap
from typing import cast

from .hooks import Text
from .record import NamedTuple
from .source import Span


class ExitRule(NamedTuple):
    """How an exit code of Borg is to be read, by an entry of `borg_exit_codes`."""

    code: int
    is_error: bool
    span: Span


class CheckEntry(NamedTuple):
    """An entry of `checks`.

    `frequency`: seconds between two runs, 0 for every time. `only_run_on`: days of the week, Monday is
    0; empty for all. `max_duration`: seconds that the check of a repository may take, 0 for any time.
    """

    name: str
    span: Span
    frequency: int = 0
    only_run_on: frozenset[int] = frozenset()
    max_duration: int = 0


Value = str | int | bool | tuple[Text, ...] | tuple[ExitRule, ...] | tuple[CheckEntry, ...]


class Setting(NamedTuple):
    """An option's value: a text, number or boolean, or a tuple of `Text` or `ExitRule`."""

    value: Value
    span: Span


class Settings(NamedTuple):
    """Values of the options that are set, by `Option.key`; the accessors give them their types."""

    by_key: ReadOnlyMap[str, Setting]

    def text(self, key: str) -> str | None:
        return cast(str | None, self._value(key))

    def integer(self, key: str) -> int | None:
        return cast(int | None, self._value(key))

    def boolean(self, key: str) -> bool | None:
        return cast(bool | None, self._value(key))

    def texts(self, key: str) -> tuple[Text, ...]:
        return cast(tuple[Text, ...], self._value(key) or ())

    def exit_rules(self, key: str) -> tuple[ExitRule, ...]:
        return cast(tuple[ExitRule, ...], self._value(key) or ())

    def checks(self) -> tuple[CheckEntry, ...]:
        return cast(tuple[CheckEntry, ...], self._value("checks") or ())

    def _value(self, key: str) -> Value | None:
        setting = self.by_key.get(key)
        return None if setting is None else setting.value
