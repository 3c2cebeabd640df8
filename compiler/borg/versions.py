"""Which Borg: releases compared, and what came or went with which."""

from __future__ import annotations

from functools import cache

from ..support.record import NamedTuple
from ..support.regex import lazily

_VERSION = lazily(r"(\d+)\.(\d+)(?:\.(\d+))?(?:(a|b|rc)(\d+))?(\.dev\d+)?")
_STAGES = {"a": 0, "b": 1, "rc": 2}
_FINAL = 3


class Version(NamedTuple):
    """A release of Borg. `stage` and `number`: of an alpha, beta or candidate."""

    release: tuple[int, int, int]
    stage: int = _FINAL
    number: int = 0
    final: bool = True  # False for a development version, which sorts below its release

    def __str__(self) -> str:
        text = ".".join(map(str, self.release))
        word = next((word for word, stage in _STAGES.items() if stage == self.stage), "")
        return f"{text}{word}{self.number if word else ''}{'' if self.final else '.dev'}"

    def knows(self, since: str = "", until: str = "") -> bool:
        """Whether this is release `since` or a later one, and before `until`."""
        key = (self.release, self.stage, self.number, self.final)
        return (not since or key >= _key(since)) and (not until or key < _key(until))


def version(text: str) -> Version | None:
    """The version that a text such as `1.4.5` or `2.0.0b19` names; None if it names none."""
    match = _VERSION.match(text)
    if match is None:
        return None
    major, minor, micro, stage, number, development = match.groups()
    return Version(
        (int(major), int(minor), int(micro or 0)),
        _STAGES.get(stage, _FINAL) if stage else _FINAL,
        int(number or 0),
        not development,
    )


@cache
def _key(text: str) -> tuple[tuple[int, int, int], int, int, bool]:
    found = version(text) or ASSUMED  # the texts are our own
    return found.release, found.stage, found.number, found.final


# What is assumed where Borg's version isn't known: the flags of 1.2 and 1.4 are nearly the same.
ASSUMED = Version((1, 4, 0))
OLDEST = "1.2.0a2"

# What differs, by the release it came with (`borg help` and parsers of 1.2.4, 1.4.5, 2.0.0b19).
COMPACT = "1.2.0a1"  # before, prune itself frees what it can
COMPACT_DRY_RUN = "1.2.9"
NO_SAVE_SPACE = "2.0.0a1"
SEPARATE_REPOSITORY = "2.0.0a2"  # --repo, repo-create, repo-list, repo-info
MATCH_ARCHIVES = "2.0.0b3"  # instead of --glob-archives
ADDED_AND_EXCLUDED = "2.0.0b5"  # the letters + and - in file lists, instead of x and -
PRUNE_WITHOUT_STATS = "2.0.0b10"
SERIES = "2.0.0b11"  # archives of one name; ids with aid:
PRUNE_FROM = "2.0.0b20"
SLASHDOT = "1.4.0a1"  # what stands before `/./` in a source is no part of the path in the archive
QUICK_STATS = "1.4.5"
