"""`dump_once`, with real Borg: the archives of all repositories get the same dumps, made before the first one's turn."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from borgplan.compiler.analysis.resume_plan import remaining
from borgplan.compiler.plan.model import Phase, Role, ScopeKind
from tests.compiler.planning import START, codes, compilation
from tests.databases.test_dump_together import meeting
from tests.databases.test_faults import SOUND, dumping, leaves_nothing
from tests.end_to_end.configured import apply, init
from tests.end_to_end.home import Home

ONCE = "dump_once: true\n"
TWO = f"{START}repositories: [{{path: /backups/one}}, {{path: /backups/two}}]\n"
DATABASES = (
    "postgresql_databases: [{name: app}, {name: all, format: directory, label: x}]\n"
    "sqlite_databases: [{name: s, path: /srv/s.db}]\n"
)


def counting(home: Home, text: str) -> str:
    """A dump that is told apart from any other."""
    return f'echo x >>{home.path}/counted; echo "-- number $(wc -l <{home.path}/counted)"; {text}'


def extracted(home: Home, repository: str) -> Path:
    """The folder with the dumps of the only archive."""
    (archive,) = home.archives(repository)
    target = home.path / "restored" / repository
    target.mkdir(parents=True)
    home.borg("extract", f"{home.path}/backups/{repository}::{archive}", "borgmatic", cwd=target)
    return target / "borgmatic/postgresql_databases"


@pytest.mark.borg
@pytest.mark.parametrize("more", ["", "dump_together: true\n"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_all_repositories_get_the_same_dumps(home: Home, more: str, jobs: str) -> None:
    init(home, "r", "s")
    last = meeting(home, 1, 2) if more else SOUND
    first = meeting(home, 0, 2) if more else SOUND
    dumping(home, counting(home, first), last, repositories=("r", "s"))
    home.write("borgplan.yaml", ONCE + more)
    ran = apply(home, "create", "--jobs", jobs)
    assert ran.exit_code == 0, ran.stderr
    assert (home.path / "counted").read_text() == "x\n"
    assert ran.stdout.count("postgresql db0: dumped, ") == 1
    for repository in ("r", "s"):
        top = extracted(home, repository)
        assert (top / "localhost/db0").read_text().startswith("-- number 1\n")
        entries = json.loads((top / "dumps.json").read_text())["dumps"]
        assert [entry["data_source_name"] for entry in entries] == ["db0", "db1"]
        assert sorted(path.name for path in (top / "localhost").iterdir()) == ["db0", "db1"]
    leaves_nothing(home)


@pytest.mark.borg
@pytest.mark.parametrize("fault", ["echo broken >&2; exit 1", "exit 0", "kill -9 $$"])
def test_one_that_fails_leaves_no_archive_anywhere(home: Home, fault: str) -> None:
    init(home, "r", "s")
    dumping(home, SOUND, fault, repositories=("r", "s"))
    home.write("borgplan.yaml", ONCE)
    ran = apply(home, "create")
    assert ran.exit_code == 1, ran.stderr
    assert "the dump of postgresql db1" in ran.stderr
    assert home.archives("r") == home.archives("s") == []
    assert ran.stdout.count("No backup of c.yaml was made") == 2
    leaves_nothing(home)


@pytest.mark.borg
def test_a_resumed_run_dumps_again_for_the_repository_that_is_left(home: Home) -> None:
    init(home, "r", "s")
    dumping(home, counting(home, SOUND), repositories=("r", "s"))
    home.write("borgplan.yaml", ONCE)
    shutil.move(home.path / "backups/s", home.path / "away")
    assert apply(home, "create").exit_code == 1
    shutil.move(home.path / "away", home.path / "backups/s")
    ran = home.borgplan("resume", "last")
    assert ran.exit_code == 0, ran.stderr
    assert (extracted(home, "r") / "localhost/db0").read_text().startswith("-- number 1\n")
    assert (extracted(home, "s") / "localhost/db0").read_text().startswith("-- number 2\n")
    leaves_nothing(home)


def test_a_plan_has_the_dumps_before_the_first_repository() -> None:
    found = compilation({"c.yaml": TWO + DATABASES, "borgplan.yaml": ONCE})
    assert not found.errors
    assert found.plan is not None
    assert found.plan.refusals == ()
    kinds = {scope.id: scope.kind for scope in found.plan.scopes}
    *dumps, one, two = found.plan.steps
    assert [step.role for step in dumps] == [Role.DUMP] * 6
    assert {(kinds[step.scope], step.phase) for step in dumps} == {
        (ScopeKind.CONFIGURATION, Phase.ENTER)
    }
    for create in (one, two):
        words = [word for word in getattr(create.work, "argv", ()) if isinstance(word, str)]
        assert "--read-special" not in words
        assert not any("checkpoint" in word for word in words)
    left = remaining(found.plan, {step.id for step in (*dumps, one)})
    assert left.steps == (*dumps, two)


def test_without_an_archive_nothing_is_dumped() -> None:
    text = f"{TWO}{DATABASES}skip_actions: [create]\n"
    found = compilation({"c.yaml": text, "borgplan.yaml": ONCE})
    assert found.plan is not None
    assert found.plan.steps == ()


def test_what_all_repositories_get_fails_for_all() -> None:
    found = compilation({"c.yaml": TWO, "borgplan.yaml": f"{ONCE}on_dump_failure: keep-files\n"})
    assert "BP702" in codes(found)
