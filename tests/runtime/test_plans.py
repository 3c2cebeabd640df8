"""Golden files: `borgplan plan` of each example. `UPDATE_PLANS=1 pytest` rewrites; review reads the diff.

HOME is a fixed path that doesn't exist and files are named as from the examples' folder, so nothing
of the machine or its user is in the output.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.laboratory import Laboratory

ROOT = Path(__file__).parents[2]
EXAMPLES = {path.stem: path.name for path in sorted((ROOT / "examples").iterdir())}
del EXAMPLES["README"]
VIEWS = {
    "plan.txt": (),
    "plan.json": ("--format", "json"),
    "plan.md": ("--format", "markdown"),
    "plan.sh": ("--script",),
    "summary.txt": ("--summary",),
    "failures.txt": ("--failures",),
}


def show(laboratory: Laboratory, *words: str) -> str:
    """What `borgplan plan` prints, from inside the examples' folder."""
    cwd = laboratory.tmp / "cwd"
    cwd.rmdir()
    cwd.symlink_to(ROOT / "examples")
    environment = {"HOME": "/home/example", "XDG_CONFIG_HOME": "/home/example/.config"}
    ran = laboratory.run(["plan", *words], env=environment)
    assert (ran.exit_code, ran.events) == (0, [])
    assert "error" not in ran.stderr  # that there is no such home is worth a warning
    # Archives get the configuration files, by their absolute paths.
    return ran.stdout.replace(f"{ROOT}/examples", "/etc/borgmatic")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_plan_of_an_example_is_as_reviewed(
    name: str, view: str, laboratory: Laboratory
) -> None:
    found = show(laboratory, *VIEWS[view], EXAMPLES[name])
    golden = ROOT / "tests" / "plans" / name / view
    if os.environ.get("UPDATE_PLANS") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(found)
    assert found == golden.read_text()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_plan_tells_nothing_of_the_machine_and_no_secret(
    name: str, laboratory: Laboratory
) -> None:
    found = show(laboratory, "--format", "json", EXAMPLES[name])
    found += "".join(file.read_text() for file in (ROOT / "tests" / "plans" / name).iterdir())
    assert os.uname().nodename not in found or len(os.uname().nodename) < 4
    assert str(ROOT) not in found
    assert str(laboratory.tmp) not in found
    assert "a phrase for the example" not in found


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_command_of_a_plan_is_wrapped_or_cut(name: str, laboratory: Laboratory) -> None:
    """Every hook's line and every word of Borg's command lines can be copied from the text."""
    golden = ROOT / "tests" / "plans" / name
    text = (golden / "plan.txt").read_text()
    data = json.loads((golden / "plan.json").read_text())
    for step in data["steps"]:
        work = step["work"]
        if work["kind"] == "shell":
            assert all(line in text for line in work["script"].strip("\n").split("\n"))
        elif work["kind"] == "process":
            words = [word for word in work["argv"] if isinstance(word, str)]
            assert any(all(word in line for word in words) for line in text.split("\n"))


def test_inputs_are_named_with_the_digest_of_their_bytes(laboratory: Laboratory) -> None:
    import hashlib

    data = json.loads(show(laboratory, "--format", "json", "everything"))
    names = ["everything/documents.yaml", "everything/pictures.yaml"]
    assert data["inputs"] == [
        {
            "path": name,
            "digest": hashlib.sha256((ROOT / "examples" / name).read_bytes()).hexdigest(),
        }
        for name in names
    ]
