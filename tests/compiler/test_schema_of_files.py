"""`borgplan schema` and the decoder give the same verdicts: two readers of one table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from borgplan.compiler.config.decode.file import configuration
from borgplan.compiler.config.publish.schema import schema
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.syntax.load import load
from borgplan.compiler.syntax.merge import IncludeMerge, merge
from borgplan.runtime.system.host import RealHost
from tests.compiler.reading import FILE, parsed, plain

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
EXAMPLES = sorted(f for f in (ROOT / "examples").rglob("*.yaml") if f.name != "borgplan.yaml")
FILES = sorted(CORPUS.rglob("*.yaml")) if CORPUS.is_dir() else []
VALIDATOR = jsonschema.Draft202012Validator(schema())
# What no schema sees: what names refer to, and what words hold inside.
BEYOND = {"BP214", "BP234", "BP229"}
BASE = "source_directories: [/etc]\nrepositories: [{path: /repo}]\n"


def complaints(text: str) -> list[str]:
    root, _ = parsed(text)
    assert root is not None
    merged = merge(root, IncludeMerge.DEEP, Diagnostics())
    return [error.message for error in VALIDATOR.iter_errors(plain(merged))]


def codes(text: str) -> list[str]:
    root, diagnostics = parsed(text)
    assert root is not None
    configuration(FILE, merge(root, IncludeMerge.DEEP, diagnostics), diagnostics)
    return [d.code for d in diagnostics if d.severity.word == "error"]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_fit(path: Path) -> None:
    assert complaints(path.read_text()) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_of_real_users_get_the_verdict_of_lint(path: Path) -> None:
    diagnostics = Diagnostics()
    document = load(str(path), RealHost(), diagnostics)
    if document is None or diagnostics.has_errors:
        pytest.skip("no document to look at")
    root = merge(document.root, IncludeMerge.DEEP, diagnostics)
    if diagnostics.has_errors:
        pytest.skip("no document to look at")
    configuration(str(path), root, diagnostics)
    wrong = [d for d in diagnostics if d.severity.word == "error" and d.code not in BEYOND]
    found = [f"{list(e.path)}: {e.message[:200]}" for e in VALIDATOR.iter_errors(plain(root))]
    assert bool(found) == bool(wrong), (found, wrong)


@pytest.mark.parametrize(
    "text",
    [
        "compresion: lz4\n", "keep_daily: seven\n", "keep_daily: '7'\n", "retries: -1\n", "verbosity: 3\n",
        "atime: yes\n", "checks: [{name: never}]\n", "checks: [{name: data, often: 1}]\n",
        "checks: [{name: data, only_run_on: [Someday]}]\n", "checks: [{name: data, frequency: 3}]\n",
        "commands: [{before: never, run: [x]}]\n", "commands: [{before: action}]\n",
        "commands: [{before: action, states: [fail], run: [x]}]\n", "commands: [{after: action, when: [backup], run: [x]}]\n",
        "borg_exit_codes: [{code: 1}]\n", "borg_exit_codes: [{code: 0, treat_as: error}]\n",
        "exclude_patterns: [1]\n", "exclude_patterns: /x\n", "before_backup: echo\n", "statistics: some\n",
        "skip_actions: [dance]\n", "keepassxc: {colour: red}\n", "keepassxc: x\n", "files_changed: never\n",
        "source_directories: [[/etc]]\n", "storage: x\n", "storage: {compresion: lz4}\n",
    ],
)  # fmt: skip
def test_what_is_wrong_for_one_is_wrong_for_the_other(text: str) -> None:
    assert codes(BASE + text)
    assert complaints(BASE + text)


@pytest.mark.parametrize(
    "text",
    [
        "keep_daily: 7\n", "prefix:\n", "before_backup:\n", "umask: 0077\n", "checks: [data, {name: archives, frequency: 2 weeks}]\n",
        "checks: [{name: data, only_run_on: [Monday, weekend]}]\n", "exclude_if_present: x\n", "exclude_if_present: [x, y]\n",
        "commands: [{before: action, when: [create], run: [x]}, {after: error, states: [fail], run: [y]}]\n",
        "borg_exit_codes: [{code: 100, treat_as: error}]\n", "statistics: true\n", "statistics: quick\n",
        "keepassxc: {key_file: x}\n", "constants: {a: [b], c: 1}\n", "zfs:\n", "healthchecks: {ping_url: x}\n",
        "storage: {compression: lz4, umask: 77}\nretention: {prefix: x}\nconsistency: {prefix: y}\n",
        "numeric_owner: true\n", "bootstrap: {store_config_files: false}\n",
    ],
)  # fmt: skip
def test_what_is_right_for_one_is_right_for_the_other(text: str) -> None:
    assert codes(BASE + text) == []
    assert complaints(BASE + text) == []


@pytest.mark.parametrize(
    "own", ["compression: lz4", "encryption: none", "commands: []", "checks: [data]"]
)
def test_repositories_have_options_of_their_own(own: str) -> None:
    assert complaints(f"source_directories: [/etc]\nrepositories: [{{path: /repo, {own}}}]\n") == []


def test_the_command_prints_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "schema"], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == schema()
    wrong = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "schema", "x"], capture_output=True, check=False
    )
    assert wrong.returncode == 2
