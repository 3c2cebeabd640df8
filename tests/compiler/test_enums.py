"""Enumerations behave as the standard library's do, as far as they are used."""

from __future__ import annotations

import copy
import enum
import pickle
import types
from typing import Any

import pytest

from borgplan.compiler.support.enums import Enum


class Ours(Enum):
    """What colours are."""

    RED = "red"
    GREEN = ("green", 2)
    BLUE = 3

    @property
    def shown(self) -> str:
        return f"<{self.name}>"

    @classmethod
    def first(cls) -> Any:
        return next(iter(cls))


class Theirs(enum.Enum):
    """What colours are."""

    RED = "red"
    GREEN = ("green", 2)
    BLUE = 3

    @property
    def shown(self) -> str:
        return f"<{self.name}>"

    @classmethod
    def first(cls) -> Any:
        return next(iter(cls))


def answers(kind: Any) -> list[object]:
    match kind.GREEN:
        case kind.RED:
            matched = "red"
        case kind.GREEN:
            matched = "green"
        case _:
            matched = ""
    return [
        [member.name for member in kind], [member.value for member in kind], len(kind), matched,
        [member.name for member in reversed(kind)], list(kind.__members__), kind.RED.shown, kind.first().name,
        kind("red") is kind.RED, kind(("green", 2)) is kind.GREEN, kind["BLUE"] is kind.BLUE, kind(kind.RED) is kind.RED,
        kind.RED in kind, kind.RED == "red", kind.RED == kind.RED, {kind.RED: 1}[kind.RED], bool(kind.RED), bool(kind),
        str(kind.RED).replace(kind.__name__, ""), f"{kind.GREEN}".replace(kind.__name__, ""),
        repr(kind.RED).replace(kind.__name__, ""), repr(kind).replace(kind.__name__, ""), kind.__doc__,
        isinstance(kind.RED, kind), kind.RED.GREEN is kind.GREEN,
    ]  # fmt: skip


def test_an_enumeration_answers_as_the_standard_library_s_does() -> None:
    assert answers(Ours) == answers(Theirs)


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_a_member_stays_single(kind: Any) -> None:
    for member in kind:
        for other in (copy.copy(member), copy.deepcopy(member), pickle.loads(pickle.dumps(member))):
            assert other is member


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_what_does_not_fit_is_refused(kind: Any) -> None:
    values: list[object] = ["pink", [], None]
    for value in values:
        with pytest.raises(ValueError, match=f"is not a valid {kind.__name__}"):
            kind(value)
    with pytest.raises(KeyError):
        kind["PINK"]
    with pytest.raises(AttributeError):
        kind.RED = "pink"
    with pytest.raises(AttributeError):
        kind.RED.value = "pink"
    with pytest.raises(TypeError):
        types.new_class("More", (kind,))


def test_two_members_with_one_value_are_a_mistake() -> None:
    with pytest.raises(TypeError, match="two members have the same value"):

        class Twice(Enum):
            ONE = 1
            UNO = 1
