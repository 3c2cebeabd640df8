"""Dumps that are folders, with real Borg and stand-ins for the programs: one that is empty is none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.databases.test_faults import leaves_nothing, script
from tests.end_to_end.configured import apply, configure, init
from tests.end_to_end.home import Home

pytestmark = pytest.mark.borg

# `$to` is where the dump goes.
PG_DUMP = 'for word do [ "$before" = --file ] && to=$word; before=$word; done\n'
MONGODUMP = 'for word do [ "$before" = --out ] && to=$word; before=$word; done\n'
INFLUX = "for to do :; done\n"
LIST = "printf 'a_1,x\\na_2,x\\nb,x\\n'"
TABLE = 'mkdir "$to" && echo table >"$to/toc.dat"'
EMPTY = {
    "nothing": "exit 0",
    "an empty folder": 'mkdir "$to"',
    "an empty file": 'mkdir -p "$to/shop" && : >"$to/shop/toc.dat"',
}
KINDS = {
    "postgresql": ("pg_dump_command", PG_DUMP, {"format": "directory"}),
    "mongodb": ("mongodump_command", MONGODUMP, {"format": "directory"}),
    "influxdb": ("influx_command", INFLUX, {}),
}


def configured(home: Home, kind: str, text: str, *, name: str = "shop", keep: bool = False) -> None:
    """A configuration with one database, whose program does this."""
    init(home)
    (home.path / "run").mkdir()
    option, begins, more = KINDS[kind]
    entry: dict[str, Any] = {"name": name, option: script(home, "dump", begins + text), **more}
    if name != "shop":
        entry["psql_command"] = script(home, "psql", LIST)
    configure(home, user_runtime_directory=f"{home.path}/run", **{f"{kind}_databases": [entry]})
    if keep:
        home.write("borgplan.yaml", "on_dump_failure: keep-files\n")


def archived(home: Home) -> str:
    """The paths in all archives, those of runs that failed, too."""
    listed = home.borg("list", "--short", "--consider-checkpoints", "backups/r").decode()
    paths = [home.borg("list", "--short", f"backups/r::{name}").decode() for name in listed.split()]
    return "".join(paths)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY)
def test_an_empty_one_fails_the_backup(home: Home, kind: str, text: str) -> None:
    configured(home, kind, text)
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert "is missing or empty" in ran.stderr
    assert "dumped" not in ran.stdout
    assert archived(home) == ""
    leaves_nothing(home)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY)
def test_an_empty_one_costs_that_dump_alone(home: Home, kind: str, text: str) -> None:
    configured(home, kind, text, keep=True)
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert f"{kind} shop: failed" in ran.stdout
    assert home.archives("r") == []
    paths = archived(home)
    assert "letter.txt" in paths
    assert "shop" not in paths
    leaves_nothing(home)


@pytest.mark.parametrize("keep", [False, True])
def test_one_of_several_that_is_empty_is_told_by_its_path(home: Home, keep: bool) -> None:
    text = f'case "$to" in *a_2) mkdir "$to"; echo x >"$to/1.dat";; *) {TABLE};; esac'
    configured(home, "postgresql", text, name="a_*", keep=keep)
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert "a_2/toc.dat is missing or empty" in ran.stderr
    assert "a_1/toc.dat" not in ran.stderr
    assert home.archives("r") == []
    assert ("a_1/toc.dat" in archived(home)) == keep
    assert "a_2" not in archived(home)
    leaves_nothing(home)


def test_the_plan_says_what_must_not_be_empty(home: Home) -> None:
    configured(home, "postgresql", TABLE)
    shown = home.borgplan("plan", "-a", "create", "c.yaml").stdout
    words = "fails if DUMPS/./borgmatic/postgresql_databases/localhost/shop/toc.dat is missing or empty afterwards"
    assert words in " ".join(shown.split()), shown


@pytest.mark.parametrize("keep", [False, True])
def test_those_that_hold_something_are_archived(home: Home, keep: bool) -> None:
    configured(home, "postgresql", TABLE, name="a_*", keep=keep)
    ran = apply(home, "create")
    assert ran.exit_code == 0, ran.stderr
    paths = archived(home)
    assert "a_1/toc.dat" in paths
    assert "a_2/toc.dat" in paths
    assert "/b/" not in paths
    leaves_nothing(home)
