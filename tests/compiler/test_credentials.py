"""`{credential …}`: how references are read, and where the secret is to be had."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from borgplan.compiler.config.credentials import Reference, reference
from borgplan.compiler.plan.as_json import to_data
from borgplan.compiler.plan.words import Secret, SecretCommand, SecretFile, SecretOption
from borgplan.compiler.plan.work import Process
from borgplan.compiler.source.diagnostic import Severity
from tests.compiler.planning import ONE, START, compilation, planned

VALUE = "secret-in-a-reference-93771"


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("{credential file a}", "file", ["a"]),
        ("{credential  file   a }", "file", ["a"]),
        ('{credential file "a b"}', "file", ["a b"]),
        ("{credential file 'a \"b'}", "file", ['a "b']),
        ("{credential file a\\ b}", "file", ["a b"]),
        ("{credential file #a}", "file", ["#a"]),
        ("{credential file ä}", "file", ["ä"]),
        ("{credential container a_1}", "container", ["a_1"]),
        ("{credential systemd a.b-c}", "systemd", ["a.b-c"]),
        ("{credential keepassxc ~/db.kdbx 'my entry'}", "keepassxc", ["~/db.kdbx", "my entry"]),
    ],
)
def test_references(text: str, kind: str, words: list[str]) -> None:
    assert reference(text) == Reference(kind, tuple(words))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{credential}", "it needs a kind and a name"),
        ("{credential }", "it needs a kind and a name"),
        ("{credential file}", "it is written {credential file PATH}"),
        ("{credential file ''}", "it is written {credential file PATH}"),
        ("{credential file a b}", "it is written {credential file PATH}"),
        ('{credential file "a}', "it needs a kind and a name, with balanced quotes"),
        ('{credential file "a}b"}', "nothing may follow the closing brace"),
        ("{credential container a/b}", "it is written {credential container NAME}"),
        ("{credential container ../a}", "it is written {credential container NAME}"),
        ("{credential systemd a/b}", "it is written {credential systemd NAME}"),
        ("{credential systemd 'a\n'}", "it is written {credential systemd NAME}"),
        ("{credential keepassxc a}", "it is written {credential keepassxc DATABASE ENTRY}"),
        ("{credential keepassxc a b c}", "it is written {credential keepassxc DATABASE ENTRY}"),
        ("{credential onepassword a}", "it is written {credential onepassword REFERENCE}"),
        ("{credential fil a}", "there is no such kind of credential; did you mean `file`?"),
        ("{credential File a}", "there is no such kind of credential; "),
        ("{credential x a}", "there is no such kind of credential; known: file, container"),
        ("{credential file a}b", "nothing may follow the closing brace"),
        ("{credential file a}\n", "nothing may follow the closing brace"),
        ("{credential file a}{credential file a}", "nothing may follow the closing brace"),
    ],
)  # fmt: skip
def test_bad_references(text: str, why: str) -> None:
    found = reference(text)
    assert isinstance(found, str)
    assert found.startswith(why)
    configuration = f"{ONE}encryption_passphrase: {json.dumps(text)}\n"
    compiled = compilation({"c.yaml": configuration})
    assert compiled.plan is None
    (problem,) = compiled.errors
    assert (problem.code, problem.hint) == ("BP230", found)
    assert (problem.span.line, problem.span.column) == (4, 24)


def test_what_a_bad_reference_holds_is_not_shown() -> None:
    for text in (
        f"{{credential file a}}{VALUE}",
        f"{{credential {VALUE} a}}",
        f"x {{credential {VALUE}}}",
    ):
        found = compilation({"c.yaml": f"{ONE}encryption_passphrase: {json.dumps(text)}\n"})
        assert found.diagnostics
        assert VALUE not in repr(found.diagnostics)


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("encryption_passphrase", "x {credential file a}"),
        ("encryption_passphrase", " {credential file a}"),
        ("encryption_passphrase", "{credentials file a}"),
        ("encryption_passphrase", "{credential\tfile a}"),
        ("encryption_passcommand", "{credential file a}"),
        ("ssh_command", "ssh {credential file a}"),
        ("archive_hostname", "{credential nonsense}"),
    ],
)
def test_a_reference_that_nobody_follows_is_a_warning(option: str, text: str) -> None:
    found = compilation({"c.yaml": f"{ONE}{option}: {json.dumps(text)}\n"})
    (problem,) = found.diagnostics
    assert (problem.code, problem.severity) == ("BP231", Severity.WARNING)
    assert found.plan


def test_a_reference_of_one_repository_is_checked_too() -> None:
    text = f"{START}repositories: [{{path: /b, encryption_passphrase: '{{credential fil x}}'}}]\n"
    assert [e.code for e in compilation({"c.yaml": text}).errors] == ["BP230"]


# --- where ---


def secret(
    text: str, more: str = "", environment: Mapping[str, str] | None = None
) -> Secret | None:
    plan = planned(
        f"{ONE}encryption_passphrase: {json.dumps(text)}\n{more}", environment=environment or {}
    )
    (step,) = plan.steps
    assert isinstance(step.work, Process)
    assert step.work.unset == ("BORG_NEW_PASSPHRASE", "BORG_PASSCOMMAND", "BORG_PASSPHRASE")
    return step.work.passphrase


@pytest.mark.parametrize(
    ("text", "more", "path"),
    [
        ("{credential file a}", "", "a"),
        ("{credential file /a}", "working_directory: /w\n", "/a"),
        ("{credential file a/b}", "working_directory: /w\n", "/w/a/b"),
        ("{credential file a}", "working_directory: ~/w\n", "/home/user/w/a"),
        ("{credential file ~/a}", "working_directory: /w\n", "/home/user/a"),
        ("{credential file ~}", "", "/home/user"),
        ("{credential file ~other/a}", "", "~other/a"),
        ("{credential container a}", "", "/run/secrets/a"),
        ("{credential container a}", "container: {secrets_directory: /s}\n", "/s/a"),
        ("{credential container a}", "container: {secrets_directory: s}\nworking_directory: /w\n", "/w/s/a"),
        ("{credential container a}", "container: {secrets_directory: ~/s}\n", "/home/user/s/a"),
    ],
)  # fmt: skip
def test_secrets_in_files(text: str, more: str, path: str) -> None:
    assert secret(text, more) == SecretFile(path)


def test_a_systemd_unit_has_its_credentials_in_a_directory() -> None:
    assert secret("{credential systemd a}", "", {"CREDENTIALS_DIRECTORY": "/run/c"}) == SecretFile(
        "/run/c/a"
    )


@pytest.mark.parametrize("environment", [{}, {"CREDENTIALS_DIRECTORY": ""}])
def test_outside_of_a_unit_systemd_decrypts_them(environment: Mapping[str, str]) -> None:
    found = secret("{credential systemd a}", "", environment)
    assert found == SecretCommand(("systemd-creds", "decrypt", "/etc/credstore.encrypted/a"))


def test_systemds_command_and_directory_may_be_others() -> None:
    more = "systemd: {systemd_creds_command: \"run 'a b'\", encrypted_credentials_directory: /e}\n"
    found = secret("{credential systemd a}", more)
    assert found == SecretCommand(("run", "a b", "decrypt", "/e/a"))


def test_keepassxc() -> None:
    start = ("keepassxc-cli", "show", "--show-protected", "--attributes", "Password")
    assert secret("{credential keepassxc ~/d 'e f'}") == SecretCommand(
        (*start, "/home/user/d", "e f")
    )
    more = "keepassxc: {ask_for_password: false, key_file: /k, yubikey: '1:7'}\n"
    assert secret("{credential keepassxc d e}", more) == SecretCommand(
        (*start, "--no-password", "--key-file", "/k", "--yubikey", "1:7", "d", "e")
    )
    more = "keepassxc: {keepassxc_cli_command: k --opt, ask_for_password: true}\n"
    assert secret("{credential keepassxc d e}", more) == SecretCommand(
        ("k", "--opt", *start[1:], "d", "e")
    )


def test_keepassxc_by_the_secret_service_of_the_desktop() -> None:
    found = secret("{credential keepassxc secret-service a/b}")
    assert found == SecretCommand(("secret-tool", "lookup", "Path", "a/b"))


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("{credential systemd a}", 'systemd: {systemd_creds_command: "it\'s"}\n'),
        ("{credential keepassxc a b}", "keepassxc: {keepassxc_cli_command: 'a \"b'}\n"),
        ("{credential keepassxc secret-service b}", "keepassxc: {secret_tool_command: 'a \\'}\n"),
    ],
)
def test_a_command_with_unbalanced_quotes_is_an_error(text: str, more: str) -> None:
    found = compilation({"c.yaml": f"{ONE}encryption_passphrase: {json.dumps(text)}\n{more}"})
    assert found.errors


def test_a_command_of_blanks_is_no_command() -> None:
    text = f"{ONE}encryption_passphrase: '{{credential systemd a}}'\nsystemd: {{systemd_creds_command: ' '}}\n"
    found = compilation({"c.yaml": text})
    assert found.errors or "systemd-creds" in repr(found.plan)


def test_a_pass_phrase_that_is_no_reference_stays_in_its_file() -> None:
    assert secret("plain {phrase}") == SecretOption("c.yaml", "encryption_passphrase")


def test_in_the_plans_data() -> None:
    plan = planned(f"{ONE}encryption_passphrase: '{{credential file /a}}'\n")
    assert to_data(plan)["steps"][0]["work"]["passphrase"] == {"kind": "secret-file", "path": "/a"}  # type: ignore[index]
    plan = planned(f"{ONE}encryption_passphrase: '{{credential systemd a}}'\n")
    assert to_data(plan)["steps"][0]["work"]["passphrase"] == {  # type: ignore[index]
        "kind": "secret-command",
        "argv": ["systemd-creds", "decrypt", "/etc/credstore.encrypted/a"],
    }
