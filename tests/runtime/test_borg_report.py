"""What Borg says on its standard output: the archive it made, and whether there is an answer."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.runtime.process.borg_log import BorgLog
from borgplan.runtime.process.borg_report import Answer, ArchiveReport

REPORT = json.dumps({"archive": {"name": "vm-1", "stats": {}}, "cache": {}}, indent=4).encode()


def passed(data: bytes, size: int = 1 << 20) -> tuple[bytes, str]:
    """What is shown, and the archive that was named, if the data come in pieces."""
    log = BorgLog()
    report = ArchiveReport(log)
    shown = b"".join(report.feed(data[at : at + size]) for at in range(0, len(data), size))
    return shown + report.end(), log.archive


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("end", [b"", b"\n", b"\nafter\n"])
@pytest.mark.parametrize(
    "start", [b"", b"starting a container\n", b"{a note}\n", b"{\n", b"{\n}\n"]
)
def test_a_report_is_taken_out_of_what_is_shown(start: bytes, end: bytes, size: int) -> None:
    assert passed(start + REPORT + end, size) == (start + end.removeprefix(b"\n"), "vm-1")


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{}", b"[]", b"{", b'{"archive": {}}', b'{"archive": "vm-1"}', b'{"archive": {"name": ""}}',
        b'{"archive": {"name": 1}}', b'{"archive": null}', b'x{"archive": {"name": "a"}}',
        b'{"archive": {"name": "a"}', b'{"a":' * 50_000, b'{"archive": {"name": ' + b"1" * 5000 + b"}}",
    ],
)  # fmt: skip
def test_what_is_no_report_is_shown_and_proves_nothing(text: bytes) -> None:
    assert passed(text) == (text, "")


@given(st.binary(max_size=200), st.integers(1, 50))
def test_nothing_is_lost(data: bytes, size: int) -> None:
    shown, archive = passed(data, size)
    assert shown == data or archive


def test_a_flood_is_shown_and_not_kept() -> None:
    data = b"{\n" + b"x" * (9 << 20)
    log = BorgLog()
    report = ArchiveReport(log)
    assert report.feed(data) == data
    assert report.end() == b""


def test_a_name_that_is_no_text_is_written_out() -> None:
    text = b'{"archive": {"name": "a\\ud800"}}'
    assert passed(text) == (b"", "a\\ud800")


@pytest.mark.parametrize(
    ("parts", "came"),
    [
        ([], False), ([b"\n", b"  \n"], False), ([b"a"], True), ([b"\n", b"a"], True),
        ([b'{\n    "archives": [],\n    "cache": {}}'], False), ([b'{"arch', b'ives": [ ]}'], False),
        ([b'{"archives": [{"name": "a"}]}'], True), ([b"\xff" * 10_000], True),
    ],
)  # fmt: skip
def test_an_answer_has_something_in_it(parts: list[bytes], came: bool) -> None:
    answer = Answer()
    for part in parts:
        answer.add(part)
    assert answer.came is came
