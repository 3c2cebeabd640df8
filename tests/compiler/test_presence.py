"""What a look at this machine's files tells before a run: repositories, sources, files with keys."""

from __future__ import annotations

import pytest

from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.source.diagnostic import Diagnostic, Diagnostics, Severity
from tests.compiler.memory_host import MemoryHost

HERE = {"/etc/hostname": "here\n", "/backups/one/config": "[repository]\nversion = 1\n"}
GOOD = "source_directories: [/etc]\nrepositories: [{path: /backups/one}]\nkeep_daily: 1\n"


def compiled(
    text: str, files: dict[str, str] | None = None, *actions: Action, semantics: str = "2.1"
) -> Compilation:
    host = MemoryHost({"/srv/c.yaml": text, **HERE, **(files or {})})
    diagnostics = Diagnostics()
    request = CompileRequest(("c.yaml",), actions or (Action.CREATE,), semantics=semantics)
    return plan_of(read(request, host, diagnostics), host, diagnostics)


def told(found: Compilation, code: str) -> list[Diagnostic]:
    return [item for item in found.diagnostics if item.code == code]


def facts(found: Compilation) -> dict[str, str]:
    assert found.plan
    return {fact.subject: fact.found for fact in found.plan.facts}


def test_nothing_is_missing() -> None:
    found = compiled(GOOD)
    assert not found.diagnostics
    assert facts(found)["/backups/one"] == "exists"


def test_the_home_of_another_user_is_found() -> None:
    alone = f"{GOOD}bootstrap: {{store_config_files: false}}\n"
    found = compiled(alone.replace("[/etc]", "[~anna/a, ~nobody/b, '~', ~/c]"))
    assert found.plan
    (patterns,) = found.plan.scratch
    roots = [line for line in patterns.shown_lines if line.startswith("R ")]
    assert roots == ["R /home/anna/a", "R ~nobody/b", "R /home/user", "R /home/user/c"]


@pytest.mark.parametrize(
    ("path", "files", "expected"),
    [
        ("/backups/none", {}, "does not exist"),
        ("/backups/dir", {"/backups/dir/file": ""}, "does not exist"),
        ("/backups/other", {"/backups/other/config": "[core]\n"}, "does not exist"),
        ("/backups/two", {"/backups/two/config/id": "2"}, "exists"),
        ("file:///backups/one", {}, "exists"),
        ("~/mine", {"/home/user/mine/config": "[repository]\n"}, "exists"),
        ("~anna/mine", {"/home/anna/mine/config": "[repository]\n"}, "exists"),
        ("near", {"/srv/near/config": "[repository]\n"}, "exists"),
        ("/backups/a:b", {"/backups/a:b/config": "[repository]\n"}, "exists"),
        ("ssh://host/./one", {}, "not checked (use --probe)"),
        ("host:one", {}, "not checked (use --probe)"),
        ("user@host:/backups/one", {}, "not checked (use --probe)"),
        ("/backups/{hostname}", {}, "not checked (use --probe)"),
    ],
)
def test_whether_a_repository_is_there(path: str, files: dict[str, str], expected: str) -> None:
    found = compiled(GOOD.replace("/backups/one", f'"{path}"'), files)
    assert expected in facts(found).values()
    assert bool(told(found, "BP424")) == (expected == "does not exist")


def test_a_missing_repository_is_told_where_it_stands() -> None:
    (item,) = told(compiled(GOOD.replace("one", "none")), "BP424")
    assert (item.severity, item.span.line) == (Severity.WARNING, 2)
    assert "/backups/none" in item.message
    assert "borgplan repo-create FILE -e " in item.hint


def test_a_repository_that_will_be_created_may_be_missing() -> None:
    text = GOOD.replace("/backups/one}", "/backups/none, encryption: none}")
    assert not told(compiled(text, {}, Action.REPO_CREATE, Action.CREATE), "BP424")


def test_a_repository_that_is_there_is_not_created() -> None:
    found = compiled(GOOD.replace("one}", "one, encryption: none}"), {}, Action.REPO_CREATE)
    assert found.plan
    assert not found.plan.steps


