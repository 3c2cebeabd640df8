"""Facts of a machine with real Borg: the plan made elsewhere is its plan, and runs there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.configured import applied, configure, init
from tests.end_to_end.home import Home, Ran

pytestmark = pytest.mark.borg


@pytest.fixture
def machine(home: Home) -> Home:
    """A machine with a repository that has an archive, and was checked just now."""
    init(home)
    home.write("patterns", f"- {home.path}/documents/*.tmp\n")
    configure(
        home, patterns_from=[f"{home.path}/patterns"], keep_daily=7,
        checks=[{"name": "repository", "frequency": "2 weeks"}, {"name": "archives"}],
        before_backup=["echo begins"], on_error=["touch ~/alert"],
    )  # fmt: skip
    applied(home, "create,check", "-q")
    return home


def plan(ran: Ran) -> Any:
    assert ran.exit_code == 0, ran.stderr
    return {**json.loads(ran.stdout), "recorded": None}


def test_the_plan_made_elsewhere_is_the_plan_of_the_machine(machine: Home, tmp_path: Path) -> None:
    config = f"{machine.path}/c.yaml"
    here = plan(machine.borgplan("plan", "--format", "json", config))
    ran = machine.borgplan("facts", "--contents", "-o", "H.json", config)
    assert ran.exit_code == 0, ran.stderr
    elsewhere = Home(tmp_path / "elsewhere", machine._server)
    elsewhere.write("H.json", (machine.path / "H.json").read_bytes())
    kept = {
        name: (machine.path / name).rename(machine.path / f".{name}")
        for name in ("c.yaml", "patterns", "backups")
    }
    nothing = {"PATH": "/nonexistent", "BORG_BASE_DIR": ""}
    words = ("--facts", "H.json", config)
    there = plan(elsewhere.borgplan("plan", "--format", "json", *words, **nothing))
    assert there == here
    assert "check repository" in json.dumps(there["facts"])  # it is not due
    assert any(fact["found"].startswith("version ") for fact in there["facts"])
    assert elsewhere.borgplan("lint", *words, **nothing).exit_code in (0, 1)
    saved = elsewhere.borgplan("plan", "-o", "tonight", "-a", "create", *words, **nothing)
    assert saved.exit_code == 0, saved.stderr
    for name, path in kept.items():
        path.rename(machine.path / name)
    machine.write("tonight", (elsewhere.path / "tonight").read_bytes())
    ran = machine.borgplan("apply", "tonight")
    assert ran.exit_code == 0, ran.stderr
    assert len(machine.archives("r", "")) == 2
    machine.write("patterns", "")
    ran = machine.borgplan("apply", "tonight")
    assert ran.exit_code == 2
    assert f"the file {machine.path}/patterns has changed" in ran.stderr
    assert len(machine.archives("r", "")) == 2
