"""The cleanup proof on real files, against what people found by reading them.

The verdicts are about the releases the files were written for: before 2.0 for the older forms.
"""

from __future__ import annotations

import pytest

from borgplan.compiler.lint.rules.proofs import proofs
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.system.host import RealHost
from tests.support.corpus import Entry, compiled, entries

ENTRIES = list(entries())

pytestmark = pytest.mark.skipif(not ENTRIES, reason="no corpus beside the project")

FINER = {
    "153": "the commands were cut when the file was stored: `pg_dump ...`, `rm ...`",
    "182": "a script and `rm -rf` of a folder that only the script names",
    "245": "an earlier command of the same after-hook can fail, and the ones that start containers "
    "don't run then; the verdict looks at hooks, the proof at their commands",
}


def at_risk(entry: Entry) -> bool | None:
    """None where there is no plan: templates and files that no release takes."""
    compilation = compiled(entry, "" if entry.generation == "commands" else "1.8")
    if compilation.plan is None:
        return None
    found = Diagnostics()
    proofs(compilation, RealHost(), found)
    return any(item.code in ("BP801", "BP802", "BP803", "BP804") for item in found)


def test_the_proof_agrees_with_people(capsys: pytest.CaptureFixture[str]) -> None:
    apart, agreed, unread, others, alarms = set(), 0, 0, 0, []
    for entry in ENTRIES:
        proved = at_risk(entry)
        if proved is None:
            unread += bool(entry.cleanup)
        elif not entry.cleanup:
            others += 1
            alarms += [entry.number] if proved else []
        elif proved == (entry.cleanup == "at-risk"):
            agreed += 1
        else:
            apart.add(entry.number)
    with capsys.disabled():
        print(
            f"\ncleanup proof: {agreed} verdicts agree, {len(apart)} are apart ({len(FINER)} explained), "
            f"{unread} files have no plan; {len(alarms)} alarms on {others} files without such hooks"
        )
    assert apart == set(FINER)
    assert agreed >= 20
    assert alarms == []
