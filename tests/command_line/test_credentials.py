"""Secrets from files and commands, in whole runs: where they arrive, where they don't, what goes wrong."""

from __future__ import annotations

import json
import os
import re
import signal

import pytest

from tests.command_line.place import FLAT, Place, Ran, nothing_ran

SECRET = "hunter2-40961"


def prepare(place: Place, reference: str, more: str = "") -> None:
    text = f"{FLAT}encryption_passphrase: {json.dumps(reference)}\non_error: ['echo told >> ~/trace']\n{more}"
    place.write("c.yaml", text)


def apply(place: Place, reference: str, more: str = "", *words: str, **environment: str) -> Ran:
    prepare(place, reference, more)
    ran = place.run("apply", "-a", "create", *words, "c.yaml", **environment)
    assert "internal error" not in ran.err
    return ran


def failed(place: Place, ran: Ran, why: str) -> None:
    """Borg didn't run, the run says why, and error hooks ran."""
    assert ran.code == 1, ran
    assert f"FAILED: borg create has no passphrase: {why}" in ran.err
    assert place.trace == ["told"]
    assert SECRET not in ran.out + ran.err


# --- files ---


@pytest.mark.parametrize(
    ("name", "reference", "more"),
    [
        ("pw", "{credential file pw}", ""),
        ("pw", "{credential file ~/pw}", "working_directory: /\n"),
        ("a b/pw", "{credential file 'a b/pw'}", ""),
        ("w/pw", "{credential file pw}", "working_directory: ~/w\n"),
        ("run/pw", "{credential container pw}", "container: {secrets_directory: ~/run}\n"),
    ],
)
def test_a_file(place: Place, name: str, reference: str, more: str) -> None:
    place.write(name, f"{SECRET}\n\n")
    assert apply(place, reference, more).code == 0
    assert place.read("phrases") == SECRET


@pytest.mark.parametrize(
    ("content", "expected"),
    [("a\n", "a"), ("a", "a"), ("a\n\n\n", "a"), (" a \n", " a "), ("a\nb\n", "a\nb"), ("ä\n", "ä"),
     ("\ta", "\ta")],
)  # fmt: skip
def test_only_line_ends_at_the_end_go(place: Place, content: str, expected: str) -> None:
    place.write("pw", content)
    assert apply(place, "{credential file pw}").code == 0
    assert place.read("phrases") == expected


def test_a_missing_file(place: Place) -> None:
    failed(place, apply(place, "{credential file pw}"), "pw: no such file or directory")


def test_a_directory(place: Place) -> None:
    failed(place, apply(place, "{credential file bin}"), "bin: is a directory")


def test_a_pipe_does_not_hang(place: Place) -> None:
    os.mkfifo(place.path / "pw")
    failed(place, apply(place, "{credential file pw}"), "pw: is not a regular file")


def test_a_device(place: Place) -> None:
    failed(place, apply(place, "{credential file /dev/zero}"), "/dev/zero: is not a regular file")


def test_not_utf_8(place: Place) -> None:
    place.write("pw", SECRET.encode() + b"\xff")
    failed(place, apply(place, "{credential file pw}"), "pw: is not text in UTF-8")


def test_too_large(place: Place) -> None:
    place.write("pw", SECRET * 10000)
    failed(place, apply(place, "{credential file pw}"), "pw: is ")


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_file_is_no_pass_phrase(place: Place, content: str) -> None:
    place.write("pw", content)
    failed(place, apply(place, "{credential file pw}"), "pw: ")


def test_plan_and_lint_read_no_secret(place: Place) -> None:
    prepare(place, "{credential file pw}")
    (place.path / "pw").mkdir()  # which nobody can read as a file
    assert place.run("plan", "c.yaml").code == 0
    assert place.run("lint", "c.yaml").code == 0
    assert "what pw holds" in place.run("plan", "c.yaml").out


# --- systemd ---

OF_SYSTEMD = "{credential systemd pw}"


def test_in_a_systemd_unit(place: Place) -> None:
    place.write("run/pw", SECRET)
    place.program("systemd-creds", "echo wrong")
    ran = apply(place, OF_SYSTEMD, CREDENTIALS_DIRECTORY=str(place.path / "run"))
    assert ran.code == 0
    assert place.read("phrases") == SECRET


def test_outside_of_a_systemd_unit(place: Place) -> None:
    place.program("systemd-creds", f'echo "$@" > ~/args; echo a word >&2; echo {SECRET}')
    ran = apply(place, OF_SYSTEMD)
    assert ran.code == 0
    assert place.read("phrases") == SECRET
    assert place.read("args") == "decrypt /etc/credstore.encrypted/pw\n"
    assert "a word" in ran.err
    assert SECRET not in ran.out + ran.err


def test_the_command_is_asked_once_a_run(place: Place) -> None:
    place.program("systemd-creds", f"echo >> ~/asked; echo {SECRET}")
    ran = apply(place, OF_SYSTEMD, "", "-a", "prune,check")
    assert ran.code == 0
    assert len(place.trace) == 3
    assert place.read("phrases") == SECRET * 3
    assert place.read("asked") == "\n"


def test_after_a_failure_the_command_is_asked_again(place: Place) -> None:
    place.program("systemd-creds", f"echo >> ~/asked; [ $(wc -l < ~/asked) = 2 ] && echo {SECRET}")
    place.write("borgplan.yaml", "steps: [{select: borg create, retries: 3}]")
    assert apply(place, OF_SYSTEMD).code == 0
    assert place.read("asked").count("\n") == 2


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (f"echo {SECRET}; exit 3", "systemd-creds ended with exit code 3"),
        (f"echo {SECRET}; kill -9 $$", "systemd-creds was ended by SIGKILL"),
        (f"yes {SECRET} | head -c 10000000", "systemd-creds printed too much"),
        (
            f"head -c 10000000 /dev/zero | tr '\\0' x; echo {SECRET}",
            "systemd-creds printed too much",
        ),
    ],
)
def test_a_command_that_goes_wrong(place: Place, script: str, why: str) -> None:
    place.program("systemd-creds", script)
    failed(place, apply(place, OF_SYSTEMD, "", "--log-file", "run.log"), why)
    assert SECRET not in place.read("run.log")


