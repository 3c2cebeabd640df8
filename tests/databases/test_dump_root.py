"""Where Borg before 1.4 runs, so that dumps lie where every release of borgmatic looks for them."""

from __future__ import annotations

import pytest

from tests.databases.test_faults import SOUND, dumping, leaves_nothing
from tests.end_to_end.configured import apply, init
from tests.end_to_end.home import Home

pytestmark = pytest.mark.borg


def paths(home: Home) -> list[str]:
    """Of the files in the only archive."""
    (archive,) = home.archives("r")
    listed = home.borg("list", "--format", "{path}{NL}", f"{home.path}/backups/r::{archive}")
    return listed.decode().splitlines()


def test_an_old_borg_stores_dumps_without_the_path_of_the_run(home: Home) -> None:
    init(home)
    dumping(home, SOUND, exclude_patterns=["*/postgresql_databases"])
    shown = home.borgplan("plan", "c.yaml", "-a", "create").stdout
    assert "env -C DUMPS borg create" in shown
    steps = home.borgplan("plan", "c.yaml", "-a", "create", "--format", "json").report["steps"]
    (work,) = (step["work"] for step in steps if step["work"].get("counts_at"))
    assert (
        work["argv"][work["progress_at"] - 1] == work["argv"][work["counts_at"] - 1] == "--log-json"
    )
    ran = apply(home, "create")
    assert ran.exit_code == 0, ran.stderr
    found = paths(home)
    assert "borgmatic/postgresql_databases/localhost/db0" in found
    assert f"{home.path}/documents"[1:] in found
    leaves_nothing(home)


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        ({"source_directories": ["documents"], "working_directory": "HOME"}, {}),
        ({"borg_cache_directory": "cache"}, {}),
        ({"ssh_command": "ssh -F some/config"}, {}),
        ({"extra_borg_options": {"create": "--patterns-from rules"}}, {}),
        ({}, {"XDG_CACHE_HOME": "cache"}),
    ],
    ids=["source", "cache", "ssh", "patterns", "environment"],
)
def test_what_depends_on_where_borg_runs_keeps_its_meaning(
    home: Home, options: dict[str, object], environment: dict[str, str]
) -> None:
    init(home)
    home.write("rules", "- nothing\n")
    options = {k: str(home.path) if v == "HOME" else v for k, v in options.items()}
    dumping(home, SOUND, **options)
    assert "env -C" not in home.borgplan("plan", "c.yaml", "-a", "create", **environment).stdout
    ran = apply(home, "create", **environment)
    assert ran.exit_code == 0, ran.stderr
    found = paths(home)
    (dump,) = [path for path in found if path.endswith("/db0")]
    assert dump.startswith(f"{home.path}/run/borgplan-"[1:])
    leaves_nothing(home)
