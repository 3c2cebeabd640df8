"""Recorded dumps in which borgplan does something else on purpose: what exactly, and why. All the rest has to be equal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple


class Ran(NamedTuple):
    program: str
    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()


Runs = list[Ran]
Texts = dict[str, Any]  # of `dumps.json`, by path


class Difference(NamedTuple):
    """`ran`: what borgplan is to run, from what borgmatic ran; `metadata`: the same for what stands in `dumps.json`.
    `refused`: the code of the error, or the option that is named, with which nothing runs. `only_theirs_fails`."""

    reason: str
    ran: Callable[[Runs], Runs] = lambda runs: runs
    metadata: Callable[[Texts], Texts] = lambda texts: texts
    refused: str = ""
    only_theirs_fails: bool = False


def words(old: tuple[str, ...], new: tuple[str, ...]) -> Callable[[Runs], Runs]:
    """These words of one command in the place of those."""

    def changed(runs: Runs) -> Runs:
        (run,) = runs
        at = next(n for n in range(len(run.argv)) if run.argv[n : n + len(old)] == old)
        return [run._replace(argv=(*run.argv[:at], *new, *run.argv[at + len(old) :]))]

    return changed


def quoted(runs: Runs) -> Runs:
    (run,) = runs
    name, _, password = run.files[0].partition(": ")
    return [run._replace(files=(f'{name}: "{password}"',))]


def copied(runs: Runs) -> Runs:
    """One copy, one dump of that, and what the restored file is to be like."""
    (run,) = runs
    bail, path, dump = run.argv
    assert (run.program, bail, dump) == ("sqlite3", "-bail", ".dump")
    real = path.replace("$TMP/src", "/etc").replace("~", "/home/user")
    address = real.replace(" ", "%20")
    copy = (bail, "-cmd", ".timeout 60000", f"file:{address}?mode=rw", '.backup "DUMPS/sqlite/0"')
    looks = '{"mode": "%a", "user": "%U", "group": "%G", "uid": "%u", "gid": "%g"}'
    return [
        Ran("sqlite3", copy),
        Ran("sqlite3", (bail, "file:DUMPS/sqlite/0?mode=rw", dump)),
        Ran("stat", (f"--format={looks}", "--dereference", real)),
    ]


def without(program: str) -> Callable[[Runs], Runs]:
    def changed(runs: Runs) -> Runs:
        left = [run for run in runs if run.program != program]
        assert len(left) == len(runs) - 1
        return left

    return changed


def once_as_configured(runs: Runs) -> Runs:
    """Of `users` the dump of its own entry alone."""
    (theirs,) = [run for run in runs if run.argv[-1] == "users"]
    argv = tuple("plain" if word == "custom" else word for word in theirs.argv)
    return [theirs._replace(argv=argv) if run is theirs else run for run in runs]


def in_order_of_entries(texts: Texts) -> Texts:
    ((path, found),) = texts.items()
    entries = {entry["data_source_name"]: entry for entry in found["dumps"]}
    assert len(entries) == len(found["dumps"]) - 1  # `users` twice
    last = entries.pop("users")
    return {path: {"dumps": [*entries.values(), last]}}


ENTRIES = "postgresql_databases/dumps.json"
_NONE: dict[str, Any] = dict.fromkeys(("container", "hostname", "label", "port"))
_ENTRY: dict[str, Any] = {**_NONE, "data_source_name": "users", "hook_name": "postgresql_databases"}
USERS = {"dumps": [_ENTRY]}
ENTRY = {"dumps": [{**_ENTRY, "container": "dbcontainer"}]}
INSPECT = ("container", "inspect", "--format={{json .NetworkSettings}}", "dbcontainer")
SPLIT = "options are split as a shell would"
QUOTED = "a password in YAML is quoted"

DIFFERENT: dict[str, Difference] = {
    "mongodb-options": Difference(SPLIT, words(("",), ())),
    "mongodb-options-quotes": Difference(
        SPLIT, words(("--query='{\"a\":", "1}'"), ('--query={"a": 1}',))
    ),
    "mongodb-directory-credentials-file": Difference(QUOTED, quoted),
    "credential-mongodb|mongodb-(credentials|transport-file)": Difference(QUOTED, quoted),
    **{
        f"{kind}-docker-exec(-environment)?": Difference(
            "the recorder shows what docker starts, too", without(program)
        )
        for kind, program in (
            ("mariadb", "mariadb-dump"), ("mongodb", "mongodump"), ("mysql", "mysqldump"), ("postgresql", "pg_dump"),
        )
    },
    "postgresql-sudo": Difference("the recorder shows what sudo starts, too", without("pg_dump")),
    "(mariadb|mysql|postgresql|sqlite)-duplicate": Difference(
        "two entries with one place in the archive are an error: the second would be dropped", refused="BP385"
    ),
    "postgresql-all-options": Difference(
        "pg_dumpall has no --compress, and would fail", refused="BP387"
    ),
    r"sqlite-.*": Difference("SQLite's backup function copies the database first", copied),
    "container-bad-json": Difference(
        "podman is asked, too, if docker tells no address",
        lambda runs: [*runs, Ran("podman", INSPECT)],
    ),
    "container-dry-run": Difference(
        "a dry run asks nobody", without("docker"), lambda _: {ENTRIES: ENTRY}
    ),
    "credential-dry-run": Difference(
        "a dry run reads no credentials", lambda _: [], lambda _: {ENTRIES: USERS}, only_theirs_fails=True
    ),
    "postgresql-name-dash": Difference(
        "an option in the place of a name is found before anything runs", refused="BP384"
    ),
    "postgresql-all-and-named": Difference(
        "a database is dumped once, as its own entry has it", once_as_configured, in_order_of_entries
    ),
}  # fmt: skip


def difference_of(name: str) -> Difference | None:
    """Of the recording of this name."""
    return next((found for names, found in DIFFERENT.items() if re.fullmatch(names, name)), None)


def read(texts: dict[str, str]) -> Texts:
    return {path: json.loads(text) for path, text in texts.items()}
