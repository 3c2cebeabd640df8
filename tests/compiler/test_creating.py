"""repo-create before Borg starts: shared repositories, and passphrases that nobody could type."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from borgplan.compiler.borg.action_options import ActionOptions
from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.words import SecretCommand
from borgplan.compiler.plan.work import Process
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost
from tests.compiler.planning import START, codes, commands


def entry(path: str, more: str = "") -> str:
    return f"{START}repositories: [{{path: '{path}'}}]\n{more}"


def creation(
    *texts: str,
    mode: str = "none",
    then: tuple[Action, ...] = (),
    environment: Mapping[str, str] | None = None,
    runs: bool = True,
) -> Compilation:
    """Of files a.yaml, b.yaml and so on, in this order."""
    files = {f"{letter}.yaml": text for letter, text in zip("abc", texts, strict=False)}
    host = MemoryHost(
        {f"/srv/{name}": text for name, text in files.items()}, environment=environment or {}
    )
    diagnostics = Diagnostics()
    actions, options = (Action.REPO_CREATE, *then), ActionOptions(encryption=mode)
    request = CompileRequest(tuple(files), actions, options=options)
    return plan_of(read(request, host, diagnostics), host, diagnostics, runs=runs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/new", "/new"),
        ("/new", "/./x/../new/"),
        ("/new", "file:///new"),
        ("new", "/srv/new"),
        ("ssh://User@host/./r", "User@HOST:r"),
        ("ssh://host:22/r", "ssh://host/r"),
    ],
)
def test_a_shared_repository_is_created_once(one: str, other: str) -> None:
    found = creation(entry(one), entry(other), then=(Action.CREATE,))
    assert not found.errors
    assert found.plan
    assert commands(found.plan) == ["borg init", "borg create", "borg create"]
    assert codes(found).count("BP405") == 1


def test_different_repositories_are_created_each() -> None:
    found = creation(entry("/new"), entry("/newer"))
    assert found.plan
    assert commands(found.plan) == ["borg init", "borg init"]


def test_one_file_that_names_a_repository_twice_creates_it_once() -> None:
    text = f"{START}repositories: [{{path: /new}}, {{path: /new/, label: again}}]\n"
    found = creation(text)
    assert found.plan
    assert commands(found.plan) == ["borg init"]


def test_two_encryptions_for_one_repository_are_an_error_of_the_second_file() -> None:
    texts = [
        f"{START}encryption_passphrase: x\nrepositories: [{{path: /new, encryption: {mode}}}]\n"
        for mode in ("repokey", "none")
    ]
    found = creation(*texts, mode="")
    assert [d.code for d in found.errors] == ["BP422"]
    assert found.broken == ("b.yaml",)
    assert found.plan
    assert commands(found.plan) == ["borg init"]


def test_what_a_refused_file_would_have_created_another_creates() -> None:
    """The first file falls out, for whatever reason: then the second has to create the repository."""
    wrong = entry("/new", "extra_borg_options: {create: '\"'}\n")
    found = creation(wrong, entry("/new"), then=(Action.CREATE,))
    assert found.broken == ("a.yaml",)
    assert found.plan
    assert commands(found.plan) == ["borg init", "borg create"]
    assert "BP405" not in codes(found)


@pytest.mark.parametrize("mode", ["repokey", "keyfile-blake2", "authenticated", "keyfile"])
def test_a_creation_that_would_ask_is_refused(mode: str) -> None:
    found = creation(entry("/new"), entry("/new"), mode=mode)
    assert [d.code for d in found.errors] == ["BP360", "BP360"]
    assert found.plan is None


def test_who_only_looks_gets_the_plan_and_a_warning() -> None:
    """The environment of the run may be another."""
    found = creation(entry("/new"), mode="repokey", runs=False)
    assert not found.errors
    assert codes(found).count("BP360") == 1
    assert found.plan
    assert commands(found.plan) == ["borg init"]


@pytest.mark.parametrize(
    ("more", "environment"),
    [
        ("encryption_passphrase: secret\n", {}),
        ("encryption_passphrase: '{credential file /etc/key}'\n", {}),
        ("encryption_passcommand: cat /etc/key\n", {}),
        ("", {"BORG_PASSPHRASE": "secret"}),
        ("", {"BORG_NEW_PASSPHRASE": "secret"}),
        ("", {"BORG_PASSPHRASE": ""}),  # Borg takes that for one
        ("", {"BORG_PASSCOMMAND": "cat /etc/key"}),
    ],
)
def test_whoever_gives_an_answer_may_create(more: str, environment: dict[str, str]) -> None:
    found = creation(entry("/new", more), mode="repokey", environment=environment)
    assert not found.errors


@pytest.mark.parametrize(
    "environment", [{"BORG_PASSPHRASE_FD": "9"}, {"BORG_PASSCOMMAND": ""}, {"PASSPHRASE": "x"}]
)
def test_what_is_no_answer(environment: dict[str, str]) -> None:
    """A descriptor isn't handed on to Borg."""
    assert (
        codes(creation(entry("/new"), mode="repokey", environment=environment)).count("BP360") == 1
    )


def test_a_command_for_the_pass_phrase_runs_before_borg_does() -> None:
    found = creation(entry("/new", "encryption_passcommand: \"pass 'my key'\"\n"), mode="repokey")
    assert found.plan
    work = found.plan.steps[0].work
    assert isinstance(work, Process)
    assert work.passphrase == SecretCommand(("pass", "my key"))
    assert "BORG_PASSCOMMAND" not in dict(work.environment)
    assert "BORG_PASSCOMMAND" in work.unset
