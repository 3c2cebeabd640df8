"""Records behave as the standard library's named tuples do."""

from __future__ import annotations

import copy
import pickle
import types
import typing
from typing import Any

import pytest

from borgplan.compiler.support.record import NamedTuple


class Ours(NamedTuple):
    """A place."""

    path: str
    line: int = 1
    note: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.path}:{self.line}"


class Theirs(typing.NamedTuple):
    """A place."""

    path: str
    line: int = 1
    note: tuple[str, ...] = ()


def answers(kind: Any) -> list[object]:
    one = kind("a", note=("x",))
    match one:
        case kind(path, line):
            matched: object = path, line
        case _:
            matched = None
    return [
        tuple(one), one.path, one.line, matched, one._asdict(), tuple(one._replace(line=3)),
        tuple(kind._make(["b", 2, ()])), kind._fields, kind._field_defaults, kind.__match_args__,
        kind.__doc__, kind.__bases__, one == ("a", 1, ("x",)), hash(one), len(one),
        repr(one).replace(kind.__name__, ""), typing.get_type_hints(kind), hasattr(one, "__dict__"),
    ]  # fmt: skip


def test_a_record_answers_as_a_named_tuple_does() -> None:
    assert answers(Ours) == answers(Theirs)


def test_a_record_has_methods() -> None:
    assert Ours("a").shown == "a:1"


def test_a_record_travels() -> None:
    one = Ours("a", 2, ("x",))
    for other in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one), copy.copy(one)):
        assert (type(other), other) == (Ours, one)


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_what_does_not_fit_is_refused(kind: Any) -> None:
    with pytest.raises(TypeError, match=rf"{kind.__name__}.__new__\(\)|__new__\(\)"):
        kind()
    with pytest.raises(TypeError):
        kind("a", 1, (), 4)
    with pytest.raises(TypeError):
        kind("a", colour="red")
    wrong = (ValueError, TypeError)  # the latter in the standard library since Python 3.13
    with pytest.raises(wrong, match="unexpected field names: \\['colour'\\]"):
        kind("a")._replace(colour="red")
    with pytest.raises(TypeError, match="Expected 3 arguments, got 1"):
        kind._make(["a"])
    with pytest.raises(AttributeError):
        kind("a").line = 2


def made(name: str, body: dict[str, object]) -> Any:
    bases: Any = (NamedTuple,)
    return types.new_class(name, bases, {}, lambda namespace: namespace.update(body))


def test_a_field_without_a_default_stands_before_those_with_one() -> None:
    with pytest.raises(TypeError, match="default"):
        made("Wrong", {"__annotations__": {"a": int, "b": int}, "a": 1})


@pytest.mark.parametrize("count", range(20))
def test_records_of_any_number_of_fields_can_be_made(count: int) -> None:
    names = [f"field_{number}" for number in range(count)]
    kind = made("Made", {"__annotations__": dict.fromkeys(names, int)})
    one = kind(**{name: number for number, name in enumerate(names)})
    assert one == tuple(range(count)) == kind(*range(count))
    assert [getattr(one, name) for name in names] == list(range(count))


@pytest.mark.parametrize("number", [*range(3, 34), 90])
def test_records_of_every_size(number: int) -> None:
    """Those with more fields than there are constructors, too."""
    names = tuple(f"field_{place}" for place in range(number))
    body = {"__annotations__": dict.fromkeys(names, "int"), names[-1]: -1}
    kind: Any = types.new_class("Kind", (NamedTuple,), exec_body=lambda own: own.update(body))
    values = list(range(number))
    one = kind(*values)
    assert list(one) == [getattr(one, name) for name in names] == values
    assert kind(**dict(zip(names, values, strict=True))) == one
    assert kind(*values[:-2], **{names[-2]: 7}) == (*values[:-2], 7, -1)
    for given, named in (
        (values[:-2], {}), ((*values, 1), {}), (values, {"other": 1}), (values[:-1], {names[0]: 1}),
        (values[:-2], {"other": 1}),
    ):  # fmt: skip
        with pytest.raises(TypeError, match="Kind"):
            kind(*given, **named)
