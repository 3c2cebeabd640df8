"""Which dumps are restored, and by which entries."""

from __future__ import annotations

import pytest

from borgplan.compiler.config.databases import Database
from borgplan.compiler.databases.archive_layout import Dump, identifier_of
from borgplan.compiler.databases.choosing import Wanted, chosen
from borgplan.compiler.source.span import COMMAND_LINE


def entry(name: str, kind: str = "postgresql", **options: object) -> Database:
    return Database(kind, 0, {"name": name, **options}, {}, COMMAND_LINE)


def dump(
    name: str,
    kind: str = "postgresql",
    hostname: str = "",
    port: int | None = None,
    label: str = "",
) -> Dump:
    identifier = identifier_of(hostname, port, label, "")
    return Dump(kind, name, f"{kind}/{identifier}/{name}", identifier, hostname, port, label)


DUMPS = (dump("users"), dump("user_archive"), dump("orders", port=5432), dump("users", "mariadb"))
ENTRIES = (entry("all", format="custom"), entry("users", "mariadb"))


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ((), ["users", "user_archive", "orders", "users"]),
        (("all",), ["users", "user_archive", "orders", "users"]),
        (("users",), ["users", "users"]),
        (("user*",), ["users", "user_archive", "users"]),
        (("orders", "users"), ["orders", "users", "users"]),
        (("user_a*", "user*", "users"), ["user_archive", "users", "users"]),
    ],
)
def test_names_and_patterns(names: tuple[str, ...], found: list[str]) -> None:
    assert [pair[0].name for pair in chosen(Wanted(names), DUMPS, ENTRIES).pairs] == found


def test_a_name_that_no_dump_has_is_missing_whatever_others_have() -> None:
    assert chosen(Wanted(("users", "nope")), DUMPS, ENTRIES).missing == ("nope",)


def test_brackets_in_a_name_are_no_pattern() -> None:
    found = chosen(Wanted(("a[b]c",)), [dump("a[b]c"), dump("abc")], [entry("all")])
    assert [pair[0].name for pair in found.pairs] == ["a[b]c", "abc"]


def test_where_it_came_from() -> None:
    dumps = (dump("u", hostname="a"), dump("u", hostname="b", port=5432), dump("u", label="l"))
    entries = (entry("u", hostname="a"), entry("u", hostname="b"), entry("u", label="l"))
    assert len(chosen(Wanted(), dumps, entries).pairs) == 3
    for wanted, place in (
        (Wanted(hostname="b"), 1),
        (Wanted(label="l"), 2),
        (Wanted(hostname="b", port=5432), 1),
    ):
        (pair,) = chosen(wanted, dumps, entries).pairs
        assert pair == (dumps[place], entries[place])
    assert chosen(Wanted(kind="mariadb_databases"), dumps, entries).pairs == ()


def test_an_exact_name_counts_more_than_a_pattern() -> None:
    exact = entry("users")
    (pair,) = chosen(Wanted(), [dump("users")], [entry("u*"), exact]).pairs
    assert pair[1] is exact


def test_no_entry_and_several() -> None:
    found = chosen(Wanted(), [dump("x"), dump("y")], [entry("y", options="a"), entry("y")])
    assert [one.name for one in found.unconfigured] == ["x"]
    assert [one.name for one in found.ambiguous] == ["y"]
