"""`dump_together`, with real Borg: dumps that begin at once, before the archive."""

from __future__ import annotations

import pytest

from borgplan.compiler.plan.model import Phase, Role
from tests.compiler.planning import ONE, codes, compilation
from tests.databases.test_faults import SOUND, dumping, leaves_nothing, told
from tests.end_to_end.configured import apply, init
from tests.end_to_end.home import Home

TOGETHER = "dump_together: true\n"


def meeting(home: Home, number: int, of: int) -> str:
    """A dump that ends only once so many others have begun."""
    met = f"{home.path}/met"
    waits = f"n=0; until [ $(ls {met} | wc -l) -ge {of} ]; do n=$((n+1)); [ $n -lt 200 ] || exit 9; sleep 0.05; done"
    return f"mkdir -p {met}; : >{met}/{number}; {waits}; {SOUND}"


@pytest.mark.borg
def test_all_dumps_run_at_the_same_time(home: Home) -> None:
    init(home)
    dumping(home, *(meeting(home, number, 5) for number in range(5)))
    home.write("borgplan.yaml", TOGETHER)
    ran = apply(home, "create")
    assert ran.exit_code == 0, ran.stderr
    (archive,) = home.archives("r")
    listed = home.borg("list", "--format", "{mode} {path}{NL}", f"backups/r::{archive}").decode()
    for number in range(5):
        assert f"borgmatic/postgresql_databases/localhost/db{number}\n" in listed
        assert f"postgresql db{number}: dumped, 53 B" in ran.stdout
    assert sum(line.startswith("-rw-------") and "/db" in line for line in listed.split("\n")) == 5
    assert "/apart" not in listed
    leaves_nothing(home)


@pytest.mark.borg
@pytest.mark.parametrize("fault", ["echo broken >&2; exit 1", "exit 0", "kill -9 $$"])
def test_one_that_fails_ends_all_and_no_archive_is_made(home: Home, fault: str) -> None:
    init(home)
    dumping(home, SOUND, fault, "echo '-- a dump'; exec sleep 60")
    home.write("borgplan.yaml", TOGETHER)
    told(home, apply(home, "create"), "the dump of postgresql db1")


def test_a_plan_has_one_step_for_them_and_hides_no_archive() -> None:
    text = f"{ONE}postgresql_databases: [{{name: app}}, {{name: all, format: custom}}]\nmariadb_databases: [{{name: app}}]\n"
    found = compilation({"c.yaml": text, "borgplan.yaml": TOGETHER})
    assert not found.errors
    assert found.plan is not None
    listing, dumps, create = found.plan.steps
    assert listing.role is dumps.role is Role.DUMP
    assert len(getattr(dumps.work, "feeds", ())) == 3
    words = [word for word in getattr(create.work, "argv", ()) if isinstance(word, str)]
    assert "--read-special" not in words
    assert not any("checkpoint" in word for word in words)
    assert create.phase is Phase.BODY


def test_dumps_that_begin_together_fail_together() -> None:
    found = compilation(
        {"c.yaml": ONE, "borgplan.yaml": f"{TOGETHER}on_dump_failure: keep-files\n"}
    )
    assert "BP702" in codes(found)
    found = compilation({"c.yaml": ONE, "borgplan.yaml": "dump_together: perhaps\n"})
    assert "BP702" in codes(found)
