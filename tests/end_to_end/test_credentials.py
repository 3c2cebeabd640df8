"""Real repositories whose passphrase is kept in a file, or printed by a command."""

from __future__ import annotations

import pytest

from tests.end_to_end.home import Home, below

pytestmark = pytest.mark.borg

PHRASE = "a phrase of its own, ä"
CONFIGURATION = """\
source_directories: [~/app]
repositories:
    - {path: ~/backups/file, encryption: repokey-blake2}
    - path: ~/backups/command
      encryption: repokey-blake2
      encryption_passphrase: '{credential systemd backup}'
encryption_passphrase: '{credential file "~/the secret"}'
systemd: {systemd_creds_command: ~/creds}
keep_daily: 1
"""


@pytest.fixture
def configured(home: Home) -> Home:
    home.write("c.yaml", CONFIGURATION.replace("~/creds", f"{home.path}/creds"))
    home.write("the secret", f"{PHRASE}\n")
    home.write("creds", "#!/bin/sh\necho another phrase\n")
    (home.path / "creds").chmod(0o700)
    return home


def test_repositories_are_created_used_and_restored(configured: Home) -> None:
    ran = configured.borgplan("apply", "-a", "repo-create", "c.yaml")
    assert ran.exit_code == 0, ran.stderr
    ran = configured.borgplan("apply", "-a", "create,prune,check", "c.yaml")
    assert ran.exit_code == 0, ran.stderr
    for repository, phrase in (("file", PHRASE), ("command", "another phrase")):
        restored = configured.restored(repository, phrase)
        assert (
            restored.pop("c.yaml") == (configured.path / "c.yaml").read_bytes()
        )  # stored by default
        assert restored == below("app")
    ran = configured.borgplan("apply", "-a", "repo-create", "--format", "json", "c.yaml")
    assert (ran.exit_code, ran.ran) == (0, [])


def test_a_wrong_phrase_fails_the_run_of_its_repository_only(configured: Home) -> None:
    assert configured.borgplan("apply", "-a", "repo-create", "c.yaml").exit_code == 0
    configured.write("the secret", "wrong")
    ran = configured.borgplan("apply", "-a", "create", "c.yaml")
    assert ran.exit_code == 1
    assert configured.archives("command", "another phrase")
    assert not configured.archives("file", PHRASE)
