"""`borgplan fleet policy`: policies for every plan, and about several hosts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from borgplan.compiler.driver.facts import Machine
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.fleet.policies import Rules, read
from tests.fleet.test_plan import fleet, machine
from tests.support.fleet import NAME, written

__all__ = ["machine"]
EDITS = {
    name: (lambda text: text.replace(f"./{NAME}.borg", "./shared.borg")) for name in ("b", "c")
}
WORDS = ("policy", "rules.policy", "--facts-dir", "facts", "--format", "json")


@pytest.mark.parametrize(
    ("policy", "hosts"),
    [
        ("no two hosts prune one repository", [["b", "c"]]),
        ("at most 4 hosts write to one server", []),
        ("at most 3 hosts write to one server", [["a", "b", "c", "d"]]),
        ('at most 1 host writes to one server because "x"', [["a", "b", "c", "d"]]),
        ('never command "docker stop *"', [["a", "b", "c", "d"]]),
        ("never borg delete\nno two hosts\n  prune one repository\n", [["b", "c"]]),
    ],
)  # fmt: skip
def test_policies_over_all_hosts(
    tmp_path: Path, machine: Machine, policy: str, hosts: list[list[str]]
) -> None:
    written(tmp_path / "facts", machine, "abcd", EDITS)
    (tmp_path / "rules.policy").write_text(policy)
    ran = fleet(tmp_path, *WORDS)
    assert ran.err == ""
    found = json.loads(ran.out)["findings"]
    violated = [each["hosts"] for each in found if each["code"] == "BP901"]
    assert violated == hosts
    assert ran.code == int(bool(found))


def test_a_policy_about_several_hosts_has_its_reason(tmp_path: Path, machine: Machine) -> None:
    written(tmp_path / "facts", machine, "abcd", EDITS)
    (tmp_path / "rules.policy").write_text(
        'no two hosts prune one repository\n  because "each has its own"\n'
        'at most 3 hosts write to one server because "it has one disk"\n'
    )
    ran = fleet(tmp_path, *WORDS[:-2])
    assert ran.code == 1
    assert "because each has its own" in ran.out
    assert "because it has one disk" in ran.out


def test_keys_that_were_exported_are_not_known(tmp_path: Path, machine: Machine) -> None:
    written(tmp_path / "facts", machine, "a")
    (tmp_path / "rules.policy").write_text("each host's key is exported\n")
    ran = fleet(tmp_path, *WORDS)
    assert (ran.code, ran.out) == (2, "")
    assert "whether a host's key was exported can't be evaluated" in ran.err
    assert ran.err.count("BP902") == 1


@pytest.mark.parametrize(
    ("policy", "place", "near"),
    [
        ("no three hosts prune one repository", "1:4", "at `three`"),
        ("no two hosts prune one plan", "1:24", "at `plan`"),
        ("at most many hosts write to one server", "1:9", "at `many`"),
        ("at most 4 hosts write to one", "1:28", "at its end"),
        ("at most 4 hosts write to one server because", "1:43", "at its end"),
        ("every host's lock is exported", "1:14", "at `lock`"),
    ],
)
def test_a_policy_about_hosts_that_cannot_be_parsed_is_shown_where(
    policy: str, place: str, near: str
) -> None:
    problems = Diagnostics()
    assert read("rules.policy", policy, problems) == Rules((), ())
    (found,) = problems
    assert (found.code, str(found.span)) == ("BP902", f"rules.policy:{place}")
    assert found.message == f"this policy can't be parsed {near}"


def test_what_is_no_policy_is_said_with_its_place(tmp_path: Path, machine: Machine) -> None:
    written(tmp_path / "facts", machine, "a")
    rules = tmp_path / "rules.policy"
    rules.write_text("no two hosts prune one repository\nno three hosts prune\n")
    ran = fleet(tmp_path, *WORDS)
    assert (ran.code, "rules.policy:2:" in ran.err, "BP902" in ran.err) == (2, True, True)
    rules.unlink()
    assert fleet(tmp_path, *WORDS).code == 2
    assert "name a file" in fleet(tmp_path, "policy", "--facts-dir", "facts").err
