"""Borg's log made readable: whatever bytes come, in whatever pieces."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.runtime.process.borg_log import BorgLog, Message, Overheard


def lines(**entry: object) -> bytes:
    return json.dumps(entry).encode() + b"\n"


ENTRIES = st.sampled_from([
    lines(type="log_message", message="a message", levelname="INFO", name="borg.x"),
    lines(type="log_message", message="two\nlines"),
    lines(type="file_status", status="A", path="/a/\udcff name"),
    lines(type="archive_progress", nfiles=3, original_size=10**6, deduplicated_size=1, path="p"),
    lines(type="progress_percent", message=" 10% done", finished=False),
    lines(type="progress_message", finished=True),
    lines(type="question_prompt", message="really?"),
    lines(type="unheard_of", a=1),
    b'{"not json\n', b'{"a": 1}\n', b'{"type": 3}\n', b"plain\n", b"\xff\xfe\0\n", b"\r\n", b"\n",
])  # fmt: skip
TEXTS = st.lists(ENTRIES | st.binary(max_size=20), max_size=12).map(b"".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(
        st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab"), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
TYPES = [
    "log_message", "file_status", "archive_progress", "progress_percent", "progress_message",
    "question_prompt", "other",
]  # fmt: skip
KEYS = ["message", "status", "path", "nfiles", "original_size", "deduplicated_size", "finished"]


def read(data: bytes, cuts: list[int]) -> bytes:
    """All that comes out, where progress is never told twice in the time of a test."""
    log = BorgLog()
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    parts = [data[a:b] for a, b in pairwise(places)]
    return b"".join(map(log.feed, parts)) + log.end()


@given(TEXTS, st.lists(st.integers(0, 400)))
def test_the_pieces_in_which_bytes_come_make_no_difference(data: bytes, cuts: list[int]) -> None:
    assert read(data, cuts) == read(data, [])


@given(TEXTS)
def test_what_comes_before_does_not_matter_without_progress(data: bytes) -> None:
    """Line by line, as Borg writes, is the same as each line by itself."""
    plain = b"".join(line for line in data.splitlines(keepends=True) if b"progress" not in line)
    whole = read(plain, [])
    single = b"".join(read(line, []) for line in plain.split(b"\n") if line)
    assert whole.replace(b"\n", b"") == single.replace(b"\n", b"")


@given(st.lists(st.binary(max_size=30).filter(lambda b: b"\n" not in b and b[:2] != b'{"')))
def test_lines_that_are_no_json_stay_as_they_are(parts: list[bytes]) -> None:
    data = b"".join(part + b"\n" for part in parts)
    assert read(data, [3, 7]) == data


@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_no_entry_raises_whatever_its_values_are(kind: str, entry: dict[str, object]) -> None:
    result = read(lines(type=kind, **entry), [])
    assert not result or result.endswith(b"\n")


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"type": "log_message", "message": "a\u00e4"}, "a\u00e4\n".encode()),
        ({"type": "file_status", "status": "M", "path": "/x\udcff"}, b"M /x\xff\n"),
        ({"type": "file_status"}, b"? \n"),
        ({"type": "archive_progress", "finished": True}, b""),
        ({"type": "progress_percent", "message": "50%"}, b"50%\n"),
        ({"type": "progress_percent", "message": "", "finished": True}, b""),
        (
            {"type": "archive_progress", "nfiles": 2, "original_size": 12_300_000,
             "deduplicated_size": 999, "path": "p"},
            b"2 files, 12.30 MB, 999 B new: p\n",
        ),
        ({"type": "question_prompt", "message": "Sure?"}, b"Sure?\n"),
        ({"type": "new", "a": 1}, b'{"type": "new", "a": 1}\n'),
    ],
)  # fmt: skip
def test_what_an_entry_becomes(entry: dict[str, object], text: bytes) -> None:
    assert read(lines(**entry), []) == text


def test_progress_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("borgplan.runtime.process.borg_log.time.monotonic", lambda: now[0])
    log = BorgLog()
    told = []
    for step in range(6):
        now[0] += 0.4
        told.append(log.feed(lines(type="progress_percent", message=str(step))))
    assert b"".join(told) == b"0\n3\n"


def test_a_last_line_without_its_end_is_read_too() -> None:
    log = BorgLog()
    assert log.feed(b'{"type": "log_message", "mess') == b""
    assert log.feed(b'age": "x"}') == b""
    assert log.end() == b"x\n"
    assert log.end() == b""


HOSTILE = {
    "deep": b'{"a":' * 100_000 + b"\n",
    "huge number": b'{"type": "archive_progress", "original_size": 1' + b"0" * 400 + b"}\n",
    "lone surrogate": b'{"type": "log_message", "message": "\\ud800"}\n',
    "encoded surrogate": b'{"type": "log_message", "message": "\xed\xa0\x80"}\n',
    "infinite": b'{"type": "archive_progress", "original_size": 1e999}\n',
    "no number": b'{"type": "archive_progress", "original_size": NaN}\n',
    "digits": b'{"a": ' + b"1" * 5000 + b"}\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lines_do_not_raise(name: str) -> None:
    assert read(HOSTILE[name], []).endswith(b"\n")


def test_a_message_that_is_null_is_no_word() -> None:
    assert b"None" not in read(lines(type="log_message", message=None), [])


def test_a_line_that_is_too_long_to_keep_stays_as_it_is() -> None:
    data = b"x" * (3 << 20) + b"\n"
    assert read(data, list(range(0, len(data), 65536))) == data


def said(level: str, text: str = "m", **more: object) -> bytes:
    return lines(type="log_message", levelname=level, message=text, **more)


def test_messages_from_a_warning_on_are_kept_with_level_and_id() -> None:
    log = BorgLog()
    log.feed(
        said("INFO") + said("WARNING", "w") + said("ERROR", "e", msgid="Repository.DoesNotExist")
    )
    log.feed(said("WARNING", "last") + said("unheard of"))
    assert list(log.messages) == [
        Message("WARNING", "w", ""),
        Message("ERROR", "e", "Repository.DoesNotExist"),
        Message("WARNING", "last", ""),
    ]
    assert (log.worst, log.problem) == ("ERROR", "Repository.DoesNotExist")


@pytest.mark.parametrize(
    ("data", "worst"),
    [
        (b"", ""), (said("INFO"), ""), (said("WARNING"), "WARNING"),
        (said("CRITICAL") + said("WARNING"), "CRITICAL"), (b"warning: plain text\n", ""),
        (b"borg: error: unrecognized arguments: -x\n", "ERROR"),
        (b"Traceback (most recent call last):\n", "ERROR"), (said("WARNING")[:-1], "WARNING"),
    ],
)  # fmt: skip
def test_the_worst_level_is_known(data: bytes, worst: str) -> None:
    log = BorgLog()
    log.feed(data)
    log.end()
    assert log.worst == worst


def test_a_flood_of_warnings_is_not_kept() -> None:
    log = BorgLog()
    for number in range(1000):
        log.feed(said("WARNING", str(number)))
    assert len(log.messages) == 50
    assert log.messages[-1].text == "999"


def test_what_is_overheard_stays_as_it_is() -> None:
    log = BorgLog()
    data = said("WARNING") + b"plain"
    filter_ = Overheard(log)
    assert filter_.feed(data) + filter_.end() == data
    assert log.worst == "WARNING"
