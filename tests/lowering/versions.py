"""Borg's version numbers, and which of the harvested tables a version goes by."""

from __future__ import annotations

import re

_STAGES = {"a": 0, "b": 1, "rc": 2, None: 3}
_NUMBER = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?")
HARVESTED = ("1.2.4", "1.4.5", "2.0.0b19")


def version_key(version: str) -> tuple[int, ...]:
    """For comparisons: a pre-release comes before its release, alphas before betas."""
    found = _NUMBER.match(version)
    if found is None:
        raise ValueError(version)
    major, minor, patch, stage, number = found.groups()
    return int(major), int(minor), int(patch), _STAGES[stage], int(number or 0)


def at_least(version: str, other: str) -> bool:
    return version_key(version) >= version_key(other)


def is_borg_2(version: str) -> bool:
    """Whether repository and archive are given apart, as from 2.0.0a2 on."""
    return at_least(version, "2.0.0a2")


def harvested(version: str) -> str:
    """The harvested version whose flags `version` has, but for those in `flags.LATER`."""
    series = [name for name in HARVESTED if at_least(version, name[:3] + ".0a0")]
    return series[-1] if series else HARVESTED[0]
