"""Recorded restores that borgplan deliberately differs from, each with the reason."""

from __future__ import annotations

from typing import NamedTuple


class Difference(NamedTuple):
    """`errors`: codes of what is found beforehand, so that nothing runs."""

    reason: str
    errors: tuple[str, ...] = ()


_BEFOREHAND = "found before anything runs: no hook, nothing half restored"
_LATEST = "the newest archive, where none is named"
_WARNING = "a warning of borg extract stops no client"
_FORMAT = "the dump's own first bytes say what it is"
_UNKNOWN = "what a newer release writes into dumps.json beside is no reason to restore nothing"
_PASSWORD = "no password stands on a command line"
_REFUSED = "psql and mysql know no --schema"
_ONE = "one repository at a time: the second would overwrite the first"
_EXACT = "the entry that is exactly the dump's own counts"

DIFFERENT: dict[str, Difference] = {
    "restore-fail-extract-1-slow-client": Difference(_WARNING),
    "restore-fail-list": Difference(_BEFOREHAND, ("BP390",)),
    "restore-hook-unknown": Difference(_BEFOREHAND, ("BP391",)),
    "restore-metadata-unknown-field": Difference(_UNKNOWN),
    "restore-mongodb-flags": Difference(_PASSWORD),
    "restore-mysql-schema": Difference(_REFUSED, ("BP395",)),
    "restore-name-brackets": Difference("names are not read as patterns"),
    "restore-no-archive": Difference(_LATEST),
    "restore-no-archives": Difference(_BEFOREHAND, ("BP390",)),
    "restore-no-databases": Difference(_BEFOREHAND, ("BP390",)),
    "restore-pg-database-unknown": Difference(_BEFOREHAND, ("BP391",)),
    "restore-pg-format-changed": Difference(_FORMAT),
    "restore-pg-host-changed": Difference(_BEFOREHAND, ("BP392",)),
    "restore-pg-not-configured": Difference(_BEFOREHAND, ("BP392",)),
    "restore-pg-plain-no-owner": Difference(
        "psql knows no --no-owner; the dump was made without owners"
    ),
    "restore-pg-schema-plain": Difference(_REFUSED, ("BP395",)),
    "restore-same-name-default-port": Difference(_EXACT),
    "restore-same-name-glob-and-exact": Difference(
        "two dumps for one place are refused", ("BP395",)
    ),
    "restore-two-repositories": Difference(_ONE, ("BP419",)),
}
