"""Options that one repository has for itself."""

from __future__ import annotations

import pytest

from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.model import Plan, ScopeKind
from borgplan.compiler.plan.words import ScratchPath, SecretOption, parts_of
from borgplan.compiler.plan.work import Process, Shell, directory_of
from borgplan.compiler.source.diagnostic import Severity
from tests.compiler.planning import START, codes, commands, compilation, planned


def text(own: str, more: str = "") -> str:
    """Two repositories, of which the second has something of its own."""
    return f"{START}{more}repositories:\n- path: /one\n- {{path: /two, {own}}}\n"


def works(plan: Plan, subcommand: str = "create") -> list[Process]:
    """Of each repository."""
    found = [step.work for step in plan.steps]
    return [work for work in found if isinstance(work, Process) and work.argv[1] == subcommand]


def test_a_setting() -> None:
    one, two = works(planned(text("compression: zlib", "compression: lz4\n")))
    assert "lz4" in " ".join(map(str, one.argv))
    assert "zlib" in " ".join(map(str, two.argv))
    assert "lz4" not in " ".join(map(str, two.argv))


def test_retention() -> None:
    plan = planned(text("keep_weekly: 3, keep_daily: 9"), actions=(Action.PRUNE,))
    one, two = (" ".join(map(str, work.argv)) for work in works(plan, "prune"))
    assert "weekly" not in one
    assert "--keep-weekly" in two
    assert "--keep-daily 9" in two.replace("=", " ")


def test_a_list_replaces_the_files_list() -> None:
    plan = planned(
        text(
            "exclude_patterns: [b], source_directories: [/opt]",
            "exclude_patterns: [a]\nbootstrap: {store_config_files: false}\n",
        )
    )
    one, two = (
        next(part.name for part in parts_of(work.argv) if isinstance(part, ScratchPath))
        for work in works(plan)
    )
    patterns = {file.name: file.shown_lines for file in plan.scratch}
    assert patterns[one] == ("R /etc", "! fm:a")
    assert patterns[two] == ("R /opt", "! fm:b")


def test_commands_replace_all_hooks_of_the_file() -> None:
    own = "commands: [{before: action, run: [echo own]}, {after: error, run: [echo no]}]"
    plan = planned(
        text(own, "before_backup: [echo file]\ncommands: [{before: repository, run: [echo r]}]\n")
    )
    found = [
        (command, step.scope)
        for command, step in zip(commands(plan), plan.steps, strict=True)
        if isinstance(step.work, Shell)
    ]
    assert ("echo own", "c.yaml#/two#create") in found
    assert {command for command, scope in found if scope.startswith("c.yaml#/one")} == {
        "echo file",
        "echo r",
    }
    assert {command for command, scope in found if scope.startswith("c.yaml#/two")} == {"echo own"}


def test_no_commands_are_commands_too() -> None:
    plan = planned(text("commands: []", "before_backup: [echo file]\n"))
    assert commands(plan) == ["echo file", "borg create", "borg create"]


def test_retries() -> None:
    plan = planned(text("retries: 3, retry_wait: 7", "retries: 1\n"))
    found = [s.retry for s in plan.scopes if s.kind is ScopeKind.REPOSITORY]
    assert [(retry.times, retry.wait) for retry in found] == [(1, 0), (3, 7)]


def test_the_working_directory() -> None:
    plan = planned(text("working_directory: ~/w", "working_directory: /f\nbefore_backup: [echo]\n"))
    assert [directory_of(step.work) for step in plan.steps] == [
        "/f",
        "/f",
        "/home/user/w",
        "/home/user/w",
    ]


def test_a_pass_phrase() -> None:
    found = compilation(
        {"c.yaml": text("encryption_passphrase: two-61", "encryption_passphrase: file-62\n")}
    )
    assert found.plan
    assert [work.passphrase for work in works(found.plan)] == [
        SecretOption("c.yaml", "encryption_passphrase"),
        SecretOption("c.yaml", "repositories[1].encryption_passphrase"),
    ]
    assert sorted(found.secrets.values()) == ["file-62", "two-61"]
    assert "-61" not in repr(found)
    assert "-62" not in repr(found)


def test_skipped_actions() -> None:
    plan = planned(text("skip_actions: [prune]"), actions=(Action.CREATE, Action.PRUNE))
    assert commands(plan) == ["borg create", "borg prune", "borg create"]


def test_a_skipped_action_that_is_asked_for_is_told_once() -> None:
    repositories = "repositories: [{path: /one}, {path: /two}]\n"
    content = f"{START}{repositories}skip_actions: [check, prune]\n"
    (note,) = compilation({"c.yaml": content}, actions=(Action.CREATE, Action.PRUNE)).diagnostics
    assert (note.code, note.span.line, note.span.column) == ("BP439", content.count("\n"), 23)
    assert note.message == "`prune` is requested, but `skip_actions` skips it"
    assert not compilation({"c.yaml": content}, actions=()).diagnostics


