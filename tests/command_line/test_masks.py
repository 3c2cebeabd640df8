"""Secrets that Borg uses are masked wherever they come from, and however they are written by who prints them."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest

from borgplan.compiler.shell.passwords import hidden, passwords
from tests.command_line.place import Place

SECRET = 'tr\u00f6ub"4dor/3+x y'

# What a program may make of a secret that it prints; each is handed to the hook as a file of its own.
FORMS = {
    "as it is": SECRET,
    "JSON": json.dumps(SECRET),
    "JSON with letters": json.dumps(SECRET, ensure_ascii=False),
    "JSON with slashes escaped": json.dumps(SECRET).replace("/", "\\/"),
    "JSON with upper-case digits": json.dumps(SECRET).replace("\\u00f6", "\\u00F6"),
    "JSON in JSON": json.dumps(json.dumps(SECRET)),
    "an address": quote(SECRET, safe=""),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 with a line's end": base64.b64encode(f"{SECRET}\n".encode()).decode(),
    "Python": repr(SECRET),
}

CONFIG = "source_directories: [/etc/hostname]\nrepositories: [{path: repo}]\nkeep_daily: 1\n"
# Borg shows what it got, in every form; then a hook does.
SHOW = 'cat "$HOME"/form-*; '
HOOKS = "on_error: ['cat ~/form-*; echo {error} {output}; false']\n"


def test_every_form_is_masked_on_its_own(place: Place) -> None:
    """By the first of the sources: the forms are the same for all."""
    for number, form in enumerate(FORMS.values()):
        place.write(f"form-{number}", f"<{form}>\n")
    place.program("borg", f"{SHOW}exit 2\n")
    place.write("c.yaml", CONFIG + HOOKS)
    ran = place.run("apply", "-a", "create", "--log-file", "log", "c.yaml", BORG_PASSPHRASE=SECRET)
    assert ran.code == 1
    assert ran.err.count("(hidden)") >= 2 * len(FORMS)
    nowhere(place, ran.out + ran.err)


def nowhere(place: Place, shown: str) -> None:
    shown += place.read("log") + place.run("show", "last").out + place.run("history").out
    shown += place.run("show", "last", "--format", "json").out
    assert "ub" in "tr\u00f6ub"  # what is looked for below is in the secret
    for form in FORMS.values():
        assert form.strip('"') not in shown


SOURCES: dict[str, tuple[str, dict[str, str]]] = {
    "BORG_PASSPHRASE": ("", {"BORG_PASSPHRASE": SECRET}),
    "BORG_NEW_PASSPHRASE": ("", {"BORG_NEW_PASSPHRASE": SECRET}),
    "BORG_OTHER_PASSPHRASE": ("", {"BORG_OTHER_PASSPHRASE": SECRET}),
    "SSHPASS": ("", {"SSHPASS": SECRET}),
    "a pass command": ("encryption_passcommand: cat ~/phrase\n", {}),
    "an inherited pass command": ("", {"BORG_PASSCOMMAND": "cat phrase"}),
    "sshpass": (f"ssh_command: {json.dumps(f'sshpass -p {chr(39)}{SECRET}{chr(39)} ssh')}\n", {}),
    "sshpass, joined": (f"ssh_command: {json.dumps(f'sshpass -v -p{chr(39)}{SECRET}{chr(39)} ssh')}\n", {}),
    "an inherited sshpass": ("", {"BORG_RSH": f"sshpass -p '{SECRET}' ssh"}),
    "an address": (f"ssh_command: ssh -J x://u:{quote(SECRET, safe='')}@h\n", {}),
}  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_wherever_it_comes_from(place: Place, source: str) -> None:
    text, environment = SOURCES[source]
    place.write("form-0", f"<{SECRET}>\n<{json.dumps(SECRET)}>\n")
    place.write("phrase", f"{SECRET}\n")
    place.program("borg", f"{SHOW}exit 2\n")
    place.write("c.yaml", CONFIG + HOOKS + text.replace("~", str(place.path)))
    ran = place.run("apply", "-a", "create", "--log-file", "log", "c.yaml", **environment)
    assert ran.code == 1, ran
    assert "(hidden)" in ran.err
    nowhere(place, ran.out + ran.err)


def test_a_pass_command_is_run_once_and_borg_gets_what_it_prints(place: Place) -> None:
    place.program("ask", 'echo asked >> "$HOME/asked"; printf "a phrase\\r\\n\\n"\n')
    place.program(
        "borg",
        'cat "/dev/fd/$BORG_PASSPHRASE_FD" >> "$HOME/phrases"; echo "${BORG_PASSCOMMAND-}" >> "$HOME/left"\n',
    )
    place.write("c.yaml", f"{CONFIG}encryption_passcommand: ask\n")
    assert place.run("apply", "-a", "create,prune", "c.yaml").code == 0
    assert place.read("asked") == "asked\n"
    assert place.read("phrases") == "a phrase" * 2
    assert place.read("left") == "\n" * 2


def test_a_pass_command_that_fails_is_left_to_borg(place: Place) -> None:
    place.program("borg", 'echo "${BORG_PASSCOMMAND-}" >> "$HOME/left"; exit 2\n')
    place.write("c.yaml", f"{CONFIG}encryption_passcommand: 'false'\n")
    ran = place.run("apply", "-a", "create", "c.yaml")
    assert ran.code == 1
    assert place.read("left") == "false\n"


def test_a_pass_command_runs_where_borg_runs(place: Place) -> None:
    place.write("there/phrase", "a phrase\n")
    place.program("borg", 'cat "/dev/fd/$BORG_PASSPHRASE_FD" >> "$HOME/phrases"\n')
    place.write("c.yaml", f"{CONFIG}working_directory: there\nencryption_passcommand: cat phrase\n")
    assert place.run("apply", "-a", "create", "c.yaml").code == 0
    assert place.read("phrases") == "a phrase"


def test_a_version_costs_no_pass_phrase(place: Place) -> None:
    place.program("ask", 'echo asked >> "$HOME/asked"\n')
    place.write("c.yaml", CONFIG)
    assert place.run("plan", "c.yaml", BORG_PASSCOMMAND="ask").code == 0
    assert not place.read("asked")


@pytest.mark.parametrize("is_open", [True, False])
def test_an_inherited_descriptor(place: Place, *, is_open: bool) -> None:
    """Read once, and handed to each command; one that isn't there is no file of our own."""
    place.program(
        "borg", 'cat "/dev/fd/$BORG_PASSPHRASE_FD" >> "$HOME/phrases"; echo "a phrase!"\n'
    )
    place.write("c.yaml", CONFIG)
    read, write = os.pipe()
    os.write(write, b"a phrase\n")
    os.close(write)
    ran = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "apply", "-a", "create,prune", "c.yaml"],
        cwd=place.path, env={**place.environment, "BORG_PASSPHRASE_FD": str(read)},
        pass_fds=[read] if is_open else [], capture_output=True, text=True, check=False,
    )  # fmt: skip
    os.close(read)
    if is_open:
        assert ran.returncode == 0, ran
        assert place.read("phrases") == "a phrase" * 2
        assert "a phrase" not in ran.stdout + ran.stderr
        assert "(hidden)!" in ran.stderr


