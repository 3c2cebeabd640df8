"""Words that are looked for before any expression is compiled."""

from __future__ import annotations

import pytest

from borgplan.compiler.support.regex import naming


@pytest.mark.parametrize("text", ["curl -fsS x", "/usr/bin/curl x", "a;curl", "notify-send x"])
def test_a_word_is_found_wherever_it_stands_apart(text: str) -> None:
    assert naming("curl", "notify-send")(text)


@pytest.mark.parametrize("text", ["", "wget x", "curlftpfs x", "libcurl", "notify x; send y"])
def test_a_part_of_a_word_is_not_the_word(text: str) -> None:
    assert not naming("curl", "notify-send")(text)
