"""What CI services are given: the hook for pre-commit, and the action for GitHub."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text())
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
BAD = "source_directories: [/etc]\nrepositories: [{path: r}]\nkeep_daily: 1\ncompression: 3\n"

# Files that the hook's pattern fits, and that are no configurations of their own.
OTHERS = {
    "borgmatic/retention.yaml": "keep_daily: 7\nkeep_weekly: 4\n",
    "borgmatic.d/common/base.yaml": "location:\n  source_directories: [/etc]\n  repositories: [r]\n"
    "retention: {keep_daily: 1}\n",
    "borgmatic.d/host.yaml": "<<: !include common/base.yaml\n",
    "borgmatic/stack.yml": "services:\n  borgmatic:\n    image: x\n",
    "borgmatic.yml": "- hosts: all\n  roles: [borgmatic]\n",
    "borgmatic/chart.yaml": "repositories:\n  - name: x\n    url: https://example.org\n",
    "borgmatic/map.yaml": "apiVersion: v1\nkind: ConfigMap\ndata: {}\n---\napiVersion: v1\n",
}


def run(
    *words: str | Path, directory: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, words)), cwd=directory, env={**os.environ, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("borgmatic.yaml", True), ("etc/borgmatic.d/host.yml", True), ("borgmatic/config.yaml", True),
        ("roles/x/files/borgmatic/a/b.yaml", True), ("borgmatic-home.yaml", True),
        ("config.yaml", False), ("notborgmatic.txt", False), ("compose.yaml", False),
        ("borgmatic.d/readme.md", False), ("myborgmatic.yaml", False),
        ("borgmatic/docker-compose.yml", False), ("borgmatic/compose.override.yaml", False),
        ("roles/borgmatic/tasks/main.yml", False), ("roles/borgmatic/defaults/main.yml", False),
        ("roles/borgmatic/meta/main.yml", False), ("charts/borgmatic/values.yaml", False),
        (".github/workflows/borgmatic.yml", False), ("borgmatic/values-prod.yaml", False),
        ("borgmatic/kustomization.yaml", False), ("borgmatic.d/borgplan.yaml", False),
        ("playbooks/borgmatic.yml", False), ("borgmatic.d/compose-host.yaml", False),
        ("borgmatic.d/decompose.yaml", True), ("borgmatic.d/metal/host.yaml", True),
    ],
)  # fmt: skip
def test_the_hook_is_for_configurations_of_borgmatic(path: str, *, wanted: bool) -> None:
    found = re.search(HOOK["files"], path) and not re.search(HOOK["exclude"], path)
    assert bool(found) is wanted


def test_the_action_refers_to_inputs_that_it_has() -> None:
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"inputs\.(\w+)", text)) == set(ACTION["inputs"])
    assert ACTION["runs"]["using"] == "composite"
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]  # an input in a script would be code


def with_borgplan(directory: Path) -> str:
    """RUNNER_TEMP, with borgplan where the first step would have put it."""
    place = directory / "temp/borgplan/bin"
    place.mkdir(parents=True)
    (place / "borgplan").symlink_to(Path(sys.executable).parent / "borgplan")
    return str(directory / "temp")


def step_of_the_action(name: str) -> Any:
    (step,) = [step for step in ACTION["runs"]["steps"] if step["name"] == name]
    return step


def test_the_action_s_check_is_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BAD)
    step = step_of_the_action("Check")
    environment = {
        "RUNNER_TEMP": with_borgplan(tmp_path),
        "ARGUMENTS": "--ignore BP601",
        "FACTS": "",
        "PATHS": "*.yaml",
        "ROOT": "",
    }
    assert set(step["env"]) == set(environment) - {"RUNNER_TEMP"}
    ran = run("bash", "-eo", "pipefail", "-c", step["run"], directory=tmp_path, **environment)
    assert ran.returncode == 2
    assert ran.stdout.startswith("::error file=a.yaml,line=4,col=14,")
    assert len(ran.stdout.splitlines()) == 1


MACHINE = """\
<<: !include /etc/borgmatic/common.yaml
repositories: [{path: '${REPO}'}, {path: /srv/repo}]
source_directories: [/home, /srv/data]
exclude_from: [/etc/borgmatic/excludes]
"""


def test_the_action_compares_a_change_in_a_checkout_that_has_nothing_of_the_machine(
    tmp_path: Path,
) -> None:
    """As somebody has it who checks `etc/` of a machine in, and adds the action."""
    user = tmp_path / "user"
    top = user / "db1/etc/borgmatic"
    top.mkdir(parents=True)
    (top / "c.yaml").write_text(MACHINE)
    (top / "common.yaml").write_text("keep_daily: 7\n")
    commit(user)
    run("git", "branch", "base", directory=user)
    (top / "common.yaml").write_text("keep_daily: 9\n")
    (top / "new.yaml").write_text(MACHINE)
    step = step_of_the_action("Compare")
    environment = {
        "RUNNER_TEMP": with_borgplan(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "BASE": "base", "FACTS": "", "ROOT": "db1",
        "PATHS": "/etc/borgmatic/c.yaml /etc/borgmatic/new.yaml",
    }  # fmt: skip
    assert set(step["env"]) == set(environment) - {"RUNNER_TEMP", "GITHUB_STEP_SUMMARY"}
    ran = run("bash", "-eo", "pipefail", "-c", step["run"], directory=user, **environment)
    assert ran.returncode == 0, ran
    summary = (tmp_path / "summary").read_text()
    assert "- borg prune --keep-daily 7" in summary
    assert "+ borg prune --keep-daily 9" in summary
    assert "/etc/borgmatic/excludes" in summary  # what was not read
    assert "/etc/borgmatic/new.yaml is new." in summary
    check = step_of_the_action("Check")
    words = {**environment, "ARGUMENTS": "--ignore BP601"}
    ran = run("bash", "-eo", "pipefail", "-c", check["run"], directory=user, **words)
    assert "::error" not in ran.stdout
    assert ran.returncode in (0, 1), ran


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as somebody else's `repo:`, with what isn't committed yet."""
    path = tmp_path_factory.mktemp("clone")
    listed = run("git", "ls-files", "-co", "--exclude-standard", directory=ROOT)
    if listed.returncode:
        pytest.skip("not a git repository")
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, path / name)
    commit(path)
    return path