def test_a_relative_repository_is_looked_up_where_borg_runs() -> None:
    text = GOOD.replace("/backups/one", "one") + "working_directory: /backups\n"
    assert facts(compiled(text))["one"] == "exists"


@pytest.mark.parametrize("semantics", ["1.8.14", "2.1"])
def test_a_missing_source(semantics: str) -> None:
    found = compiled(GOOD.replace("[/etc]", "[/etc, /none]"), semantics=semantics)
    (item,) = told(found, "BP425")
    assert (item.severity, item.span.line) == (Severity.WARNING, 1)
    assert "/none" in item.message


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("[/etc]", "[/no*]"),
        GOOD.replace("[/etc]", "[~/docs]"),
        GOOD.replace("[/etc]", "[/none]") + "source_directories_must_exist: false\n",
        GOOD.replace("[/etc]", "[docs]") + "working_directory: ~\n",
    ],
)
def test_no_source_is_missing(text: str) -> None:
    assert not told(compiled(text, {"/home/user/docs/file": ""}), "BP425")


def test_a_root_among_the_patterns_is_a_source() -> None:
    assert told(compiled(GOOD + "patterns: [R /none]\n"), "BP425")


def test_sources_matter_to_create_only() -> None:
    assert not told(compiled(GOOD.replace("[/etc]", "[/none]"), {}, Action.PRUNE), "BP425")


@pytest.mark.parametrize(
    ("option", "path"),
    [
        ('encryption_passphrase: "{credential file /none}"', "/none"),
        ('encryption_passphrase: "{credential container db}"', "/run/secrets/db"),
        ("borg_key_file: /none", "/none"),
    ],
)
def test_a_missing_file_with_a_secret(option: str, path: str) -> None:
    (item,) = told(compiled(f"{GOOD}{option}\n"), "BP426")
    assert (item.severity, item.span.line) == (Severity.WARNING, 4)
    assert path in item.message
    assert not told(compiled(f"{GOOD}{option}\n", {path: "x"}), "BP426")


def test_a_key_that_a_new_repository_gets_may_be_missing() -> None:
    text = GOOD.replace("one}", "new, encryption: keyfile}") + "borg_key_file: /none\n"
    assert not told(compiled(text, {}, Action.REPO_CREATE), "BP426")


MISSING = (
    "source_directories: [/none]\nrepositories: [{path: /backups/none}]\nkeep_daily: 1\n"
    'encryption_passphrase: "{credential file /none}"\n'
)


@pytest.mark.parametrize(
    "hook",
    [
        "before_backup: [mount /none]\n",
        "before_actions: [mount /none]\n",
        "commands: [{before: everything, run: [mount /none]}]\n",
        "commands: [{before: action, when: [create], run: [mount /none]}]\n",
    ],
)
def test_what_a_hook_may_bring_is_a_note(hook: str) -> None:
    found = [item for item in compiled(MISSING + hook).diagnostics if item.code >= "BP424"]
    assert [item.code for item in found] == ["BP424", "BP425", "BP426"]
    assert {item.severity for item in found} == {Severity.NOTE}


@pytest.mark.parametrize(
    "hook",
    ["after_backup: [echo done]\n", "commands: [{before: action, when: [prune], run: [echo]}]\n"],
)
def test_what_no_hook_may_bring_is_a_warning(hook: str) -> None:
    found = [item for item in compiled(MISSING + hook).diagnostics if item.code >= "BP424"]
    assert {item.severity for item in found} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("letter", "times", "codes"),
    [
        ("x", 100_000, []),
        ("\u00e9", 60_000, []),
        ("x", 140_000, ["BP124"]),
        ("\u00e9", 70_000, ["BP124"]),
    ],
)
def test_a_hook_that_no_shell_could_be_started_with_is_refused(
    letter: str, times: int, codes: list[str]
) -> None:
    found = compiled(f"{GOOD}before_backup: [{letter * times}]\n")
    assert [item.code for item in told(found, "BP124")] == codes