def test_a_command_that_is_missing(place: Place) -> None:
    more = "systemd: {systemd_creds_command: /no/such}\n"
    failed(place, apply(place, OF_SYSTEMD, more), "/no/such could not be started: no such file")


def test_a_command_that_prints_nothing(place: Place) -> None:
    place.program("systemd-creds", "exit 0")
    failed(place, apply(place, OF_SYSTEMD), "systemd-creds ")


def test_a_command_that_prints_no_text(place: Place) -> None:
    place.program("systemd-creds", "printf 'a\\377b'")
    failed(place, apply(place, OF_SYSTEMD), "systemd-creds ")


def test_a_command_that_hangs_ends_with_a_signal(place: Place) -> None:
    place.program("systemd-creds", "touch ~/asked; exec sleep 1000")
    prepare(place, OF_SYSTEMD)
    ran = place.signalled(signal.SIGTERM, "asked", "apply", "-a", "create", "c.yaml")
    assert ran.code == 128 + signal.SIGTERM
    assert place.trace == ["told"]


def test_a_command_that_hangs_is_stopped_with_its_step(place: Place) -> None:
    place.program("systemd-creds", f"sleep 2.5; echo {SECRET}")
    place.write("borgplan.yaml", "steps: [{select: borg create, timeout: 1}]")
    assert apply(place, OF_SYSTEMD).code == 1


def test_what_a_command_leaves_running_holds_up_nothing(place: Place) -> None:
    place.program("systemd-creds", f"sleep 1000 & echo $! > ~/pid; echo {SECRET}")
    try:
        assert apply(place, OF_SYSTEMD).code == 0
        assert place.read("phrases") == SECRET
    finally:
        os.kill(int(place.read("pid")), signal.SIGKILL)


# --- onepassword ---


def test_onepassword_is_asked_for_the_reference(place: Place) -> None:
    place.program("op-two", f'echo "$*" > ~/args; printf %s {SECRET}')
    more = "onepassword: {op_command: op-two --cache}\n"
    assert apply(place, "{credential onepassword 'op://vault/the item/password'}", more).code == 0
    assert place.read("phrases") == SECRET
    assert place.read("args") == "--cache read --no-newline op://vault/the item/password\n"


# --- keepassxc ---


def test_keepassxc_gets_its_arguments_as_words(place: Place) -> None:
    place.program("keepassxc-cli", f'for word; do echo "[$word]"; done > ~/args; echo {SECRET}')
    more = "keepassxc: {ask_for_password: false, key_file: '/a key', yubikey: '1'}\n"
    assert apply(place, "{credential keepassxc '~/my db.kdbx' 'the $(entry)'}", more).code == 0
    assert place.read("phrases") == SECRET
    assert place.read("args").splitlines() == [
        "[show]", "[--show-protected]", "[--attributes]", "[Password]", "[--no-password]",
        "[--key-file]", "[/a key]", "[--yubikey]", "[1]", f"[{place.path}/my db.kdbx]", "[the $(entry)]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "key", ['systemd: {systemd_creds_command: "it\'s"}', "systemd: {systemd_creds_command: 'a \"'}"]
)
def test_a_command_that_can_not_be_split_is_an_error(place: Place, key: str) -> None:
    prepare(place, OF_SYSTEMD, f"{key}\n")
    nothing_ran(place, place.run("apply", "c.yaml"))


# --- nowhere to be seen ---


def test_the_secret_appears_nowhere(place: Place) -> None:
    place.write("pw", SECRET)
    watching = (
        "cat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline /proc/$PPID/environ >> ~/seen\n"
    )
    place.program("borg", f'{watching}env >> ~/seen; cat "/dev/fd/$BORG_PASSPHRASE_FD" > ~/phrases')
    place.program("watch", f"{watching}true")
    more = "before_backup: [watch]\n"
    prepare(place, "{credential file pw}", more)
    for words in (
        ["plan"], ["plan", "--format", "json"], ["lint"], ["plan", "--differences"],
        ["apply", "--log-file", "run.log"], ["apply", "--format", "json"], ["apply", "--dry-run"],
    ):  # fmt: skip
        actions = [] if words[0] == "lint" else ["-a", "create"]
        ran = place.run(*words, *actions, "c.yaml")
        assert ran.code == 0, ran
        assert SECRET not in ran.out + ran.err, words
    assert place.read("phrases") == SECRET
    assert "bin/watch" in place.read("seen")
    assert "BORG_PASSPHRASE_FD" in place.read("seen")
    holding = {
        str(file.relative_to(place.path))
        for file in place.path.rglob("*")
        if file.is_file() and SECRET.encode() in file.read_bytes()
    }
    assert holding == {"pw", "phrases"}


@pytest.mark.parametrize(
    "reference", [f"{{credential file a}}{SECRET}", f"{{credential {SECRET} x}}"]
)
def test_what_is_wrong_with_a_reference_is_said_without_it(place: Place, reference: str) -> None:
    prepare(place, reference)
    for command in ("plan", "apply", "lint"):
        ran = place.run(command, "c.yaml")
        nothing_ran(place, ran)
        assert SECRET not in ran.out + ran.err
        assert re.search(r"c\.yaml:4:24: error BP230 `encryption_passphrase`", ran.out + ran.err)