def commit(path: Path) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "test"]):
        assert run("git", *words, directory=path).returncode == 0


@pytest.mark.network
@pytest.mark.timeout(300)
def test_pre_commit_runs_the_hook(clone: Path, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    revision = run("git", "rev-parse", "HEAD", directory=clone).stdout.strip()
    user = tmp_path / "user"
    (user / "borgmatic.d").mkdir(parents=True)
    for example in (ROOT / "examples").glob("*.yaml"):
        shutil.copy(example, user / "borgmatic.d")
    for name, text in OTHERS.items():
        (user / name).parent.mkdir(parents=True, exist_ok=True)
        (user / name).write_text(text)
    hook = {"id": "borgplan-lint", "args": ["--ignore", "BP601"]}
    settings = {"repos": [{"repo": str(clone), "rev": revision, "hooks": [hook]}]}
    (user / ".pre-commit-config.yaml").write_text(yaml.safe_dump(settings))
    commit(user)
    words = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    cache = {"PRE_COMMIT_HOME": str(tmp_path / "cache")}
    ran = run(*words, directory=user, **cache)
    if "borgplan lint" not in ran.stdout:
        pytest.skip(f"pip can't install here: {ran.stderr[-300:]}{ran.stdout[-300:]}")
    assert "borgplan lint" in ran.stdout
    assert (ran.returncode, ran.stdout.count("Passed")) == (0, 1), ran.stdout
    (user / "borgmatic.d/bad.yaml").write_text(BAD)
    run("git", "add", "-A", directory=user)
    ran = run(*words, directory=user, **cache)
    assert ran.returncode == 1
    assert "borgmatic.d/bad.yaml:4:14: error BP203" in ran.stdout
