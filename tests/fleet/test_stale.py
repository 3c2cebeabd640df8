"""A saved plan whose inputs have changed since is refused by the host, with the reason."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.fleet.test_plan import ANSIBLE, BORGPLAN, fleet

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(not ANSIBLE.exists(), reason="ansible-core is not installed"),
]


def test_a_stale_plan_is_refused_and_nothing_else_starts_after_it(tmp_path: Path) -> None:
    here = f"ansible_connection=local ansible_python_interpreter={sys.executable}"
    lines = []
    for name in ("a", "b"):
        config = tmp_path / f"{name}.yaml"
        config.write_text(
            f"source_directories: [/etc/hostname]\nrepositories: [{{path: {tmp_path}/{name}.borg}}]\n"
            f"commands: [{{before: everything, run: ['touch {tmp_path}/ran-{name}; exit 1']}}]\n"
        )
        lines.append(f"{name} {here} borgplan_command={BORGPLAN} borgplan_configs={config}\n")
    (tmp_path / "hosts.ini").write_text("".join(lines))
    environment = {"BORGPLAN_STATE_DIRECTORY": str(tmp_path / "state")}
    planned = fleet(tmp_path, "plan", "-i", "hosts.ini", "-o", "out", environment=environment)
    assert (tmp_path / "out" / "plans" / "b.plan").exists(), planned
    with (tmp_path / "a.yaml").open("a") as file:
        file.write("keep_daily: 7\n")
    words = ("apply", "out", "--format", "json", "--canaries", "1")
    ran = fleet(tmp_path, *words, environment=environment)
    found = json.loads(ran.out)
    a, b = found["hosts"]
    assert ran.code == 2
    assert (a["end"], b["end"]) == ("refused", None)
    assert "is stale" in a["text"]
    assert found["stopped"] == "a canary did not succeed"
    assert not [path.name for path in tmp_path.glob("ran-*")]
