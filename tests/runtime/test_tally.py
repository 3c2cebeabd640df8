"""Borg's work in numbers: from its log, into the journal and out of it."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.plan.listing import Listing
from borgplan.runtime.engine.sizes import ArchiveSize, growth
from borgplan.runtime.engine.tally import NO_TALLY, Tally, Unreadable, as_data, of_data
from borgplan.runtime.process.borg_log import BorgLog
from borgplan.runtime.process.borg_report import ArchiveReport

STATISTICS = {"nfiles": 9, "original_size": 4}


def status(letter: str, path: str) -> dict[str, object]:
    return {"type": "file_status", "status": letter, "path": path}


def message(text: str, level: str = "WARNING", name: str = "borg.archiver") -> dict[str, object]:
    return {"type": "log_message", "levelname": level, "name": name, "message": text}


def listed(text: str) -> dict[str, object]:
    return message(text, "INFO", "borg.output.list")


def read(
    *entries: dict[str, object], listing: Listing = Listing.COUNTED, makes_archive: bool = True
) -> tuple[Tally, str]:
    """What is counted, and what is shown."""
    log = BorgLog(listing=listing, makes_archive=makes_archive)
    shown = log.feed(b"".join(json.dumps(entry).encode() + b"\n" for entry in entries))
    if makes_archive:
        report = {
            "archive": {"name": "a", "stats": STATISTICS},
            "cache": {"stats": {"unique_csize": 77}},
        }
        ArchiveReport(log).feed(json.dumps(report).encode() + b"\n")
    return log.tally, shown.decode()


def test_files_are_counted_and_not_shown() -> None:
    entries = [status("A", "a"), status("A", "b"), status("M", "c"), status("d", "x")]
    expected = Tally(2, 1, 6, 0, 0, stored=77)
    assert read(*entries) == (expected, "")
    shown = read(*entries, listing=Listing.SHOWN)
    assert shown == (expected, "A a\nA b\nM c\nd x\n")


def test_where_nothing_is_listed_nothing_is_known_of_that() -> None:
    assert read(listing=Listing.NONE)[0] == Tally(unsteady=0, unreadable=0, stored=77)
    assert read(listing=Listing.NONE, makes_archive=False)[0] == NO_TALLY


DENIED = "home/secret: open: [Errno 13] Permission denied: 'secret'"


def test_what_can_t_be_read_is_named_once() -> None:
    tally, shown = read(
        message(DENIED), status("E", "home/secret"),
        status("A", "home/disk"), message("home/disk: read: [Errno 5] Input/output error"), status("E", "home/disk"),
        message("home/root: [Errno 2] No such file or directory: 'home/root'"),
        status("E", "home/race"),
    )  # fmt: skip
    assert tally.unreadable == 4
    assert tally.unreadable_files == (
        Unreadable("home/secret", "Permission denied"), Unreadable("home/disk", "Input/output error"),
        Unreadable("home/root", "No such file or directory"), Unreadable("home/race", ""),
    )  # fmt: skip
    assert (tally.new, tally.unchanged) == (0, 9)
    assert DENIED in shown


def test_the_first_ten_have_names() -> None:
    tally, _ = read(
        *(message(f"{n}: open: [Errno 13] Permission denied: 'x'") for n in range(4000))
    )
    assert tally.unreadable == 4000
    assert [each.path for each in tally.unreadable_files] == [str(n) for n in range(10)]


@pytest.mark.parametrize(
    "text",
    [
        "x: read: [Errno 5] Input/output error: 'x', slept 0.1s, next: retry: 2 of 10...",
        "Include pattern 'x' never matched.",
        "[Errno 13] Permission denied: '/cache'",
    ],
)
def test_other_warnings_are_of_no_file(text: str) -> None:
    assert read(message(text))[0].unreadable == 0


def test_files_that_change_meanwhile_are_counted() -> None:
    tally, _ = read(message("log: file changed while we backed it up"))
    assert (tally.unsteady, tally.unreadable) == (1, 0)


def test_prune_lists_archives() -> None:
    lines = [
        listed("Keeping archive (rule: daily #1):        a    Mon, 2026-01-01 [ff]"),
        listed("Pruning archive (1/2):                   b    Mon, 2026-01-01 [ff]"),
        listed("Pruning archive (2/2):                   c    Mon, 2026-01-01 [ff]"),
        listed("Keeping checkpoint archive:              d    Mon, 2026-01-01 [ff]"),
    ]
    tally, shown = read(*lines, makes_archive=False)
    assert (tally, shown) == (Tally(pruned=2, kept=1), "")
    tally, shown = read(*lines, makes_archive=False, listing=Listing.SHOWN)
    assert shown.count("\n") == 4
    assert read(*lines[1:3], makes_archive=False, listing=Listing.NONE)[0] == NO_TALLY


@pytest.mark.parametrize(
    ("text", "freed"),
    [
        ("compaction freed about 56.01 kB repository space.", 56_010),
        ("Remote: compaction freed about 1.20 GB repository space.", 1_200_000_000),
        ("compaction freed about 0 B repository space.", 0),
        ("compaction freed about -17 B repository space.", -17),
        ("compaction freed about 1.50 MiB repository space.", 1_572_864),
        ("Compaction saved 12 MB.", 12_000_000),
        ("compaction freed about ... B repository space.", None),
        ("compaction freed about much", None),
    ],
)
def test_compact_says_what_came_free(text: str, freed: int | None) -> None:
    entry = message(text, "INFO", "borg.repository")
    assert read(entry, makes_archive=False, listing=Listing.QUIET) == (Tally(freed=freed), "")
    assert read(entry, makes_archive=False, listing=Listing.NONE) == (
        Tally(freed=freed),
        f"{text}\n",
    )


def test_statistics_that_somebody_asked_for_are_shown() -> None:
    entry = message("Deleted data: 1 kB", "INFO", "borg.output.stats")
    assert read(entry, makes_archive=False)[1] == "Deleted data: 1 kB\n"
    loud = message("Creating archive", "INFO", "borg.archiver")
    assert read(loud)[1] == "Creating archive\n"


def test_a_tally_is_kept_as_it_is() -> None:
    full = Tally(1, 2, 3, 4, 5, (Unreadable("a\udcff", "why"),), 6, 7, 8, 9)
    for tally in (full, NO_TALLY, Tally(freed=0)):
        assert of_data(json.loads(json.dumps(as_data(tally)))) == tally
    assert as_data(Tally(freed=0)) == {"freed": 0}
    wrongs: list[object] = [None, [], 1, {"new": "1"}, {"new": True}, {"unreadable_files": 3}]
    for wrong in wrongs:
        assert of_data(wrong) == NO_TALLY


def test_secrets_in_names_are_hidden() -> None:
    tally = Tally(unreadable=1, unreadable_files=(Unreadable("a/tops3cret", "no tops3cret"),))
    masked = tally.masked(lambda text: text.replace("tops3cret", "***"))
    assert masked.unreadable_files == (Unreadable("a/***", "no ***"),)


def test_a_size_is_not_needed_for_new_files() -> None:
    log = BorgLog(listing=Listing.COUNTED, makes_archive=True)
    log.feed(json.dumps(status("A", "a")).encode() + b"\n")
    assert (log.tally.new, log.tally.unchanged) == (1, None)
    log.size = ArchiveSize(0, 0)
    assert log.tally.unchanged is None


def test_a_table_for_people_is_read() -> None:
    table = """\
Archive name: host-2026
Number of files: 20
                       Original size      Compressed size    Deduplicated size
This archive:               37.00 kB             37.70 kB              1.20 MB
All archives:               74.00 kB             75.40 kB             38.02 kB
"""
    lines = [message(line, "INFO", "borg.output.stats") for line in table.splitlines()]
    log = BorgLog(listing=Listing.COUNTED, makes_archive=True)
    shown = log.feed(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    assert log.archive_size == ArchiveSize(20, 37_000, 37_700, 1_200_000, is_rounded=True)
    assert (log.tally.unchanged, log.tally.stored) == (20, 38_020)
    assert shown.decode() == table


def test_rounded_sizes_are_compared_as_far_as_that_goes() -> None:
    def since(size: int, last: int, *, rounded: bool = True) -> int | None:
        return growth(ArchiveSize(9, size, is_rounded=rounded), [ArchiveSize(9, last)]).since_last

    assert since(1_010_000, 1_000_000) is None
    assert since(1_010_000, 1_000_000, rounded=False) == 10_000
    assert since(1_100_000, 1_000_000) == 100_000