_VIEWS = (
    (),
    ("--failures",),
    ("--summary",),
    ("--script",),
    ("--format", "json"),
    ("--format", "markdown"),
)


def test_nothing_that_is_shown_holds_the_password_of_an_address(place: Place) -> None:
    place.program("borg", 'case "$1" in create) exit 2;; esac\n')
    place.write(
        "c.yaml",
        CONFIG.replace("path: repo", "path: 'ssh://anna@host/./repo'")
        + "ssh_command: sshpass -p s3cr3tw0rd ssh\n"
        + "on_error: ['false']\nexclude_patterns: ['ssh://anna:s3cr3tw0rd@host/']\n",
    )
    place.write("d.yaml", CONFIG)
    runs = [
        *(("plan", *more, "c.yaml") for more in _VIEWS),
        *(("lint", "--format", form, "c.yaml") for form in ("text", "json", "sarif", "junit")),
        *(("diff", "--format", form, "d.yaml", "c.yaml") for form in ("text", "json", "markdown")),
        ("apply", "--log-file", "log", "--events", "events", "c.yaml"),
        ("apply", "--format", "json", "c.yaml"),
        ("apply", "--log-format", "json", "c.yaml"),
        ("history",), ("show", "last"), ("show", "last", "--format", "json"),
        ("lint", "--set", "repositories=[{path: 'ssh://a:s3cr3tw0rd@h/r'}]", "c.yaml"),
    ]  # fmt: skip
    for words in runs:
        ran = place.run(*words)
        assert "internal error" not in ran.err
        assert "s3cr3tw0rd" not in ran.out + ran.err, words
        assert "ssh://" in ran.out + ran.err or words[0] == "lint", words
    assert "create" in place.read("log") + place.read("events")
    assert "s3cr3tw0rd" not in place.read("log") + place.read("events")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ssh://u:pw@h/x", ["pw"]),
        ("sftp://u:p@ss@h/x", ["p@ss"]),
        ("https://u:p%40ss@h/x", ["p%40ss", "p@ss", "p%40ss"]),
        ("s3:key:sec@http://h/b", ["sec"]),
        ("sshpass -p pw ssh", ["pw"]),
        ("sshpass -ppw ssh", ["pw"]),
        ("sshpass -P prompt -p 'a b' ssh", ["'a b'", "a b"]),
        ("SSHPASS=pw sshpass -e ssh", ["pw"]),
        ("sshpass -e ssh", []),
        ("sshpass -f /file ssh -p 22", []),
        ('sshpass -p "$PW" ssh', []),
        ("ssh://user@host:22/./repo", []),
        ("ssh://host:22/a@b", []),
        ("git@host:repo", []),
    ],
)
def test_passwords_in_texts(text: str, found: list[str]) -> None:
    assert set(passwords(text)) == set(found)
    for word in found:
        assert word not in hidden(text)
    if not found:
        assert hidden(text) == text
