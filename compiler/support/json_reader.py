"""JSON of a known shape, read strictly: a value that knows where in its document it stands."""

from __future__ import annotations

import json
from collections.abc import Callable

from .enums import Enum
from .record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import NoReturn, TypeVar

    _E = TypeVar("_E", bound=Enum)
    _T = TypeVar("_T")

LARGEST = 2**53  # up to here every reader of JSON agrees on integers


class WrongShapeError(Exception):
    """`where`: the value's place, as `steps[3].work.argv[0]`; for a text that is no JSON, line and
    column of it. The message says what is wrong with it."""

    def __init__(self, message: str, where: str = "", line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.where = where
        self.line = line
        self.column = column


class Value(NamedTuple):
    """A value, by which key or index it is found, and in what."""

    data: object
    key: str | int = ""
    holder: Value | None = None

    @property
    def where(self) -> str:
        """The way to it from the top of the document."""
        keys = []
        value: Value | None = self
        while value is not None and value.holder is not None:
            keys.append(f"[{value.key}]" if isinstance(value.key, int) else f".{value.key}")
            value = value.holder
        return "".join(reversed(keys)).removeprefix(".")

    def wrong(self, message: str) -> NoReturn:
        raise WrongShapeError(message, self.where)

    def _expected(self, what: str) -> NoReturn:
        self.wrong(f"{what} is expected, not {_kind(self.data)}")

    def object(self, *keys: str) -> dict[str, Value]:
        """Its members, which are exactly these."""
        members = self.members()
        for key in members:
            if key not in keys:
                self.wrong(f"unknown key `{key}`")
        for key in keys:
            if key not in members:
                self.wrong(f"`{key}` is missing")
        return members

    def members(self) -> dict[str, Value]:
        """Its members, whatever their keys are."""
        if not isinstance(self.data, dict):
            self._expected("an object")
        return {key: Value(value, key, self) for key, value in self.data.items()}

    def each(self, read: Callable[[Value], _T]) -> tuple[_T, ...]:
        """The items of a list, each as `read` gives it."""
        if not isinstance(self.data, list):
            self._expected("a list")
        return tuple(read(Value(item, number, self)) for number, item in enumerate(self.data))

    def text(self) -> str:
        if not isinstance(self.data, str):
            self._expected("a text")
        return self.data

    def flag(self) -> bool:
        if not isinstance(self.data, bool):
            self._expected("true or false")
        return self.data

    def number(self, least: int = 0) -> int:
        """A whole number, from `least` to one that every reader of JSON knows exactly."""
        if type(self.data) is not int:
            self._expected("a whole number")
        if not least <= self.data <= LARGEST:
            self.wrong(f"a number from {least} to {LARGEST} is expected")
        return self.data

    def one_of(self, choices: type[_E]) -> _E:
        """A member of an enumeration, by its value."""
        found = choices._value2member_map_.get(self.text())
        if not isinstance(found, choices):
            known = ", ".join(str(choice.value) for choice in choices)
            self.wrong(f"`{self.data}` is not one of {known}")
        return found

    def optional(self, read: Callable[[Value], _T]) -> _T | None:
        """None for null."""
        return None if self.data is None else read(self)


def parse(text: str) -> Value:
    """A document. Raises WrongShapeError: no JSON, a key twice, nested too deeply."""
    try:
        return Value(json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant))
    except json.JSONDecodeError as error:
        raise WrongShapeError(
            f"not valid JSON: {error.msg}", "", error.lineno, error.colno
        ) from error
    except RecursionError as error:
        raise WrongShapeError("it is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise WrongShapeError("it holds a number that is too long") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise WrongShapeError(f"the key `{twice}` occurs twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise WrongShapeError(f"{name} is not JSON")


def _kind(data: object) -> str:
    match data:
        case None:
            return "null"
        case bool():
            return "true" if data else "false"
        case str():
            return "a text"
        case int() | float():
            return "a number" if isinstance(data, int) else "a fraction"
        case list():
            return "a list"
        case _:
            return "an object"
