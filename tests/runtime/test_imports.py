"""What is loaded for what: steadier than any timing. `-X importtime` names every module."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

NEVER = {
    "asyncio", "pathlib", "tempfile", "inspect", "dataclasses", "importlib.metadata", "urllib3"
}  # fmt: skip
HEAVY = NEVER | {"networkx", "lark", "logging", "subprocess", "threading", "socket", "json"}


@pytest.fixture(autouse=True, scope="module")
def borg_is_known() -> None:
    """Its version is asked once and then remembered; that is no part of what these tests are about."""
    loaded("plan", "examples/minimal.yaml")


def loaded(*words: str) -> set[str]:
    """The modules and packages that a command loads."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "borgplan.runtime", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "XDG_CACHE_HOME": f"{os.environ['BORGPLAN_STATE_DIRECTORY']}/cache"},
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    modules = {line.rpartition("|")[2].strip() for line in lines}
    assert "borgplan.runtime.main" in modules
    return modules


def test_the_version_loads_next_to_nothing() -> None:
    found = loaded("--version")
    assert not found & (HEAVY | {"yaml", "argparse", "gettext", "shutil"})
    assert {name for name in found if name.startswith("borgplan.")} == {
        "borgplan.runtime",
        "borgplan.runtime.main",
        "borgplan.runtime.system",
        "borgplan.runtime.system.version",
    }


def test_a_plan_loads_nothing_that_runs_or_proves() -> None:
    found = loaded("plan", "examples/minimal.yaml")
    assert "yaml._yaml" in found
    assert not found & {"yaml", "yaml.reader", "yaml.resolver"}  # see `compiler.syntax.events`
    assert not found & (HEAVY | {"typing"})
    assert not found & {"borgplan.compiler.analysis.graph", "borgplan.runtime.process.runner"}


@pytest.mark.parametrize("command", ["plan", "lint"])
def test_a_command_loads_the_options_of_no_other(command: str) -> None:
    found = loaded(command, "examples/minimal.yaml")
    alone = {f"borgplan.runtime.cli.options.{name}" for name in ("plan", "apply", "lint")}
    assert found & alone == {f"borgplan.runtime.cli.options.{command}"}


@pytest.mark.parametrize("words", [("plan",), ("lint",), ("apply", "--dry-run")])
def test_the_journal_is_loaded_only_for_what_is_noted(words: tuple[str, ...]) -> None:
    found = loaded(*words, "--offline", "examples/minimal.yaml")
    assert not found & {"sqlite3", "borgplan.runtime.journal.store"}


def test_a_plan_as_json_loads_json_and_no_more() -> None:
    found = loaded("plan", "--format", "json", "examples/minimal.yaml")
    assert "json" in found
    assert not found & (HEAVY - {"json"})


def test_a_grammar_is_loaded_only_for_a_text_in_its_language() -> None:
    assert "lark" in loaded("plan", "examples/dump.yaml")  # {error}
    assert "lark" not in loaded("plan", "examples/everything/documents.yaml")


# What belongs to other formats, to comments, baselines and several processes.
ONLY_ON_REQUEST = {
    f"borgplan.{name}"
    for name in (
        "compiler.lint.suppress", "compiler.syntax.comments", "compiler.lint.baseline", "compiler.driver.project_file",
        "compiler.analysis.graph", "runtime.commands.lint_baseline", "runtime.render.plan", "runtime.render.sarif",
        "runtime.render.junit", "runtime.render.github", "runtime.render.findings",
        "runtime.process.runner",
    )
}  # fmt: skip


@pytest.mark.parametrize("example", ["minimal", "everything/documents"])
def test_lint_loads_nothing_that_one_file_doesn_t_need(example: str) -> None:
    found = loaded("lint", f"examples/{example}.yaml")
    assert not found & (HEAVY | {"hashlib", "pickle", "signal", "typing", "urllib.parse"})
    # The example of a project file stands beside the other one.
    assert found & ONLY_ON_REQUEST <= {"borgplan.compiler.driver.project_file"}


@pytest.mark.parametrize("format_", ["sarif", "github", "junit"])
def test_a_format_loads_what_it_needs(format_: str) -> None:
    found = loaded("lint", "--format", format_, "examples/minimal.yaml")
    assert f"borgplan.runtime.render.{format_}" in found
    assert not found & (HEAVY - {"json"})


def test_a_difference_of_two_files_loads_no_graph_and_no_git() -> None:
    found = loaded("diff", "examples/minimal.yaml", "examples/everything/documents.yaml")
    assert "borgplan.compiler.diff.plans" in found
    assert not found & HEAVY
    assert not found & {"borgplan.compiler.driver.saved_plan", "borgplan.runtime.process.runner"}


def test_saving_a_plan_proves_it_as_a_graph(tmp_path: Path) -> None:
    found = loaded("plan", "-o", str(tmp_path / "plan.json"), "examples/minimal.yaml")
    assert {"json", "networkx"} <= found
    assert "borgplan.runtime.process.runner" not in found


def test_services_are_loaded_for_files_that_name_one(tmp_path: Path) -> None:
    services = {
        "borgplan.compiler.config.services",
        "borgplan.compiler.config.decode.services",
        "borgplan.compiler.semantics.monitoring",
        "borgplan.compiler.semantics.service_options",
        "borgplan.compiler.notify",
        "borgplan.compiler.lower.messages",
    }
    assert not loaded("plan", "examples/minimal.yaml") & services
    text = (ROOT / "examples/minimal.yaml").read_text()
    file = tmp_path / "c.yaml"
    file.write_text(f"{text}\nhealthchecks: https://hc-ping.com/x\n")
    found = loaded("plan", str(file))
    assert services <= found
    assert not found & (HEAVY - {"json"})


def test_borgmatics_line_loads_what_apply_does_and_its_own_table() -> None:
    more = loaded("borgmatic", "-n", "-c", "examples/minimal.yaml")
    for words in (
        (),
        ("--semantics", "2.1"),
    ):  # the release that it stands for if none is installed
        more -= loaded("apply", "-n", "examples/minimal.yaml", *words)
    allowed = ("borgplan.runtime.cli.borgmatic", "borgplan.runtime.commands.borgmatic")
    assert {name for name in more if not name.startswith(allowed)} <= {"_strptime"}
