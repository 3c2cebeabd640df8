"""What searching has found: texts of these forms took seconds, minutes or for ever."""

from __future__ import annotations

import pytest

from tests.fuzz.targets import TARGETS

_LONG = 12_000


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("target", "data"),
    [
        ("configuration", b"\0password: " + b"!" * 60 + b" x\n  unknown: 1\n"),
        ("configuration", b"\0" + b"pass" * _LONG + b": 1\n"),
        ("configuration", b"\0a:\n" + b"    - one_file_system: ~\n" * 4000),
        ("configuration", b"\0x:\n" + b"  - unknown: 1\n" * 9000),
        ("template", b"{error}" * _LONG),
        ("template", b"$(" * _LONG + b"{error}" + b")" * _LONG),
        ("words", b"start " * (_LONG // 6)),
        ("words", b"a-start-stop-" * (_LONG // 13)),
    ],
)
def test_it_comes_to_an_end(target: str, data: bytes) -> None:
    TARGETS[target](data)