def test_exit_codes() -> None:
    one, two = works(planned(text("borg_exit_codes: [{code: 105, treat_as: warning}]")))
    assert [work.exits.is_warning(105) for work in (one, two)] == [False, True]


# --- what is refused ---


@pytest.mark.parametrize("semantics", ["1.8", "1.9", "2.0", "2.1.9"])
def test_older_generations_do_not_have_them(semantics: str) -> None:
    found = compilation({"c.yaml": text("compression: zlib")}, semantics=semantics)
    assert [error.code for error in found.errors] == ["BP301"]
    assert found.plan is None


@pytest.mark.parametrize("semantics", ["1.8", "2.0", "2.1"])
def test_how_to_create_it_is_no_option_of_its_own(semantics: str) -> None:
    own = "label: x, encryption: none, append_only: true, storage_quota: 5G, make_parent_directories: true"
    assert not compilation({"c.yaml": text(own)}, semantics=semantics).errors


def test_hook_options_have_no_effect_and_are_warned_of() -> None:
    found = compilation(
        {"c.yaml": text("before_backup: [echo own]", "before_backup: [echo file]\n")}
    )
    (problem,) = found.diagnostics
    assert (problem.code, problem.severity) == ("BP227", Severity.WARNING)
    assert (problem.span.line, problem.span.column) == (6, 16)
    assert found.plan
    assert commands(found.plan) == ["echo file", "borg create"] * 2


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("compresion: x", ["BP210"]),
        ("keep_daily: x", ["BP203"]),
        ("storage: {compression: x}", ["BP210"]),
        ("checks: [nope]", None),
        ("skip_actions: [nope]", ["BP216"]),
        ("retries: -1", ["BP204"]),
        ("label: [x]", ["BP203"]),
        ("commands: x", ["BP203"]),
        ("commands: [{before: nowhere, run: [x]}]", None),
        ("encryption_passphrase: [x-61994]", ["BP203"]),
        ("borg_exit_codes: [{code: 0, treat_as: error}]", ["BP229"]),
    ],
)
def test_mistakes_are_errors(own: str, expected: list[str] | None) -> None:
    found = compilation({"c.yaml": text(own)})
    assert found.errors
    assert found.plan is None
    assert expected is None or codes(found) == expected
    assert "61994" not in repr(found.diagnostics)


def test_what_is_not_implemented_is_refused_by_its_name() -> None:
    found = compilation({"c.yaml": text("debug_passphrase: true")})
    assert codes(found) == ["BP218"]
    assert found.plan
    assert [refusal.what for refusal in found.plan.refusals] == ["debug_passphrase"]


@pytest.mark.parametrize(
    "own",
    [
        "repositories: [/three]",
        "constants: {a: b}",
        "log_file: x.log",
        "color: false",
        "default_actions: false",
        "commands: [{before: everything, run: [echo]}]",
        "commands: [{before: configuration, run: [echo]}]",
    ],
)
def test_what_has_no_effect_for_one_repository_is_told(own: str) -> None:
    assert codes(compilation({"c.yaml": text(own)}))


def test_a_passcommand_of_its_own_counts_or_is_told_of() -> None:
    found = compilation(
        {"c.yaml": text("encryption_passcommand: echo own", "encryption_passphrase: x\n")}
    )
    assert found.plan
    two = works(found.plan)[1]
    assert codes(found) or two.passphrase is None


def test_a_quoted_umask_is_an_error_here_as_in_the_file() -> None:
    assert codes(compilation({"c.yaml": text("compression: lz4", "umask: '0077'\n")})) == ["BP203"]
    assert codes(compilation({"c.yaml": text("umask: '0077'")})) == ["BP203"]


def test_a_section_gets_no_hint_that_is_the_same_word() -> None:
    (problem,) = compilation({"c.yaml": text("location: {}")}).diagnostics
    assert problem.hint != "did you mean `location`?"


def test_sources_of_one_repository_are_not_those_of_the_next() -> None:
    """The first has its own; the second has the file's, and no file of patterns is left over."""
    plan = planned(
        "source_directories: [/file]\n"
        "repositories: [{path: /one, source_directories: [/own]}, {path: /two}]\n"
        "bootstrap: {store_config_files: false}\n"
    )
    lines = {file.name: file.shown_lines for file in plan.scratch}
    used = [
        lines[part.name]
        for work in works(plan)
        for part in parts_of(work.argv)
        if isinstance(part, ScratchPath)
    ]
    assert used == [("R /own",), ("R /file",)]
    assert len(lines) == 2
