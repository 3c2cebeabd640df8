"""Recorded runs with databases that borgplan deliberately doesn't repeat: what becomes of what was recorded, and why.

Nothing else of such a run may differ, and a rule that changes nothing is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.databases.recorded_runs import Seen


class Rule(NamedTuple):
    """`becomes`: what borgplan's run comes to, from the recorded one."""

    reason: str
    becomes: Callable[[Seen], Seen]


_ERROR = "after-error $TMP/repos/r1.borg"
_LEAVING = ("after-action", "after-repository", "after-configuration")
_AT_LAST = "after-everything"


def _with(**fields: object) -> Callable[[Seen], Seen]:
    return lambda seen: seen._replace(**fields)  # type: ignore[arg-type]


def _fails(**fields: object) -> Callable[[Seen], Seen]:
    """The hooks on the way out run, the error hook with them, and the exit code is 1."""

    def failed(seen: Seen) -> Seen:
        begun = tuple(hook for hook in seen.hooks if hook.startswith("before"))
        hooks = (*begun, *_LEAVING, _ERROR, _AT_LAST)
        return seen._replace(code=1, hooks=hooks, left=(), **fields)  # type: ignore[arg-type]

    return failed


def _goes_well(archive: str = "") -> Callable[[Seen], Seen]:
    """Nobody is told of an error; the archive has its name. `archive`: it, where none was recorded."""

    def well(seen: Seen) -> Seen:
        hooks = tuple(hook for hook in seen.hooks if hook != _ERROR)
        named = tuple(one.replace(".checkpoint", "") for one in seen.archives)
        return Seen(0, hooks, ("create", "rename"), (archive,) if archive else named, ())

    return well


def _is_told(seen: Seen) -> Seen:
    """Of a signal: the error hook runs, and what stands after everything."""
    return seen._replace(hooks=(*seen.hooks, _ERROR, _AT_LAST))


def _below_borgmatic(seen: Seen) -> Seen:
    """Dumps of Borg 1.2 where borgmatic 1.9 and later find them."""
    return seen._replace(
        archives=tuple(
            one.replace("$RELTMP/run/borgmatic-RANDOM/borgmatic/", "borgmatic/")
            for one in seen.archives
        )
    )


_DUMPS = "borgmatic/{0}_databases/dumps.json borgmatic/{0}_databases/localhost/users"
_BOTH = f"r1.borg: lab-NOW: {_DUMPS.format('mariadb')} {_DUMPS.format('postgresql')} sources"
_NO_BORG = "which programs are there is found out before Borg starts"
_NO_LIST = "the archive is renamed by the name that Borg reported, and not looked for"
_NO_WAITING = "a program that waits for its reader is stopped with the run"
_NO_HANG = "a dump that nobody reads or writes fails the step"
_HIDDEN_TOO_LATE = "Borg gets the end of a dump only once it is sound, so it makes no archive of it"
_TOLD = "error hooks and those after everything run after a signal, too"
_PASSWORD = "a dump begins when Borg reads it, so Borg has started by then"
_COPY = "the copy of the SQLite file fails before Borg starts"
_NOTHING = {"code": 1, "borg": (), "archives": ()}

DIFFERENT: dict[str, Rule] = {
    "borg-1.1.17": Rule("Borg 1.1 is too old", _with(**_NOTHING)),
    "borg-1.2.4": Rule("dumps lie below borgmatic/ with Borg 1.2, too", _below_borgmatic),
    "borg-2.0.0b20": Rule("databases with Borg 2 are refused by name", _with(**_NOTHING)),
    "create-special-files-read-special-true": Rule(
        "with read_special, a pipe among the sources is read, and a reader of it is not left",
        _with(left=()),
    ),
    "fail-borg-create-0-unread": Rule(_NO_HANG, _fails()),
    "fail-borg-list-2": Rule(_NO_LIST, _goes_well()),
    "fail-borg-list-empty": Rule(_NO_LIST, _goes_well()),
    "fail-borg-list-other": Rule(_NO_LIST, _goes_well()),
    "fail-borg-probe-2": Rule("there is no dry run of Borg before", _goes_well(_BOTH)),
    "fail-mariadb-command-quoting": Rule(
        "words of a command are not quoted again", _with(borg=("create",))
    ),
    "fail-mariadb-ignores-result-file": Rule(_NO_HANG, _fails()),
    "fail-mariadb-partial-late": Rule(_HIDDEN_TOO_LATE, _with(archives=())),
    "fail-mariadb-password": Rule(_PASSWORD, _with(borg=("create",))),
    "fail-mariadb-quick-zero": Rule(_NO_HANG, _fails()),
    "fail-mongodb-missing": Rule(_NO_BORG, _with(borg=())),
    "fail-postgresql-directory-and-custom": Rule(_NO_WAITING, _with(left=())),
    "fail-postgresql-empty": Rule("an empty dump is none", _fails(borg=("create",), archives=())),
    "fail-postgresql-mariadb-waits": Rule(_NO_WAITING, _with(left=())),
    "fail-postgresql-missing": Rule(_NO_BORG, _with(borg=())),
    "fail-postgresql-missing-command": Rule(_NO_BORG, _with(borg=())),
    "fail-postgresql-partial-late": Rule(_HIDDEN_TOO_LATE, _with(archives=())),
    "fail-signal-hup-pg": Rule("a signal is told by the exit code", _with(code=129)),
    "fail-signal-int-pg": Rule(_TOLD, _is_told),
    "fail-signal-term-borg": Rule(_TOLD, _is_told),
    "fail-signal-term-directory": Rule(_TOLD, _is_told),
    "fail-signal-term-group-pg": Rule(_TOLD, _is_told),
    "fail-signal-term-mariadb": Rule(_TOLD, _is_told),
    "fail-signal-term-pg": Rule(_TOLD, _is_told),
    "fail-sqlite-missing": Rule(_NO_BORG, _with(borg=())),
    "fail-sqlite-partial": Rule(_COPY, _with(borg=())),
}
