"""Rules look at hooks with the constants of their file filled in, shared ones included."""

from __future__ import annotations

import pytest

from borgplan.compiler.lint.registry import run_checks
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.checks.finding import START, found
from tests.compiler.memory_host import MemoryHost
from tests.compiler.planning import compilation

PING = "https://hc-ping.com/0aaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"


def file(constants: str, hooks: str) -> str:
    return f"constants:\n{constants}{START}commands:\n{hooks}"


@pytest.mark.parametrize(
    ("constants", "command", "code"),
    [
        (f"  hc: {PING}\n", "curl -fsS {hc}", "BP323"),
        (f"  hc: {PING}\n", "curl -fsS {hc}", "BP612"),
        ("  ping: curl\n  done: backup completed\n", "{ping} -d '{done}' https://x", "BP323"),
        ("  to: root:hunter2\n", "curl -u {to} https://x", "BP614"),
        ("  dump: pg_dump\n", "{dump} app > /tmp/app.sql", "BP613"),
        ("  dump: pg_dump\n", "{dump} app | gzip > /srv/x", "BP355"),
    ],
)
def test_a_rule_sees_what_a_constant_stands_for(constants: str, command: str, code: str) -> None:
    hook = f"  - after: action\n    run:\n      - >-\n        {command}\n"
    assert code in {d.code for d in found(file(constants, hook))}
    assert code not in {d.code for d in found(file("  other: x\n", hook))}


def test_what_one_hook_spells_out_undoes_what_another_names() -> None:
    pair = (
        "  - before: action\n    run: ['docker stop {container}']\n"
        "  - after: action\n    run: ['docker start webapp']\n"
    )
    assert "BP805" not in {d.code for d in found(file("  container: webapp\n", pair))}
    owed = [d for d in found(file("  container: other\n", pair)) if d.code == "BP805"]
    assert "docker stop other" in owed[0].message


def test_a_shared_file_of_constants_counts() -> None:
    text = (
        f"<<: !include shared.txt\n{START}commands:\n  - after: action\n    run: ['curl {{hc}}']\n"
    )
    compiled = compilation({"c.yaml": text, "shared.txt": f"constants: {{hc: {PING}}}\n"})
    diagnostics = Diagnostics()
    run_checks(compiled, MemoryHost({}), diagnostics)
    assert "BP323" in {d.code for d in diagnostics}
