"""Filters that fit what a name format makes, and nothing else."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.compiler.borg.series import can_meet, neighbour, series
from borgplan.compiler.borg.shell_patterns import compiled, expression

NOW = datetime(2026, 3, 4, 5, 6, 7, 89, UTC)
VALUES = {
    "hostname": "vm", "fqdn": "vm.example", "reverse-fqdn": "example.vm", "user": "anna", "pid": "4711",
    "unixtime": "1772600767", "uuid4": "9f0e64bc-6bd0-4bdd-8f94-bb5ae3b0d6a1", "borgversion": "1.4.5",
}  # fmt: skip


class Time(datetime):
    def __format__(self, spec: str) -> str:
        return super().__format__(spec or "%Y-%m-%dT%H:%M:%S")


def made(name: str, **other: str) -> str:
    """As Borg fills in a format."""
    time = Time(*NOW.timetuple()[:6], NOW.microsecond, UTC)
    return name.format_map({**VALUES, "now": time, "utcnow": time, **other})


def takes(pattern: str, name: str) -> bool:
    found = compiled(expression(made(pattern)))
    assert not isinstance(found, str)
    return found.match(name) is not None


FORMATS = (
    "{hostname}-{now}", "{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}", "{now:%F_%T}", "a[1]*?-{now:%A, %d %B}",
    "x{{y}}-{utcnow:%s}", "{hostname}-{uuid4}", "{pid}-{unixtime}", "{fqdn}-{now:%-d}", "[{now}]", "*",
    "{borgversion}-{now:%j%%}", "{now:[%H]}", "{hostname}", "a\\b-{now:%y}", "!^-{now:%G-W%V-%u}", "é {now:%R}",
)  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_a_filter_takes_what_its_format_makes(name: str) -> None:
    assert takes(series(name), made(name))


@pytest.mark.parametrize(
    "name",
    ["{hostname}-{now}", "{hostname}-{now:%Y%m%d}", "{hostname}_{uuid4}", "{hostname}-{unixtime}"],
)
@pytest.mark.parametrize("host", ["vm-2", "vm2", "vm-2026", "vm-prod", "2-vm", "vm-12-01", "v"])
def test_a_filter_takes_no_archive_of_a_host_with_a_longer_name(name: str, host: str) -> None:
    assert not takes(series(name), made(name, hostname=host))


@given(
    st.text(string.printable, max_size=12), st.sampled_from(["{now}", "{uuid4}", "{now:%d.%m.%y}"])
)
def test_any_text_stands_for_itself(text: str, field: str) -> None:
    text = text.replace("{", "{{").replace("}", "}}").replace("/", "")
    name = f"{text}{field}"
    assert takes(series(name), made(name))
    assert not takes(series(name), made(f"x{name}"))
    assert not takes(series(name), f"{made(name)}x")


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (series("{hostname}-{now}"), series("{hostname}-mail-{now}"), False),
        ("{hostname}-*", series("{hostname}-mail-{now}"), True),
        (series("a-{now}"), series("b-{now}"), False),
        (series("a-{now}"), series("{hostname}-{now}"), True),
        ("a?", "ab", True),
        ("a[!b]", "ab", False),
        ("*a", "b*", True),
        ("a*b*c", "a*c*b", False),
        ("", "", True),
    ],
)
def test_whether_two_filters_can_meet(one: str, other: str, meet: bool) -> None:
    assert can_meet(one, other) is meet
    assert can_meet(other, one) is meet


def test_a_neighbour_has_the_same_form() -> None:
    assert neighbour("{hostname}-{now:%Y}") == "{hostname}-2-{now:%Y}"
    assert neighbour("a{{-{hostname}_{pid}") == "a{{-{hostname}-2_{pid}"
    assert neighbour("{now}") == neighbour("{now}-{pid}_") == ""
    assert neighbour("{now}-{hostname}") == "{now}-2-{hostname}"
    assert neighbour("{now}_db-{pid}.x") == "{now}_db-{pid}-2.x"
