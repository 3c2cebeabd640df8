"""`on_dump_failure: keep-files`, with real Borg: what a dump that fails costs, and what is said of it."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from borgplan.compiler.plan.model import Phase, Resume
from tests.compiler.planning import ONE, codes, compilation
from tests.databases.test_faults import FAULTS, SOUND, leaves_nothing, script
from tests.end_to_end.configured import apply, configure, init
from tests.end_to_end.home import Home, Ran

KEEP = "on_dump_failure: keep-files\n"
LIST = "printf 'a_1,x\\na_2,x\\nb,x\\n'"
FOLDER = 'for w; do test "$f" && mkdir "$w" && echo toc >"$w/toc.dat"; f=; test "$w" = --file && f=1; done; true; '


def configured(home: Home, **databases: dict[str, Any]) -> None:
    """PostgreSQL's entries, by name; of their programs the text."""
    init(home)
    (home.path / "run").mkdir()
    entries = []
    for name, options in databases.items():
        programs = {
            option: script(home, f"{option}-{name}", text)
            for option, text in options.items()
            if option.endswith("_command")
        }
        entries.append({"name": name, "format": "plain", **options, **programs})
    runtime = str(home.path / "run")
    configure(home, user_runtime_directory=runtime, postgresql_databases=entries)
    home.write("borgplan.yaml", KEEP)


def all_archives(home: Home) -> list[str]:
    """Hidden ones, too."""
    return home.borg("list", "--short", "--consider-checkpoints", "backups/r").decode().split()


def dumps_in(home: Home, archive: str) -> dict[str, str]:
    """The dumps that are files, with their first lines, and the folders."""
    home.borg("extract", f"{home.path}/backups/r::{archive}")
    top = home.path / "borgmatic/postgresql_databases/localhost"
    return {
        path.name: path.read_text().partition("\n")[0] if path.is_file() else "folder"
        for path in top.iterdir()
    }


def is_incomplete(home: Home, ran: Ran) -> str:
    """The archive that a run has left, which failed for a dump."""
    assert ran.exit_code == 1, ran.stderr
    assert home.archives("r") == []
    (archive,) = all_archives(home)
    assert archive.endswith(".checkpoint")
    assert f"is incomplete: archive {archive}" in ran.stdout
    assert b"letter.txt" in home.borg("list", "--short", f"backups/r::{archive}")
    leaves_nothing(home)
    return archive


@pytest.mark.borg
@pytest.mark.parametrize("fault", FAULTS)
def test_a_dump_that_fails_costs_that_dump_alone(home: Home, fault: str) -> None:
    text, words = FAULTS[fault]
    sound = {"pg_dump_command": SOUND}
    configured(home, one=sound, two={"pg_dump_command": text}, three=sound)
    ran = apply(home, "create")
    archive = is_incomplete(home, ran)
    assert words in ran.stderr
    shown = [line.strip() for line in ran.stdout.split("\n")]
    assert "postgresql one: dumped, 53 B" in shown
    assert any(line.startswith("postgresql two: failed: ") for line in shown)
    assert sum(line.startswith("postgresql three: dumped") for line in shown) == 1
    assert dumps_in(home, archive) == {"one": "-- a dump", "three": "-- a dump"}


@pytest.mark.borg
def test_without_a_failure_the_archive_is_as_usual(home: Home) -> None:
    every = {"pg_dump_command": SOUND, "psql_command": LIST}
    configured(
        home, **{"one": {"pg_dump_command": SOUND}, "a_*": every},
        folder={"format": "directory", "pg_dump_command": FOLDER},
    )  # fmt: skip
    ran = apply(home, "create")
    assert ran.exit_code == 0, ran.stderr
    (archive,) = home.archives("r")
    assert all_archives(home) == [archive]
    found = dumps_in(home, archive)
    assert found == {"one": "-- a dump", "a_1": "-- a dump", "a_2": "-- a dump", "folder": "folder"}
    top = home.path / "borgmatic/postgresql_databases"
    described = json.loads((top / "dumps.json").read_text())["dumps"]
    assert sorted(one["data_source_name"] for one in described) == sorted(found)
    assert oct((top / "localhost/one").stat().st_mode)[-3:] == "600"
    assert oct((top / "localhost").stat().st_mode)[-3:] == "700"
    leaves_nothing(home)


@pytest.mark.borg
def test_a_server_that_lists_nothing_costs_its_dumps_alone(home: Home) -> None:
    every = {"pg_dump_command": SOUND, "psql_command": "echo no server >&2; exit 2"}
    configured(home, **{"one": {"pg_dump_command": SOUND}, "a_*": every})
    ran = apply(home, "create")
    archive = is_incomplete(home, ran)
    assert "postgresql *: failed: was not started: the list of names is empty" in ran.stdout
    assert dumps_in(home, archive) == {"one": "-- a dump"}


