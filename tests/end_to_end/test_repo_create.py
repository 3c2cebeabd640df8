"""repo-create with real Borg: what the repository then is, by Borg's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.configured import applied, apply, asked, configure
from tests.end_to_end.home import PHRASE, Home

pytestmark = pytest.mark.borg

# Borg 1.2's modes, and whether the key is in the repository, in a file, or nowhere.
MODES = {
    "none": None,
    "authenticated": "repository",
    "authenticated-blake2": "repository",
    "repokey": "repository",
    "repokey-blake2": "repository",
    "keyfile": "file",
    "keyfile-blake2": "file",
}


@pytest.mark.parametrize("mode", MODES)
def test_each_encryption_mode_makes_a_repository_that_can_be_used(home: Home, mode: str) -> None:
    """Modes without `blake2` are given on the command line, and win over the configuration.

    Without asking Borg first whether the repository exists, to save the time.
    """
    from_option = "blake2" not in mode
    entry = {"path": f"{home.path}/backups/r", "encryption": "none" if from_option else mode}
    configure(home, [entry], encryption_passphrase=PHRASE)
    words = ["--encryption", mode] if from_option else []
    applied(home, "repo-create", "--offline", *words)
    found = asked(home, "info", "backups/r", phrase=PHRASE)
    assert found["encryption"]["mode"] == mode
    keys = list((home.path / ".config/borg/keys").glob("*"))
    assert len(keys) == (MODES[mode] == "file")
    in_repository = b"key = " in (home.path / "backups/r/config").read_bytes()
    assert in_repository == (MODES[mode] == "repository")
    if mode == "repokey":
        applied(home, "create")
        with pytest.raises(AssertionError, match=r"[Pp]assphrase"):
            home.borg("list", "backups/r", phrase="another")


def settings(repository: Path) -> set[str]:
    """The lines of Borg's own configuration of a repository."""
    return set((repository / "config").read_text().splitlines())


def test_options_of_the_repository_reach_it(home: Home) -> None:
    path = home.path / "new/parent/r"
    entry = {
        "path": str(path), "encryption": "none", "append_only": True, "storage_quota": "7G",
        "make_parent_directories": True,
    }  # fmt: skip
    configure(home, [entry])
    applied(home, "repo-create")
    assert {"append_only = 1", "storage_quota = 7000000000"} <= settings(path)


def test_options_of_the_command_line_reach_the_repository(home: Home) -> None:
    entry = {"path": f"{home.path}/backups/r", "encryption": "none", "storage_quota": "7G"}
    configure(home, [entry])
    applied(home, "repo-create", "--append-only", "--storage-quota", "8G")
    written = settings(home.path / "backups/r")
    assert {"append_only = 1", "storage_quota = 8000000000"} <= written


def test_a_missing_parent_directory_fails_and_nothing_is_made(home: Home) -> None:
    configure(home, [{"path": f"{home.path}/new/r", "encryption": "none"}])
    ran = apply(home, "repo-create")
    assert ran.exit_code == 1
    assert "parent path" in ran.stderr
    assert not (home.path / "new").exists()


def test_without_encryption_nothing_runs(home: Home) -> None:
    configure(home)
    ran = apply(home, "repo-create")
    assert ran.exit_code == 2
    assert "BP409" in ran.stderr
    assert not (home.path / "backups/r").exists()


def test_a_second_time_only_what_is_missing_is_made(home: Home) -> None:
    entries = [{"path": f"{home.path}/backups/{n}", "encryption": "none"} for n in ("one", "two")]
    configure(home, entries[:1])
    applied(home, "repo-create")
    first = settings(home.path / "backups/one")
    configure(home, entries)
    ran = applied(home, "repo-create", "--format", "json")
    assert ran.stderr.count("BP405") == 1
    assert len(ran.ran) == 1
    assert settings(home.path / "backups/one") == first
    assert settings(home.path / "backups/two") != first


def test_where_borg_does_not_say_whether_it_exists_borg_itself_refuses(home: Home) -> None:
    """A wrong passphrase, and a directory with something else in it."""
    entry = {"path": f"{home.path}/backups/r", "encryption": "repokey"}
    configure(home, [entry], encryption_passphrase=PHRASE)
    applied(home, "repo-create")
    before = (home.path / "backups/r/config").read_bytes()
    other = {"path": f"{home.path}/documents", "encryption": "repokey"}
    configure(home, [entry, other], encryption_passphrase="wrong")
    ran = apply(home, "repo-create")
    assert ran.exit_code == 1
    assert ran.stderr.count("warning BP404") == 2
    assert "already exists" in ran.stderr
    assert (home.path / "backups/r/config").read_bytes() == before
    assert not (home.path / "documents/config").exists()


def test_the_plan_without_asking_borg_says_so(home: Home) -> None:
    configure(home, [{"path": f"{home.path}/backups/r", "encryption": "none"}])
    ran = home.borgplan("plan", "--offline", "-a", "repo-create", "c.yaml")
    assert "borg init --encryption none" in ran.stdout
    assert f"Repository {home.path}/backups/r: known when applied." in ran.stdout


def test_a_dry_run_makes_no_repository(home: Home) -> None:
    configure(home, [{"path": f"{home.path}/backups/r", "encryption": "none"}])
    applied(home, "repo-create", "--dry-run")
    assert not (home.path / "backups/r").exists()


@pytest.mark.parametrize(
    "names",
    [
        ("BORG_PASSPHRASE", "BORG_PASSCOMMAND"),
        ("BORG_NEW_PASSPHRASE",),
    ],
)
def test_the_configured_phrase_wins_over_the_environment(
    home: Home, names: tuple[str, ...]
) -> None:
    configure(
        home,
        [{"path": f"{home.path}/backups/r", "encryption": "repokey"}],
        encryption_passphrase=PHRASE,
    )
    applied(home, "repo-create", **dict.fromkeys(names, "echo inherited"))
    assert asked(home, "info", "backups/r", phrase=PHRASE)


@pytest.mark.parametrize("more", [{}, {"encryption_passcommand": "false"}])
def test_without_a_pass_phrase_nothing_is_left(home: Home, more: dict[str, str]) -> None:
    """Borg would make the folder of the repository first, and ask then."""
    configure(home, [{"path": f"{home.path}/backups/r", "encryption": "repokey"}], **more)
    ran = apply(home, "repo-create")
    assert ran.exit_code == (1 if more else 2)
    assert "passphrase" in ran.stderr
    assert not (home.path / "backups/r").exists()


def test_two_files_share_a_repository(home: Home) -> None:
    entry = {"path": f"{home.path}/backups/r", "encryption": "repokey"}
    configure(home, [entry], encryption_passcommand=f"echo {PHRASE}")
    text = (home.path / "c.yaml").read_text()
    home.write("other.yaml", text.replace("backups/r", "backups/./r"))
    ran = applied(home, "repo-create,create", "other.yaml", "--format", "json")
    assert len(ran.ran) == 3
    assert len(asked(home, "list", "backups/r", phrase=PHRASE)["archives"]) == 2
