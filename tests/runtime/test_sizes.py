"""How large new archives are, and what that is beside those before."""

from __future__ import annotations

import json

import pytest

from borgplan.runtime.engine.sizes import ArchiveSize, Growth, growth, in_units
from borgplan.runtime.engine.tally import NO_TALLY, Tally
from borgplan.runtime.process.borg_log import BorgLog
from borgplan.runtime.process.borg_report import ArchiveReport
from borgplan.runtime.render.phrases import sized, tidied

BORG_1 = {
    "nfiles": 200,
    "original_size": 600_479,
    "compressed_size": 601_055,
    "deduplicated_size": 455,
}


def reported(statistics: object) -> ArchiveSize | None:
    log = BorgLog()
    ArchiveReport(log).feed(
        json.dumps({"archive": {"name": "a", "stats": statistics}}).encode() + b"\n"
    )
    assert log.archive == "a"
    return log.size


def test_borg_says_it_in_its_report() -> None:
    assert reported(BORG_1) == ArchiveSize(200, 600_479, 601_055, 455)
    two = {"nfiles": 2, "original_size": 3}
    assert reported(two) == ArchiveSize(2, 3)


@pytest.mark.parametrize(
    "statistics",
    [
        None, 1, [], {}, {"nfiles": 1}, {"original_size": 1}, {"nfiles": "1", "original_size": 1},
        {"nfiles": True, "original_size": 1}, {"nfiles": 1.5, "original_size": 1}, {"nfiles": 1, "original_size": 1 << 64},
    ],
)  # fmt: skip
def test_anything_else_is_no_size(statistics: object) -> None:
    assert reported(statistics) is None


GIGA = 1_000_000_000


def of(original: int, added: int | None = None, files: int = 9) -> ArchiveSize:
    return ArchiveSize(files, original, None, added)


@pytest.mark.parametrize(
    ("size", "former", "expected"),
    [
        (of(5), [], Growth()),
        (of(0, files=0), [], Growth(shrunk=True)),
        (of(5), [of(3)], Growth(2)),
        (of(3), [of(5), of(900)], Growth(-2)),
        (of(10), [of(100)], Growth(-90)),
        (of(9), [of(100)], Growth(-91, shrunk=True)),
        (of(0, files=0), [of(0)], Growth(0, shrunk=True)),
        (of(0, files=0), [of(0, files=0)], Growth(0)),
        (of(5, 3 * GIGA), [of(5, 0), of(5, GIGA), of(5, 9 * GIGA)], Growth(0, 3)),
        (of(5, 2 * GIGA), [of(5, GIGA)], Growth(0)),
        (of(5, GIGA), [of(5)], Growth(0)),
        (of(5), [of(5, 1)], Growth(0)),
        (of(5, 1000), [of(5, 1)], Growth(0)),  # nobody minds a kilobyte
        (of(5, GIGA), [of(5, 0)], Growth(0)),  # of nothing there are no times
    ],
)
def test_growth(size: ArchiveSize, former: list[ArchiveSize], expected: Growth) -> None:
    assert growth(size, former) == expected


@pytest.mark.parametrize(
    ("size", "tally", "text"),
    [
        (of(0, 0, 1), NO_TALLY, "1 file, 0 B original size, 0 B added to the repository"),
        (of(1500), Tally(1, 2), "9 files (1 new, 2 changed), 1.50 kB original size"),
        (of(15), Tally(unreadable=0), "9 files, 15 B original size"),
        (of(15), Tally(unreadable=3), "9 files, 15 B original size, 3 unreadable"),
    ],
)
def test_words(size: ArchiveSize, tally: Tally, text: str) -> None:
    assert sized(size, tally) == text


@pytest.mark.parametrize(
    ("tally", "text"),
    [
        (NO_TALLY, ""),
        (Tally(pruned=1, kept=1), "1 archive pruned, 1 kept"),
        (Tally(pruned=0, kept=9, freed=1000), "0 archives pruned, 9 kept, about 1.00 kB freed"),
    ],
)
def test_words_of_tidying(tally: Tally, text: str) -> None:
    assert tidied(tally) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (-1000, "-1.00 kB"), (12_345_678, "12.35 MB"),
        (10**18, "1000.00 PB"), (10**400, "?"), (None, "0 B"), ("9", "0 B"),
    ],
)  # fmt: skip
def test_units(number: object, text: str) -> None:
    assert in_units(number) == text
