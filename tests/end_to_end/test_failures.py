"""Each step of an example is made to fail in turn, in reality; what then ran was known from the plan.

Hooks get `&& test ! -e ~/fail/NUMBER` appended; for Borg a script stands in that fails for the
subcommand and repository of a file in `~/fail` and is the real Borg for everything else.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Phase, Plan, Step
from borgplan.compiler.plan.work import Process, Shell
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from tests.end_to_end.home import Home
from tests.runtime.build import compiled
from tests.support.laboratory import Server, working_directory

pytestmark = pytest.mark.borg

EXAMPLES = {"service.yaml": 11, "two-repositories.yaml": 10}  # with the number of their steps

WRAPPER = """\
#!/bin/sh
subcommand=$1
for word; do
    repository=${word%%::*}
    [ -e "$HOME/fail/$subcommand-${repository##*/}" ] && exit 2
done
exec borg "$@"
"""


@dataclass(frozen=True)
class Scene:
    """An example in which anything can be made to fail, with its plan."""

    home: Home
    plan: Plan
    example: str

    def mark(self, step: Step) -> str:
        """The name of the file that makes a step fail."""
        if isinstance(step.work, Shell):
            return step.work.script.rpartition("~/fail/")[2]
        assert isinstance(step.work, Process)
        repository = step.scope.split("#")[-2].rpartition("/")[2]
        return f"{step.work.argv[1]}-{repository}"


def with_faults(text: str) -> str:
    """The configuration of an example with a switch in each hook and the wrapper for Borg."""
    data: dict[str, Any] = yaml.safe_load(text)
    numbers = count(1)
    for name, commands in data["hooks"].items():
        data["hooks"][name] = [f"{c} && test ! -e ~/fail/{next(numbers)}" for c in commands]
    data["location"]["local_path"] = "./borg-wrapper"
    return yaml.safe_dump(data)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory, server: Server) -> dict[str, Scene]:
    """Made once: the runs differ in nothing but what fails."""
    return {name: scene(tmp_path_factory.mktemp("home"), server, name) for name in EXAMPLES}


def scene(path: Path, server: Server, example: str) -> Scene:
    home = Home(path, server)
    home.use(example)
    home.create_repositories(example)
    home.write("borg-wrapper", WRAPPER)
    (path / "borg-wrapper").chmod(0o700)
    home.write(example, with_faults((path / example).read_text()))
    with working_directory(path), pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(path))
        plan = compiled(example)
    return Scene(home, plan, example)


def failing(scene: Scene, *steps: Step) -> tuple[int, list[str], list[str]]:
    """A real run in which these steps fail: exit code, what ran, what failed."""
    folder = scene.home.path / "fail"
    folder.mkdir()
    try:
        for step in steps:
            (folder / scene.mark(step)).touch()
        ran = scene.home.borgplan("apply", "--format", "json", scene.example)
    finally:
        shutil.rmtree(folder)
    failed = [s["id"] for s in ran.report["steps"] if s["fate"] == "failed"]
    return ran.exit_code, ran.ran, failed


def predicted(scene: Scene, *steps: Step) -> tuple[int, list[str], list[str]]:
    """The same, from the plan alone."""
    results = {step.id: Result(Outcome.HARD, 2) for step in steps}
    report = interpret(scene.plan, ScriptedRunner(results))
    failed = [name for name, result in report.results.items() if result.outcome is Outcome.HARD]
    return report.exit_code, list(report.results), failed


CASES = [(name, number) for name, length in EXAMPLES.items() for number in range(length + 1)]


@pytest.mark.parametrize(("example", "number"), CASES, ids=[f"{n}-{k}" for n, k in CASES])
def test_what_runs_when_a_step_fails_is_what_the_plan_says(
    scenes: dict[str, Scene], example: str, number: int
) -> None:
    """Number 0: nothing fails. An error hook can only fail after something else has."""
    scene = scenes[example]
    steps = list(scene.plan.steps[number - 1 : number]) if number else []
    if any(step.phase is Phase.RECOVER for step in steps):
        steps.append(next(s for s in scene.plan.steps if not isinstance(s.work, Shell)))
    assert failing(scene, *steps) == predicted(scene, *steps)


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_step_of_an_example_is_left_out_above(scenes: dict[str, Scene], example: str) -> None:
    scene = scenes[example]
    assert len(scene.plan.steps) == EXAMPLES[example]
    marks = [scene.mark(step) for step in scene.plan.steps]
    assert len(set(marks)) == len(marks)


def test_a_repository_that_fails_leaves_the_other_its_backup(scenes: dict[str, Scene]) -> None:
    scene = scenes["two-repositories.yaml"]
    create = next(s for s in scene.plan.steps if s.id.endswith("near.borg#create#borg-create"))
    before = scene.home.archives("far.borg")
    exit_code, _, _ = failing(scene, create)
    assert exit_code == 1
    assert scene.home.archives("far.borg")[-1:] != before[-1:]
    alerts = (scene.home.path / "alerts.log").read_text()
    near = f"{scene.home.path}/backups/near.borg"
    assert alerts.endswith(f"borg create ended with exit code 2, repository {near}\n")
