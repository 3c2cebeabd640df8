"""Values that Borg refuses, where they stand in a file or on the command line; nothing to back up."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.borg.action_options import ActionOptions
from borgplan.compiler.borg.versions import version
from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lower.selection import Facts
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost

START = "source_directories: [/etc]\nrepositories: [{path: /backups/one}]\nkeep_daily: 1\n"


def compiled(
    text: str,
    *actions: Action,
    borg: str = "",
    options: ActionOptions = ActionOptions(),  # noqa: B008  # immutable
    semantics: str = "2.1",
) -> Compilation:
    host = MemoryHost({"/srv/c.yaml": text})
    found = version(borg)
    facts = Facts(versions={"borg": found} if found else {})
    diagnostics = Diagnostics()
    request = CompileRequest(("c.yaml",), actions, semantics=semantics, options=options)
    return plan_of(read(request, host, diagnostics), host, diagnostics, facts)


def errors(text: str, *actions: Action, borg: str = "") -> list[str]:
    return [item.code for item in compiled(text, *actions, borg=borg).errors]


@pytest.mark.parametrize(
    "option",
    [
        "keep_within: 3 days", "compression: lz5", "files_cache: foo", "chunker_params: 1,2,3",
        "archive_name_format: '{hostname}/{now}'", "archive_name_format: '{host}-{now}'", "lock_wait: -1",
        "match_archives: '{foo}-*'", "prefix: '{foo}-'", "encryption_passcommand: cat \"/x", "check_last: -1",
    ],
)  # fmt: skip
def test_a_value_that_borg_refuses(option: str) -> None:
    (problem,) = dict.fromkeys(compiled(f"{START}{option}\n").errors)
    assert (problem.code, problem.span.line) == ("BP441", 4)
    assert option.partition(":")[0] in problem.message


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("create", "--compression lz5"), ("create", "-C zstd,23"), ("create", "-Clz5"),
        ("create", "--one-file-system --files-cache=foo"), ("create", "--chunker-params 1,2,3"),
        ("create", "--exclude 're:('"), ("create", "--pattern='- sh:[z-a]'"), ("create", "--comment {foo}"),
        ("create", "--list --comment"), ("create", "--lock-wait -1"), ("create", "-c x"),
        ("create", "--rsh 'ssh \"x'"), ("prune", "--keep-within 3x"), ("prune", "--keep-daily=7d"),
        ("prune", "-a {foo}-*"), ("check", "--last x"), ("compact", "--threshold ten"),
    ],
)  # fmt: skip
def test_a_value_among_extra_words_that_borg_refuses(action: str, words: str) -> None:
    text = f"{START}extra_borg_options:\n    {action}: {json.dumps(words)}\n"
    (problem,) = dict.fromkeys(compiled(text).errors)
    assert (problem.code, problem.span.line) == ("BP441", 5)
    other = Action.CHECK if action != "check" else Action.PRUNE
    assert not errors(text, other)


@pytest.mark.parametrize(
    "words",
    [
        "--compression zstd,3", "-Clz4 --list", "--stats --exclude '*.o' -e sh:x", "--comment '{now}'", "-- -C lz5",
        "--comment=-C --exclude lz5", "--unknown lz5", "--pattern '- re:x'", "--checkpoint-interval=600",
    ],
)  # fmt: skip
def test_extra_words_that_borg_takes(words: str) -> None:
    assert not errors(
        f"{START}extra_borg_options:\n    create: {json.dumps(words)}\n", Action.CREATE
    )


def test_a_value_that_is_not_used_is_no_error() -> None:
    assert not errors(f"{START}keep_within: 3 days\n", Action.CREATE)
    assert not errors(f"{START}compression: lz5\n", Action.REPO_LIST)
    assert not errors(f"{START}compression: lz5\nskip_actions: [create]\n")
    assert not errors(f"{START}compression: ''\n")
    assert not errors(f"{START}ssh_command: 'ssh \"x'\n")
    assert errors(f"{START.replace('/backups', 'host:x')}ssh_command: 'ssh \"x'\n") == ["BP441"]


@pytest.mark.parametrize(
    ("option", "refusing", "taking"),
    [
        ("compression: obfuscate,250,lz4", ("1.2.4", "1.4.3"), ("1.4.4", "2.0.0b20", "")),
        ("chunker_params: 19,23,21,4094", ("1.2.9", "1.4.5"), ("1.2.4", "1.4.0", "")),
        ("archive_name_format: '{unixtime}'", ("1.2.4", "1.4.0"), ("1.4.1", "")),
        ("files_cache: size", ("1.2.4",), ("1.4.5", "")),
        ("compression: lz5", ("1.2.4", "1.4.5", ""), ("2.0.0b20",)),
    ],
)
def test_a_value_that_some_versions_refuse(
    option: str, refusing: tuple[str, ...], taking: tuple[str, ...]
) -> None:
    for borg in refusing:
        assert errors(f"{START}{option}\n", Action.CREATE, borg=borg) == ["BP441"], borg
    for borg in taking:
        assert not errors(f"{START}{option}\n", Action.CREATE, borg=borg), borg


@pytest.mark.parametrize(
    ("options", "actions"),
    [
        (ActionOptions(comment="{foo}"), (Action.CREATE,)),
        (ActionOptions(encryption="foo"), (Action.REPO_CREATE,)),
        (ActionOptions(encryption="none", storage_quota="10MB"), (Action.REPO_CREATE,)),
        (ActionOptions(match_archives="{foo}"), (Action.REPO_LIST,)),
        (ActionOptions(sort_by="foo"), (Action.REPO_LIST,)),
    ],
)
def test_values_of_the_command_line(options: ActionOptions, actions: tuple[Action, ...]) -> None:
    found = compiled(START, *actions, options=options)
    assert [item.code for item in found.errors] == ["BP441"]


def test_what_a_repository_is_created_with() -> None:
    for own in ("encryption: foo", "encryption: none, storage_quota: 9M"):
        text = START.replace("one}", f"one, {own}}}")
        assert errors(text, Action.REPO_CREATE) == ["BP441"]
        assert not errors(text, Action.CREATE)


@pytest.mark.parametrize(
    "path", ["ssh://u@h:backups/x", "ssh://h", "/x::y", "//x", "/x/{foo}", "ssh://anna:hunter2@h/x"]
)
def test_a_location_that_borg_refuses(path: str) -> None:
    (problem,) = compiled(START.replace("/backups/one", f'"{path}"'), Action.CREATE).errors
    assert (problem.code, problem.span.line) == ("BP441", 2)
    assert "hunter2" not in problem.message + problem.hint


def test_a_value_that_would_take_for_ever() -> None:
    for value in ("auto," * 50000 + "lz4", "obfuscate,1," * 50000 + "x", "[" * 100000):
        errors(f"{START}compression: '{value}'\narchive_name_format: '{value}{{now:99999999}}'\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("source_directories: []\n", True),
        ("source_directories: []\npatterns: ['- /x']\n", True),
        ("patterns: ['# R /x', P fm]\n", True),
        ("patterns: [R /x]\n", False),
        ("patterns: [r/x]\n", False),
        ("source_directories: []\nextra_borg_options: {create: --paths-from-stdin}\n", False),
        ("source_directories: []\nskip_actions: [create]\n", False),
    ],
)
def test_nothing_to_back_up(text: str, expected: bool) -> None:
    rest = START.partition("\n")[2]
    assert ("BP442" in errors(text + rest)) is expected
    assert not errors(text + rest, Action.PRUNE)
