"""Secrets taken out of what is shown, in whatever pieces it comes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.runtime.process.redact import MASK, SHORTEST, Masks, Redactor

# Few letters, so that secrets are in the text, in one another and across one another.
SECRET = st.text("ab\u00e4", min_size=SHORTEST, max_size=8)
TEXT = st.text("ab\u00e4c\n", max_size=40)


def shown(secrets: list[str], data: bytes, cuts: list[int]) -> bytes:
    redactor = Redactor(Masks(secrets))
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    parts = [data[a:b] for a, b in pairwise(places)]
    return b"".join(map(redactor.feed, parts)) + redactor.end()


CUTS = st.lists(st.integers(0, 60))


@given(SECRET, st.lists(TEXT | st.none(), max_size=5), CUTS)
def test_one_secret_is_in_no_output(secret: str, pieces: list[str | None], cuts: list[int]) -> None:
    data = "".join(secret if piece is None else piece for piece in pieces).encode()
    result = shown([secret], data, cuts)
    assert secret.encode() not in result
    assert result == shown([secret], data, [])
    assert result == data.replace(secret.encode(), MASK)


@given(st.lists(SECRET, min_size=2, max_size=3), st.lists(TEXT, max_size=4), CUTS)
def test_no_secret_is_in_any_output(secrets: list[str], texts: list[str], cuts: list[int]) -> None:
    data = secrets[0].join(texts).encode()
    result = shown(secrets, data, cuts)
    assert not any(secret.encode() in result for secret in secrets)


@given(st.lists(SECRET, min_size=2, max_size=3), st.lists(TEXT, max_size=4), CUTS)
def test_pieces_make_no_difference_with_several_secrets(
    secrets: list[str], texts: list[str], cuts: list[int]
) -> None:
    data = secrets[0].join(texts).encode()
    assert shown(secrets, data, cuts) == shown(secrets, data, [])


@given(st.binary(), CUTS)
def test_what_holds_no_secret_stays_as_it_is(data: bytes, cuts: list[int]) -> None:
    assert shown(["s3cret-phrase"], data, cuts) == data.replace(b"s3cret-phrase", MASK)
    assert shown(["abc", ""], data, cuts) == data


def test_of_two_that_begin_alike_nothing_of_the_longer_is_left() -> None:
    redactor = Redactor(Masks(["phrase", "phrase-and-more"]))
    parts = [redactor.feed(b"phrase"), redactor.feed(b"-and-more"), redactor.end()]
    assert b"more" not in b"".join(parts)


@pytest.mark.parametrize("secret", ["****", "***a", "a***", "(hidden)", "den)", ")(hi"])
def test_a_secret_like_the_mask(secret: str) -> None:
    data = f"x{secret}*a-a{secret}y".encode()
    for cut in range(len(data)):
        assert shown([secret], data, [cut]) == data.replace(secret.encode(), MASK)


def test_a_secret_of_several_lines_or_odd_bytes() -> None:
    secret = "one\ntwo\udcff"
    data = b"<one\ntwo\xff>"
    for cut in range(len(data)):
        assert shown([secret], data, [cut]) == b"<" + MASK + b">"
    assert Masks([secret]).text(f"<{secret}>") == f"<{MASK.decode()}>"


def test_nothing_is_held_back_longer_than_it_could_be_a_secret() -> None:
    redactor = Redactor(Masks(["secret"]))
    assert redactor.feed(b"a prompt: sec") == b"a prompt: "
    assert redactor.feed(b"ond") == b"second"
    assert redactor.feed(b"s") == b""
    assert redactor.end() == b"s"
    assert redactor.end() == b""
