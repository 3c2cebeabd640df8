"""Passphrases from every source with real Borg: in no output, argument, environment or file, and
masked where something prints them all the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest

from borgplan.runtime.process.redact import MASK
from tests.end_to_end.configured import applied, apply, configure
from tests.end_to_end.home import Home, Ran
from tests.end_to_end.test_secrets import visible

pytestmark = pytest.mark.borg

MASKED = MASK.decode()
SOURCES = ("literal", "file", "command", "passcommand")
LOOK = "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline >> ~/seen 2>/dev/null; env >> ~/seen"
BEFORE = {"before": "repository", "run": [LOOK]}


def prepare(home: Home, source: str, *commands: object) -> str:
    """A repository whose passphrase comes from there; the phrase."""
    phrase = f"secret ä-{uuid.uuid4()}"
    home.write("phrase", f"{phrase}\n")
    home.write("creds", f"#!/bin/sh\ncat {home.path}/phrase\n")
    (home.path / "creds").chmod(0o700)
    options: dict[str, object] = {
        "literal": {"encryption_passphrase": phrase},
        "file": {"encryption_passphrase": "{credential file ~/phrase}"},
        "command": {
            "encryption_passphrase": "{credential systemd one}",
            "systemd": {"systemd_creds_command": f"{home.path}/creds"},
        },
        "passcommand": {"encryption_passcommand": f"cat {home.path}/phrase"},
    }[source]  # type: ignore[assignment]
    entry = {"path": f"{home.path}/backups/r", "encryption": "repokey"}
    log = f"{home.path}/log"
    told = {"after": "error", "run": ["printf '%s\\n' {error} {output} >> ~/told"]}
    configure(home, [entry], **options, log_file=log, commands=[*commands, told])
    home.borg("init", "--encryption", "repokey", "backups/r", phrase=phrase)
    return phrase


def holding(home: Home, phrase: str) -> set[str]:
    """Files of the home with the phrase in them, but those it is configured in."""
    places = {
        str(file.relative_to(home.path))
        for file in home.path.rglob("*")
        if file.is_file() and phrase.encode() in file.read_bytes()
    }
    return places - {"phrase", "c.yaml"}


@pytest.mark.parametrize("source", SOURCES)
def test_a_phrase_is_seen_nowhere_while_a_run_goes_on(home: Home, source: str) -> None:
    phrase = prepare(home, source, BEFORE)
    for words in ([], ["--format", "json"]):
        shown = home.borgplan("plan", "--offline", "-a", "create", *words, "c.yaml")
        assert phrase not in shown.stdout + shown.stderr
        assert "\\u00e4" not in shown.stdout
    process = subprocess.Popen(
        [sys.executable, "-m", "borgplan.runtime", "apply", "-a", "create", "--format", "json",
         "--set", "verbosity=2", "c.yaml"],
        cwd=home.path, env=home.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout
    output: list[bytes] = []
    reader = threading.Thread(target=lambda: output.append(process.stdout.read()))  # type: ignore[union-attr]
    reader.start()
    found, seen_borg = [], 0
    while process.poll() is None:
        for place, data in visible():
            seen_borg += b"borg\0create" in data
            found += [place] if phrase.encode() in data else []
    reader.join()
    process.stdout.close()
    assert process.returncode == 0, output
    assert seen_borg
    assert found == []
    assert phrase.encode() not in output[0]
    assert holding(home, phrase) == set()


def leak(home: Home, *ways: str) -> tuple[str, Ran]:
    """A run whose hook prints the phrase, in these ways, and fails."""
    commands = [{"before": "repository", "run": ["; ".join([*ways, "exit 3"])]}]
    phrase = prepare(home, "file", *commands)
    return phrase, apply(home, "create", "--format", "json")


PIECES = "cut -c1-20 ~/phrase | tr -d '\\n'; sleep 0.1; cut -c21- ~/phrase"
WAYS = {
    "whole": "cat ~/phrase",
    "to standard error": "cat ~/phrase >&2",
    "in words": 'printf "before%safter" "$(cat ~/phrase)"',
    "in pieces": PIECES,
    "each byte": "python3 -c 'import os,time\n"
    'for b in open(os.path.expanduser("~/phrase"), "rb").read(): os.write(1, bytes([b]))\'',
}


def test_a_phrase_that_a_hook_prints_is_masked_everywhere(home: Home) -> None:
    phrase, ran = leak(home, *WAYS.values())
    assert ran.exit_code == 1
    told = (home.path / "told").read_text()
    for text in (ran.stdout, ran.stderr, told):
        assert phrase not in text
        assert phrase[-12:] not in text
    assert ran.stderr.count(MASKED) == len(WAYS)
    assert told.count(MASKED) == len(WAYS)
    assert f"before{MASKED}after" in told
    assert holding(home, phrase) == set()
    json.loads(ran.stdout)


@pytest.mark.parametrize("source", ["literal", "command"])
def test_a_phrase_that_a_later_hook_prints_is_masked(home: Home, source: str) -> None:
    phrase = prepare(home, source, {"after": "repository", "run": ["cat ~/phrase; exit 1"]})
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert MASKED in ran.stderr
    assert MASKED in (home.path / "told").read_text()
    assert phrase not in ran.stdout + ran.stderr
    assert holding(home, phrase) == set()


def test_a_phrase_that_borg_shows_is_masked(home: Home) -> None:
    """Inherited from the environment, and not asked for by the configuration."""
    phrase = prepare(home, "literal")
    shutil.rmtree(home.path / "backups/r")
    ran = applied(home, "repo-create", BORG_DISPLAY_PASSPHRASE="yes")
    assert phrase not in ran.stdout + ran.stderr
    assert phrase.encode().hex() not in ran.stdout + ran.stderr
    assert holding(home, phrase) == set()


def test_an_answer_as_json_holds_no_phrase(home: Home) -> None:
    """A file is named as the phrase; Borg writes it with JSON's escapes."""
    phrase = prepare(home, "literal")
    home.write(f"documents/{phrase}", b"x")
    applied(home, "create", "-q")
    ran = applied(home, "list", "-q", "--archive", "latest", "--json")
    assert phrase not in ran.stdout
    assert json.dumps(phrase)[1:-1] not in ran.stdout


def test_a_wrong_phrase_is_told_without_it(home: Home) -> None:
    prepare(home, "file")
    wrong = f"wrong-{uuid.uuid4()}"
    home.write("phrase", wrong)
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert "passphrase supplied" in ran.stderr.lower()
    assert holding(home, wrong) == set()
    (home.path / "phrase").unlink()
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert "has no passphrase" in ran.stderr


def test_memory_is_left_to_no_child_of_a_hook(home: Home) -> None:
    """Descriptors of borgplan are not inherited by hooks."""
    listed = "ls -l /proc/self/fd > ~/descriptors"
    prepare(home, "literal", {"before": "repository", "run": [listed]})
    applied(home, "create", "-q")
    assert "memfd" not in (home.path / "descriptors").read_text()
    assert Path(os.devnull).exists()
