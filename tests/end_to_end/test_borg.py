"""Each example with real Borg: what was backed up comes back, and what the plan says happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.home import KEPT, LEFT_OUT, Home, below

pytestmark = pytest.mark.borg

TMP = {"documents/scratch.tmp": LEFT_OUT["documents/scratch.tmp"]}
CACHE = {name: data for name, data in LEFT_OUT.items() if "/cache/" in name}

# Example, its repositories with what an archive of each holds.
RESTORED: dict[str, dict[str, dict[str, bytes]]] = {
    "minimal.yaml": {"minimal.borg": {**below("documents"), **TMP, **CACHE}},
    "service.yaml": {"service.borg": {**below("documents"), **below("app"), **CACHE}},
    "two-repositories.yaml": {
        "near.borg": {**below("documents"), **TMP},
        "far.borg": {**below("documents"), **TMP},
    },
    "everything": {
        "documents.borg": {**below("documents"), **TMP, **CACHE},
        "pictures.borg": below("pictures"),
    },
}


@pytest.mark.parametrize("example", RESTORED)
def test_what_an_example_backs_up_comes_back(home: Home, example: str) -> None:
    home.use(example)
    home.create_repositories(example)
    ran = home.borgplan("apply", example)
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.startswith("Done: ")
    for repository, expected in RESTORED[example].items():
        assert home.restored(repository) == expected


def test_a_dump_is_backed_up_and_nothing_of_it_stays(home: Home) -> None:
    phrase = "phrase-from-a-command"
    home.use("dump.yaml")
    home.create_repositories("dump.yaml")
    ran = home.borgplan("apply", "dump.yaml")
    assert ran.exit_code == 0, ran.stderr
    assert list((home.path / "dumps").iterdir()) == []
    assert (home.path / "dumps").stat().st_mode & 0o777 == 0o700
    content = b"insert into accounts values (1)\n"
    assert home.restored("dump.borg", phrase) == {"dumps/accounts.sql": content}
    restored = home.path / "restored/dump.borg" / home.path.relative_to("/") / "dumps/accounts.sql"
    assert restored.stat().st_mode & 0o777 == 0o600


def test_the_service_runs_again_after_the_backup(home: Home) -> None:
    home.use("service.yaml")
    home.create_repositories("service.yaml")
    ran = home.borgplan("apply", "service.yaml")
    assert "the service is stopped" in ran.stderr
    assert "the service runs again" in ran.stderr
    assert not (home.path / "app.stopped").exists()
    assert not (home.path / "alerts.log").exists()


def test_each_step_of_the_plan_has_its_line_in_the_report(home: Home) -> None:
    home.use("service.yaml")
    home.create_repositories("service.yaml")
    planned = home.borgplan("plan", "--format", "json", "service.yaml").report
    report = home.borgplan("apply", "--format", "json", "service.yaml").report
    assert [s["id"] for s in report["steps"]] == [s["id"] for s in planned["steps"]]
    assert [s["fate"] for s in report["steps"]] == [*["done"] * 8, *["not needed"] * 2, "done"]


def test_a_dry_run_makes_no_archive_and_runs_no_hook(home: Home) -> None:
    home.use("service.yaml")
    home.create_repositories("service.yaml")
    ran = home.borgplan("apply", "--dry-run", "--format", "json", "service.yaml")
    assert ran.exit_code == 0, ran.stderr
    assert home.archives("service.borg") == []
    assert not (home.path / "app.stopped").exists()
    assert "the service" not in "".join(
        line for line in ran.stderr.splitlines() if not line.startswith("[")
    )
    assert [name.rpartition("borg-")[2] for name in ran.ran] == ["prune", "create"]


def test_a_second_repo_create_notes_that_the_repository_exists_and_does_nothing(
    home: Home,
) -> None:
    home.use("minimal.yaml")
    home.create_repositories("minimal.yaml")
    before = (home.path / "backups/minimal.borg/config").read_bytes()
    words = ["-a", "repo-create", "-e", "repokey-blake2", "--format", "json", "minimal.yaml"]
    ran = home.borgplan("apply", *words)
    assert (ran.exit_code, ran.report["steps"]) == (0, [])
    assert "BP405" in ran.stderr
    assert "minimal.borg exists: nothing to create" in ran.stderr
    assert (home.path / "backups/minimal.borg/config").read_bytes() == before


def damage(repository: Path) -> None:
    """One wrong bit in the middle of what an archive has stored."""
    largest = max((repository / "data/0").iterdir(), key=lambda file: file.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 1
    largest.write_bytes(content)


@pytest.mark.parametrize("semantics", ["1.3", "1.9", "2.1"])
def test_damage_is_a_failure_in_every_generation_and_no_check_is_noted(
    home: Home, semantics: str
) -> None:
    """`borg check` ends with 1 for damaged data, which some releases of borgmatic take for a warning."""
    home.use("service.yaml")
    home.create_repositories("service.yaml")
    assert home.borgplan("apply", "-q", "-a", "create", "service.yaml").exit_code == 0
    words = ["apply", "-a", "check", "--semantics", semantics, "service.yaml"]
    damage(home.path / "backups/service.borg")
    ran = home.borgplan(*words)
    assert ran.exit_code == 1
    why = {"2.1": ": Finished full repository check, errors found"}
    told = why.get(semantics, ", and Borg reported an error")
    assert f"borg check ended with exit code 1{told}" in ran.stderr
    assert (home.path / "alerts.log").exists()
    assert not (home.path / ".local/state/borgplan/checks").exists()


def test_a_repository_that_is_none_any_more_fails_its_check_and_the_error_hooks_are_told(
    home: Home,
) -> None:
    home.use("service.yaml")
    home.create_repositories("service.yaml")
    (home.path / "backups/service.borg/config").write_text("nonsense\n")
    ran = home.borgplan("apply", "-a", "check", "--format", "json", "service.yaml")
    assert ran.exit_code == 1
    fates = [(s["id"].rpartition("#")[2].partition(".")[0], s["fate"]) for s in ran.report["steps"]]
    assert fates == [("borg-check", "failed"), ("recover", "done"), ("recover", "done")]
    alert = (home.path / "alerts.log").read_text()
    why = "MissingSectionHeaderError: File contains no section headers"
    assert alert == f"service.yaml: borg check ended with exit code 2: {why}\n"


def test_a_wrong_passphrase_fails_as_the_plan_announces(home: Home) -> None:
    home.use("service.yaml")
    home.create_repositories("service.yaml")
    text = (home.path / "service.yaml").read_text()
    home.write("service.yaml", text.replace("a phrase for the example", "another phrase"))
    ran = home.borgplan("apply", "--format", "json", "service.yaml")
    assert ran.exit_code == 1
    fates = [s["fate"] for s in ran.report["steps"]]
    assert fates == [*["done"] * 3, "failed", *["not run"] * 4, *["done"] * 3]
    assert {s["cause"] for s in ran.report["steps"] if s["fate"] == "not run"} == {4}
    assert "passphrase" in ran.stderr.lower()
    assert (home.path / "alerts.log").read_text().startswith("service.yaml: borg prune ended")


def test_every_file_of_the_home_is_kept_or_left_out() -> None:
    assert not set(KEPT) & set(LEFT_OUT)
