"""A passphrase is nowhere to be seen: not in plans, output, reports, arguments or environments."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.home import PHRASE, Home

pytestmark = pytest.mark.borg


@pytest.fixture
def phrase() -> str:
    return f"secret-{uuid.uuid4()}"


@pytest.fixture
def configured(home: Home, phrase: str) -> Home:
    """The service, whose hooks write all that can be seen of any process to files."""
    home.use("service.yaml")
    text = (home.path / "service.yaml").read_text().replace(PHRASE, phrase)
    text = text.replace(
        "    before_backup:\n",
        "    before_backup:\n"
        "        - ps -eo args > ~/seen-args\n"
        "        - cat /proc/[0-9]*/environ > ~/seen-environ 2>/dev/null; env >> ~/seen-environ\n",
    )
    home.write("service.yaml", text)
    home.create_repositories("service.yaml")
    return home


def test_nothing_that_is_shown_holds_the_passphrase(configured: Home, phrase: str) -> None:
    for words in (
        ["plan", "service.yaml"],
        ["plan", "--format", "json", "service.yaml"],
        ["plan", "--fail", "1", "service.yaml"],
        ["plan", "--fail", "1", "--format", "json", "service.yaml"],
        ["plan", "--against-semantics", "2.1", "service.yaml"],
        ["plan", "--differences", "service.yaml"],
        ["lint", "service.yaml"],
        ["lint", "--format", "json", "service.yaml"],
        ["apply", "service.yaml"],
        ["apply", "--dry-run", "--format", "json", "service.yaml"],
        ["apply", "--log-file", "log", "--format", "json", "--set", "verbosity=2", "service.yaml"],
    ):
        ran = configured.borgplan(*words)
        assert ran.exit_code == 0, ran.stderr
        assert phrase not in ran.stdout + ran.stderr, words
    log = (configured.path / "log").read_text()
    assert "borg" in log
    assert phrase not in log


@pytest.mark.parametrize(
    "broken",
    [
        "encryption_passphrase: {phrase}: x",
        "encryption_passphrase: [{phrase}]",
        "encryption_passphrase: {{a: {phrase}}}",
        "encryption_passphrase: '{phrase}",
        "encryption_passphrases: {phrase}",
        "encryption_passphrase: {phrase}\n    encryption_passphrase: [{phrase}]",
    ],
)
def test_no_message_about_a_mistake_quotes_the_passphrase(
    configured: Home, phrase: str, broken: str
) -> None:
    text = (configured.path / "service.yaml").read_text()
    old = f"encryption_passphrase: {phrase}"
    configured.write("service.yaml", text.replace(old, broken.format(phrase=phrase)))
    for command in ("plan", "lint", "apply"):
        ran = configured.borgplan(command, "service.yaml")
        assert ran.exit_code in (1, 2), ran.stderr
        assert phrase not in ran.stdout + ran.stderr


def test_hooks_see_the_passphrase_nowhere(configured: Home, phrase: str) -> None:
    assert configured.borgplan("apply", "service.yaml").exit_code == 0
    args = (configured.path / "seen-args").read_bytes()
    environ = (configured.path / "seen-environ").read_bytes()
    assert b"ps -eo args" in args
    assert b"HOME=" in environ
    assert phrase.encode() not in args + environ


def test_other_processes_see_the_passphrase_nowhere(configured: Home, phrase: str) -> None:
    """Looked for in all processes, again and again, from the start of a run to its end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "borgplan.runtime", "apply", "service.yaml"],
        cwd=configured.path, env=configured.environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    output: list[bytes] = []
    assert process.stdout
    reader = threading.Thread(target=lambda: output.append(process.stdout.read()))  # type: ignore[union-attr]
    reader.start()
    seen_borg = 0
    found = []
    while process.poll() is None:
        for place, data in visible():
            seen_borg += b"borg\0create" in data or b"borg\0check" in data
            if phrase.encode() in data:
                found.append(place)
    reader.join()
    process.stdout.close()
    assert process.returncode == 0, output
    assert seen_borg
    assert found == []
    assert phrase.encode() not in output[0]


def visible() -> Iterator[tuple[str, bytes]]:
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("cmdline", "environ"):
            place = Path("/proc") / pid / name
            try:
                yield str(place), place.read_bytes()
            except OSError:
                continue


def test_the_passphrase_is_in_no_file_but_the_configuration(configured: Home, phrase: str) -> None:
    assert configured.borgplan("apply", "service.yaml").exit_code == 0
    holding = {
        str(file.relative_to(configured.path))
        for file in configured.path.rglob("*")
        if file.is_file() and phrase.encode() in file.read_bytes()
    }
    assert holding == {"service.yaml"}
