"""`borgplan fleet lint`: the findings of all hosts, each once."""

from __future__ import annotations

import json
from pathlib import Path

from borgplan.compiler.driver.facts import Machine
from tests.fleet.test_plan import fleet, machine
from tests.support.fleet import written

__all__ = ["machine"]
EDITS = {
    "web2": lambda text: text.replace("docker start shop", "true"),
    "web5": lambda text: text.replace("keep_daily: 7", "keep_dayly: 7"),
}


def test_the_same_finding_is_shown_once_with_its_hosts(tmp_path: Path, machine: Machine) -> None:
    hosts = [f"web{n}" for n in range(1, 21)]
    written(tmp_path / "facts", machine, hosts, EDITS)
    (tmp_path / "facts" / "broken.json").write_text("{")
    ran = fleet(tmp_path, "lint", "--facts-dir", "facts", "--format", "json")
    assert ran.code == 2
    data = json.loads(ran.out)
    by_hosts = {tuple(each["hosts"]): each["code"] for each in data["findings"]}
    common = [each for each in data["findings"] if len(each["hosts"]) > 15]
    assert common
    assert len({(f["code"], f["message"]) for f in common}) == len(common)
    assert ("web2",) in by_hosts
    assert any("keep_dayly" in f["message"] and f["hosts"] == ["web5"] for f in data["findings"])
    assert "can't be used" in data["not_checked"]["broken"]
    shown = fleet(tmp_path, "lint", "--facts-dir", "facts")
    assert shown.code == 2
    assert "    1 host: web5\n" in shown.out
    assert "broken: not checked: " in shown.out
    assert "20 files of 20 hosts checked: " in shown.err
    page = fleet(tmp_path, "lint", "--facts-dir", "facts", "--format", "markdown").out
    assert "keep_dayly" in page


def test_a_fleet_of_one_has_the_exit_code_of_lint(tmp_path: Path, machine: Machine) -> None:
    written(tmp_path / "facts", machine, ["a"])
    ran = fleet(tmp_path, "lint", "--facts-dir", "facts", "--format", "json")
    worst = {f["severity"] for f in json.loads(ran.out)["findings"]}
    assert ran.code == (2 if "error" in worst else 1 if "warning" in worst else 0)
    assert fleet(tmp_path, "lint", "--facts-dir", "facts", "--format", "html").code == 2
