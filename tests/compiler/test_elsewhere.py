"""Real configuration files on a machine that has nothing of what they name: a plan for each, and no error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from borgplan.compiler.diff.plans import changes
from borgplan.compiler.source.diagnostic import Severity
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.run.linting import checked
from borgplan.runtime.run.session import Session, compile_all, session_of
from tests.support.corpus import entries

# Those that nobody could judge included files that were never public: they have to have a plan too.
VALID = [
    e for e in entries() if e.valid or (e.valid is None and e.generation in ("flat", "sectioned"))
]
WRONG = {"083": "`encryption_passphrase: {passphrase}` is a mapping, whatever is included"}

pytestmark = pytest.mark.skipif(not VALID, reason="no corpus")


def offline(command: str, path: Path) -> Session:
    return session_of(parse([command, "--offline", str(path)]))


def errors_in(path: Path) -> list[str]:
    """What `plan`, `lint` and `diff` of a file with itself say is wrong."""
    compilation = compile_all(offline("plan", path), to_run=True)
    linted = checked(offline("lint", path))
    found = (*compilation.diagnostics, *linted.found)
    errors = [f"{d.code} {d.message}" for d in found if d.severity is Severity.ERROR]
    again = compile_all(offline("plan", path), to_run=True).plan
    if compilation.plan is None or again is None:
        return [*errors, "there is no plan"]
    if changes(compilation.plan, again):
        return [*errors, "it differs from itself"]
    return errors


@pytest.mark.timeout(300)
def test_every_valid_file_has_a_plan_and_no_error(
    record_property: Callable[[str, object], None], tmp_path: Path
) -> None:
    counts: Counter[str] = Counter()
    wrong: dict[str, list[str]] = {}
    for entry in VALID:
        config = tmp_path / entry.number / "config.yaml"
        config.parent.mkdir()
        config.write_bytes(Path(entry.path).read_bytes())
        errors = errors_in(config)
        if bool(errors) is not (entry.number in WRONG):
            wrong[entry.number] = errors
        counts["error" if errors else "plan"] += 1
    record_property("counts", dict(counts))
    print(f"of {len(VALID)} valid files: {dict(counts)}")
    assert not wrong, wrong
    assert counts["error"] == len(WRONG)
    assert counts["plan"] > 100
