"""Recorded restores that borgplan deliberately differs from: what exactly, and why. All the rest has to be equal."""

from __future__ import annotations

from typing import NamedTuple


class Difference(NamedTuple):
    """`errors`: codes of what is found beforehand, so that nothing runs. Else: what only borgplan runs (`more`) and only
    borgmatic did (`less`), each once, as words; the last of them are the variables. `fails`: whether borgplan does."""

    reason: str
    errors: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    fails: bool = False


def words(event: list[object]) -> str:
    """An event, as it stands here."""
    return " ".join(map(str, event))


_RESTORE = "pg_restore --no-password --if-exists --exit-on-error --clean --dbname users"
_PSQL = "psql --no-password --no-psqlrc"
_ANALYZE = f"{_PSQL} --quiet --dbname users --command ANALYZE []"
_MONGO = "my-mongorestore --archive --drop --host h --port 1 --username u"
_BEFOREHAND = "found before anything runs: no hook, nothing half restored"
_LATEST = "the newest archive, where none is named"
_WARNING = "a warning of borg extract stops no client"
_FORMAT = "the dump's own first bytes say what it is"
_UNKNOWN = "what a newer release writes into dumps.json beside is no reason to restore nothing"
_UNREADABLE = "where dumps.json can't be read, the paths say what the dumps are"
_PASSWORD = "no password stands on a command line"
_REFUSED = "psql and mysql know no --schema"
_ONE = "one repository at a time: the second would overwrite the first"
_STRICT = "a schema that the dump doesn't have is a failure"
_SCHEMAS = "--schema one --schema two []"
_EXACT = "the entry that is exactly the dump's own counts"

DIFFERENT: dict[str, Difference] = {
    "restore-archive-unknown": Difference(_BEFOREHAND, ("BP390",)),
    "restore-archive-without-dumps": Difference(_BEFOREHAND, ("BP390",)),
    "restore-bad-metadata": Difference(
        _UNREADABLE,
        more=(f"{_RESTORE} []", _ANALYZE),
        less=("hook after-error $TMP/repos/r1.borg",),
    ),
    "restore-checkpoint-only": Difference(_BEFOREHAND, ("BP392",)),
    "restore-fail-extract-1-slow-client": Difference(_WARNING, more=(_ANALYZE,)),
    "restore-fail-list": Difference(_BEFOREHAND, ("BP390",)),
    "restore-hook-unknown": Difference(_BEFOREHAND, ("BP391",)),
    "restore-metadata-unknown-field": Difference(
        _UNKNOWN, more=(f"{_RESTORE} []", _ANALYZE), less=("hook after-error $TMP/repos/r1.borg",)
    ),
    "restore-mariadb-schema": Difference(_REFUSED, ("BP395",)),
    "restore-metadata-without-dump": Difference(_BEFOREHAND, ("BP390",)),
    "restore-mongodb-flags": Difference(
        _PASSWORD, more=(f"{_MONGO} []",), less=(f"{_MONGO} --config FILE []",)
    ),
    "restore-mysql-schema": Difference(_REFUSED, ("BP395",)),
    "restore-name-brackets": Difference(
        "names are not read as patterns", more=(_ANALYZE.replace("users", "a[b]c"),)
    ),
    "restore-no-archive": Difference(_LATEST, more=(f"{_RESTORE} []", _ANALYZE)),
    "restore-no-archives": Difference(_BEFOREHAND, ("BP390",)),
    "restore-no-databases": Difference(_BEFOREHAND, ("BP390",)),
    "restore-pg-database-unknown": Difference(_BEFOREHAND, ("BP391",)),
    "restore-pg-format-changed": Difference(
        _FORMAT, more=(f"{_RESTORE} []",), less=(f"{_PSQL} --dbname users []",)
    ),
    "restore-pg-host-changed": Difference(_BEFOREHAND, ("BP392",)),
    "restore-pg-not-configured": Difference(_BEFOREHAND, ("BP392",)),
    "restore-pg-plain-no-owner": Difference(
        "psql knows no --no-owner; the dump was made without owners",
        more=(f"{_PSQL} --dbname users --echo-errors []",),
        less=(f"{_PSQL} --dbname users --no-owner --echo-errors []",),
    ),
    "restore-pg-schema": Difference(
        _STRICT, more=(f"{_RESTORE} --strict-names {_SCHEMAS}",), less=(f"{_RESTORE} {_SCHEMAS}",)
    ),
    "restore-pg-schema-plain": Difference(_REFUSED, ("BP395",)),
    "restore-same-name-default-port": Difference(
        _EXACT,
        more=(
            f"{_RESTORE} []",
            _ANALYZE,
            f"{_RESTORE} --port 5432 []",
            _ANALYZE.replace("--quiet", "--quiet --port 5432"),
        ),
    ),
    "restore-same-name-glob-and-exact": Difference(
        "two dumps for one place are refused", ("BP395",)
    ),
    "restore-two-repositories": Difference(_ONE, ("BP419",)),
}