FULL = 'case "$2" in */one) head -c 5 "$2" >"$3"; echo "cp: no space left" >&2; exit 1;; esac; exec /bin/cp "$@"'


@pytest.mark.borg
def test_a_full_disk_costs_the_dump_that_does_not_fit(home: Home) -> None:
    """Which isn't said to be dumped, and leaves its room to the next one."""
    looks = f"test ! -e $(echo {home.path}/run/*/apart/borgmatic/*/*/one.part) || exit 1"
    two = {"pg_dump_command": f"{looks}; {SOUND}"}
    configured(home, one={"pg_dump_command": SOUND}, two=two)
    programs = home.path / "programs"
    programs.mkdir()
    script(home, "programs/cp", FULL)
    ran = apply(home, "create", PATH=f"{programs}:{os.environ['PATH']}")
    archive = is_incomplete(home, ran)
    assert "postgresql one: failed: ended with exit code 1: cp: no space left" in ran.stdout
    assert "postgresql two: dumped, 53 B\n" in ran.stdout
    assert dumps_in(home, archive) == {"two": "-- a dump"}


@pytest.mark.borg
def test_what_was_dumped_for_an_archive_that_was_not_made_is_told_so(home: Home) -> None:
    configured(home, one={"pg_dump_command": SOUND}, two={"pg_dump_command": "exit 1"})
    home.write("borgplan.yaml", "on_dump_failure: stop\n")
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert "postgresql one: dumped, 53 B, but not archived\n" in ran.stdout
    assert "postgresql two: failed: " in ran.stdout


@pytest.mark.borg
def test_half_a_folder_is_not_archived(home: Home) -> None:
    broken = {"format": "directory", "pg_dump_command": f"{FOLDER}exit 1"}
    configured(home, one={"pg_dump_command": SOUND}, folder=broken)
    archive = is_incomplete(home, apply(home, "create"))
    assert dumps_in(home, archive) == {"one": "-- a dump"}


@pytest.mark.borg
def test_a_program_that_is_missing_costs_its_dump(home: Home) -> None:
    configured(home, one={"pg_dump_command": SOUND}, two={"pg_dump_command": SOUND})
    (home.path / "pg_dump_command-two").unlink()
    archive = is_incomplete(home, apply(home, "create"))
    assert dumps_in(home, archive) == {"one": "-- a dump"}


@pytest.mark.borg
def test_the_next_run_is_whole_and_a_prune_takes_the_incomplete_archive(home: Home) -> None:
    configured(home, one={"pg_dump_command": "exit 1"})
    is_incomplete(home, apply(home, "create"))
    script(home, "pg_dump_command-one", SOUND)
    assert apply(home, "create").exit_code == 0
    assert len(all_archives(home)) == 2
    home.borg("prune", "--keep-last", "5", "backups/r")
    assert all_archives(home) == home.archives("r")


@pytest.mark.borg
def test_later_actions_do_not_run_after_an_incomplete_archive(home: Home) -> None:
    configured(home, one={"pg_dump_command": "exit 1"})
    ran = home.borgplan("apply", "-a", "create", "-a", "check", "c.yaml")
    is_incomplete(home, ran)
    assert "not run" in ran.stdout


def test_a_plan_goes_on_after_each_dump_and_names_the_archive_only_at_its_end() -> None:
    text = f"{ONE}postgresql_databases: [{{name: app}}, {{name: all, format: custom, container: db}}]\n"
    found = compilation({"c.yaml": text, "borgplan.yaml": KEEP})
    assert not found.errors
    assert found.plan is not None
    *before, create, rename = found.plan.steps
    assert [step.on_hard.resume for step in before] == [Resume.NEXT] * 4
    assert (create.title, create.phase) == ("borg create", Phase.BODY)
    assert "--read-special" not in getattr(create.work, "argv", ())
    assert (rename.title, rename.phase) == ("borg rename", Phase.EXIT)


def test_stop_is_the_default() -> None:
    text = f"{ONE}postgresql_databases: [{{name: app}}]\n"
    plain = compilation({"c.yaml": text})
    stopping = compilation({"c.yaml": text, "borgplan.yaml": "on_dump_failure: stop\n"})
    assert plain.plan is not None
    assert stopping.plan is not None
    assert plain.plan.steps == stopping.plan.steps


@pytest.mark.parametrize("value", ["go-on", "true", "[stop]", "''"])
def test_another_word_is_refused(value: str) -> None:
    found = compilation({"c.yaml": ONE, "borgplan.yaml": f"on_dump_failure: {value}\n"})
    assert "BP702" in codes(found)
