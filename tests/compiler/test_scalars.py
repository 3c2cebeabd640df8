"""Plain scalars mean what they mean to borgmatic, not what they mean to PyYAML."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from borgplan.compiler.syntax.scalars import resolve

# The same text, with another meaning to PyYAML (DEMAND.md, section E).
DIFFERENT: list[tuple[str, object]] = [
    ("0077", 77),
    ("017", 17),
    ("0o17", 15),
    ("1e3", 1000.0),
    ("1:30", "1:30"),
    ("12:30:45", "12:30:45"),
    *((word, word) for word in ("yes", "no", "on", "off", "Yes", "No", "On", "Off", "NO", "ON")),
]

SAME: list[tuple[str, object]] = [
    *((word, None) for word in ("", "~", "null", "Null", "NULL")),
    *((word, True) for word in ("true", "True", "TRUE")),
    *((word, False) for word in ("false", "False", "FALSE")),
    *((word, word) for word in ("y", "n", "nULL", "tRUE", "none", "nil", "inf", "nan", "-", "+", ".", "e5")),
    ("0", 0),
    ("-7", -7),
    ("+7", 7),
    ("1_000", 1000),
    ("0x1F", 31),
    ("0b101", 5),
    ("1.5", 1.5),
    ("-1.5e-3", -0.0015),
    ("6.", 6.0),
    (".5", 0.5),
    (".inf", math.inf),
    ("-.INF", -math.inf),
    ("0x", "0x"),
    ("1.2.3", "1.2.3"),
    ("3H", "3H"),
]  # fmt: skip

DATES = ["2001-12-14", "2001-12-14t21:59:43.10-05:00"]


def equal(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


@pytest.mark.parametrize(("text", "value"), [*DIFFERENT, *SAME, ("08", 8), ("0o8", "0o8")])
def test_a_plain_scalar_means(text: str, value: object) -> None:
    assert equal(resolve(text), value)


@pytest.mark.parametrize(("text", "value"), DIFFERENT)
def test_pyyaml_would_read_it_differently(text: str, value: object) -> None:
    assert not equal(yaml.safe_load(text), value)


@pytest.mark.parametrize("text", DATES)
def test_dates_stay_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text: str) -> None:
    assert equal(resolve(text), math.nan)


@pytest.mark.parametrize("text", ["9" * 401, "0x" + "f" * 5000, "1" * 100_000 + ".5"])
def test_absurdly_long_numbers_stay_text(text: str) -> None:
    assert resolve(text) == text


ALPHABET = "0123456789+-.eEoxXb_:" + "".join(sorted(set("nulltrueyesinfnan") - set("eo")))
PIECES = [
    "null",
    "true",
    "yes",
    "inf",
    "nan",
    ".inf",
    ".nan",
    "Null",
    "TRUE",
    "0x",
    "0o",
    "0b",
    "e+",
]
PLAIN = st.text(ALPHABET, max_size=10) | st.lists(
    st.sampled_from(PIECES) | st.sampled_from(ALPHABET), max_size=6
).map("".join)


@settings(max_examples=1500, deadline=None)
@given(PLAIN)
@example("-_9")
@example("+_7")
@example("._9")
@example("0o_7")
@example("0x_")
@example("1_")
@example("1e5")
@example("1e+5")
@example(".5e3")
@example("-.nan")
@example("+.inf")
def test_it_means_what_ruamel_makes_of_it(text: str) -> None:
    try:
        (expected,) = YAML(typ="safe", pure=True).load(f"- {text}")
    except Exception:  # noqa: BLE001  # not YAML, or a number that ruamel itself stumbles over
        resolve(text)
        return
    if expected is None or isinstance(expected, str | int | float):  # else a date or a collection
        assert equal(resolve(text), expected), (resolve(text), expected)


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    assert isinstance(resolve(text), str | int | float | None)
