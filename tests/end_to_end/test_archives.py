"""Actions on archives that are there: prune, compact, delete, list, info, diff, export and the rest."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path

import pytest

from tests.end_to_end.configured import applied, apply, configure, init, plan
from tests.end_to_end.home import PHRASE, Home
from tests.support.laboratory import Server

pytestmark = pytest.mark.borg


def archive(home: Home, name: str, *words: str) -> None:
    home.borg("create", *words, f"backups/r::{name}", "documents")


def key_of(home: Home, name: str) -> str:
    """The id of a repository, which stands in its key."""
    lines = (home.path / "backups" / name / "config").read_text().splitlines()
    return next(line.partition(" = ")[2] for line in lines if line.startswith("id = "))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Home:
    """A repository that the tests here only read: archives `one` and `two`, and another's."""
    path = tmp_path_factory.mktemp("shared") / "home"
    path.mkdir()
    home = Home(path, server)
    init(home)
    configure(home, archive_name_format="own-{now}", match_archives="sh:own-*")
    archive(home, "own-one")
    archive(home, "other")
    home.write("documents/new", b"new")
    archive(home, "own-two")
    return home


def test_lists_and_information_are_json_and_nothing_else(shared: Home) -> None:
    for action in ("repo-list", "list"):
        ran = applied(shared, action, "-q", "--json")
        assert [a["name"] for a in json.loads(ran.stdout)["archives"]] == ["own-one", "own-two"]
    ran = applied(shared, "repo-info", "-q", "--json")
    assert json.loads(ran.stdout)["encryption"]["mode"] == "none"
    assert "[1/1]" not in ran.stderr
    ran = applied(shared, "info", "-q", "--json", "--match-archives", "sh:o*", "--last", "1")
    assert [a["name"] for a in json.loads(ran.stdout)["archives"]] == ["own-two"]
    ran = applied(shared, "info", "-q", "--json", "--archive", "latest")
    assert [a["name"] for a in json.loads(ran.stdout)["archives"]] == ["own-two"]
    ran = applied(shared, "list", "-q", "--json", "--archive", "latest")
    paths = [json.loads(line)["path"] for line in ran.stdout.splitlines()]
    assert "documents/new" in paths


def test_names_and_finds_are_lines_on_standard_output(shared: Home) -> None:
    assert applied(shared, "repo-list", "-q", "--short").stdout == "own-one\nown-two\n"
    ran = applied(shared, "repo-list", "-q", "--short", "--prefix", "oth")
    assert ran.stdout == "other\n"
    ran = applied(shared, "list", "-q", "--short", "--archive", "own-one", "--find", "etter")
    assert ran.stdout == "documents/letter.txt\n"
    ran = applied(
        shared, "list", "-q", "--short", "--archive", "own-two", "--path", "documents/new"
    )
    assert ran.stdout == "documents/new\n"
    ran = applied(shared, "list", "-q", "--short", "--archive", "own-one", "--find", "nowhere")
    assert ran.stdout == ""


def test_an_archive_that_is_not_there_fails(shared: Home) -> None:
    ran = apply(shared, "list", "-q", "--archive", "missing")
    assert ran.exit_code == 1
    assert "missing does not exist" in ran.stderr
    assert ran.stdout.startswith("FAILED: ")  # the summary gives the reason, and there is no answer


def test_questions_without_what_they_need_are_wrong_use(shared: Home) -> None:
    for words in (
        ["delete"], ["extract"], ["export-tar"], ["export-tar", "--archive", "latest"], ["diff"],
        ["diff", "--archive", "own-one"], ["list", "--find", "x"], ["borg"],
    ):  # fmt: skip
        assert apply(shared, *words).exit_code == 2, words
    assert shared.archives("r") == ["own-one", "other", "own-two"]


def test_an_order_chooses_no_archives_to_delete(home: Home) -> None:
    init(home)
    configure(home)
    sure = {"BORG_DELETE_I_KNOW_WHAT_I_AM_DOING": "YES"}
    ran = apply(home, "delete", "--sort-by", "timestamp", **sure)
    assert (home.path / "backups/r/config").exists()
    assert ran.exit_code == 2


def test_a_difference_is_shown(shared: Home) -> None:
    ran = applied(shared, "diff", "-q", "--archive", "own-one", "--second-archive", "own-two")
    assert [line.split()[-1] for line in ran.stdout.splitlines() if "added" in line] == [
        "documents/new"
    ]


def test_an_archive_becomes_a_tar_file(shared: Home, tmp_path: Path) -> None:
    target = tmp_path / "out.tar"
    words = ["--archive", "own-one", "--strip-components", "1", "--path", "documents/data"]
    applied(shared, "export-tar", *words, "--destination", str(target))
    with tarfile.open(target) as tar:
        assert tar.getnames() == ["data"]
        data = tar.extractfile("data")
        assert data
        assert data.read() == (shared.path / "documents/data").read_bytes()


def test_a_tar_file_to_standard_output_is_the_tar_file(shared: Home) -> None:
    shared._server.run({
        "argv": ["apply", "-q", "-a", "export-tar", "c.yaml", "--archive", "own-one",
                 "--destination", "-"],
        "cwd": str(shared.path), "env": shared.environment, "umask": "0022",
        "stdout": str(shared.path / "out.tar"), "stderr": str(shared.path / "err"),
    })  # fmt: skip
    assert tarfile.is_tarfile(shared.path / "out.tar")
    assert b"letter" not in (shared.path / "err").read_bytes()


def test_extracting_some_paths_into_a_directory(shared: Home, tmp_path: Path) -> None:
    words = ["--archive", "own-one", "--strip-components", "1", "--path", "documents/letter.txt"]
    applied(shared, "extract", *words, "--destination", str(tmp_path))
    assert os.listdir(tmp_path) == ["letter.txt"]


def test_extracting_into_a_directory_that_is_missing_fails(shared: Home, tmp_path: Path) -> None:
    ran = apply(shared, "extract", "--archive", "own-one", "--destination", f"{tmp_path}/x")
    assert ran.exit_code == 1
    assert f"{tmp_path}/x" in ran.stderr.splitlines()[-1]


def test_a_dry_run_extracts_and_deletes_nothing(shared: Home, tmp_path: Path) -> None:
    words = ["--dry-run", "--archive", "latest"]
    applied(shared, "extract,delete", *words, "--destination", str(tmp_path))
    assert os.listdir(tmp_path) == []
    assert shared.archives("r") == ["own-one", "other", "own-two"]


def test_any_command_of_borg_gets_the_repository(shared: Home) -> None:
    ran = applied(shared, "borg", "-q", "--", "list", "--json")
    assert len(json.loads(ran.stdout)["archives"]) == 3
    ran = applied(
        shared, "borg", "-q", "--archive", "own-two", "--", "list", "--short", "::own-two"
    )
    assert "documents/new\n" in ran.stdout
    ran = apply(shared, "borg", "-q", "--", "no-such-command")
    assert ran.exit_code == 1


def test_names_like_options_and_patterns_are_names(shared: Home, tmp_path: Path) -> None:
    """Such words are Borg's arguments, not options: nothing is found, and nothing is done."""
    ran = apply(shared, "list", "-q", "--archive", "own-one", "--path=--help")
    assert "usage:" not in ran.stdout + ran.stderr


def test_prune_keeps_what_it_should_and_all_of_others(home: Home) -> None:
    init(home)
    for day in (1, 2):
        for name in ("own", "other"):
            archive(home, f"{name}-{day}", "--timestamp", f"2024-01-0{day}T12:00:00")
    configure(
        home,
        archive_name_format="own-{now}",
        match_archives="sh:own-*",
        keep_daily=1,
        list_details=True,
    )
    applied(home, "prune", "--dry-run")
    assert len(home.archives("r")) == 4
    ran = applied(home, "prune,compact")
    assert set(home.archives("r")) == {"other-1", "other-2", "own-2"}
    assert "Pruning archive" in ran.stderr
    assert '{"' not in ran.stderr
    configure(home, match_archives="sh:other-*", keep_within="1d")
    applied(home, "prune")
    assert home.archives("r") == ["own-2"]


def test_less_space_is_taken_where_borg_knows_how(home: Home) -> None:
    init(home)
    for day in (1, 2, 3):
        archive(home, f"own-{day}", "--timestamp", f"2024-01-0{day}T12:00:00")
    configure(
        home,
        archive_name_format="own-{now}",
        match_archives="sh:own-*",
        keep_daily=2,
        checks=[{"name": "archives"}],
    )
    lines = plan(home, "prune,compact,check", "--save-space")
    assert [line[1] for line in lines if "--save-space" in line] == ["prune", "check"]
    applied(home, "prune,compact,check", "--save-space")
    words = ("--archive", "own-2", "--save-space", "--checkpoint-interval", "60")
    applied(home, "delete", *words)
    assert home.archives("r") == ["own-3"]


def test_a_start_for_prune_is_refused_where_borg_has_none(home: Home) -> None:
    init(home)
    archive(home, "own-1")
    configure(home, archive_name_format="own-{now}", match_archives="sh:own-*", keep_daily=1)
    ran = apply(home, "prune", "--from", "2024-01-01")
    assert ran.exit_code == 2
    assert "BP414 prune --from needs Borg 2" in ran.stderr
    assert home.archives("r") == ["own-1"]


def test_compact_gives_space_back(home: Home) -> None:
    init(home)
    home.write("documents/noise", os.urandom(1 << 20))
    archive(home, "big")
    configure(home)
    applied(home, "delete", "--archive", "big")
    assert size(home) > 1 << 20
    applied(home, "compact", "--dry-run")
    assert size(home) > 1 << 20
    applied(home, "compact")
    assert size(home) < 1 << 20


def size(home: Home) -> int:
    return sum(f.stat().st_size for f in (home.path / "backups/r/data").rglob("*") if f.is_file())


def test_delete_takes_what_is_chosen_and_no_more(home: Home) -> None:
    init(home)
    for name in ("a", "b-1", "b-2", "c"):
        archive(home, name)
    configure(home, archive_name_format="{now}", match_archives="*")
    applied(home, "delete", "--archive", "latest")
    assert home.archives("r") == ["a", "b-1", "b-2"]
    applied(home, "delete", "--match-archives", "sh:b-*", "--first", "1")
    applied(home, "delete", "--archive", "a")
    assert home.archives("r") == ["b-2"]


def test_an_archive_is_deleted_by_its_name_and_no_other(home: Home) -> None:
    """A name is no pattern, given or found out."""
    init(home)
    for name in ("data1", "data[1]"):
        archive(home, name)
    configure(home, match_archives="*")
    assert apply(home, "delete", "--archive", "data?").exit_code in (0, 1)
    assert home.archives("r") == ["data1", "data[1]"]


def test_the_newest_archive_is_deleted_whatever_its_name(home: Home) -> None:
    init(home)
    for name in ("data1", "data[1]"):
        archive(home, name)
    configure(home, match_archives="*")
    apply(home, "delete", "--archive", "latest")
    assert home.archives("r") == ["data1"]


def test_the_newest_of_no_archives_can_not_be_deleted(home: Home) -> None:
    init(home)
    configure(home)
    ran = apply(home, "delete", "--archive", "latest", "--format", "json")
    assert [step["fate"] for step in ran.report["steps"]] == ["done", "failed"]
    assert "no archive matches" in ran.stderr


def with_keys(home: Home, *names: str, **options: object) -> None:
    entries = [{"path": f"{home.path}/backups/{n}", "encryption": "repokey"} for n in names]
    configure(home, entries, encryption_passphrase=PHRASE, **options)
    applied(home, "repo-create", "-q", "--offline")


def test_a_key_is_exported_once(home: Home) -> None:
    with_keys(home, "r")
    applied(home, "key-export", "--destination", f"{home.path}/key")
    key = (home.path / "key").read_bytes()
    assert key.startswith(b"BORG_KEY ")
    assert apply(home, "key-export", "--destination", f"{home.path}/key").exit_code == 2
    ran = applied(home, "key-export", "-q", "--paper")
    assert "BORG PAPER KEY" in ran.stdout
    assert PHRASE not in ran.stdout


def test_a_key_of_another_repository_is_not_overwritten(home: Home) -> None:
    with_keys(home, "one", "two")
    apply(home, "key-export", "--destination", f"{home.path}/key")
    written = (home.path / "key").read_text() if (home.path / "key").exists() else ""
    assert key_of(home, "two") not in written


def test_a_key_where_borg_runs_is_not_overwritten(home: Home) -> None:
    with_keys(home, "r", working_directory=str(home.path / "documents"))
    home.write("documents/key", "precious")
    apply(home, "key-export", "--destination", "key")
    assert (home.path / "documents/key").read_text() == "precious"


def test_a_lock_that_was_left_is_broken(home: Home) -> None:
    init(home)
    configure(home)
    lock = home.path / "backups/r/lock.exclusive"
    lock.mkdir()
    (lock / "elsewhere@1.1-0").touch()
    assert apply(home, "create", "-q").exit_code == 1
    applied(home, "break-lock")
    assert not lock.exists()
    applied(home, "create", "-q")


def test_json_of_two_repositories_is_one_array(home: Home) -> None:
    init(home, "one", "two")
    configure(home, [{"path": f"{home.path}/backups/{n}", "label": n} for n in ("one", "two")])
    applied(home, "create", "-q")
    for action in ("repo-list", "list", "repo-info", "info"):
        found = json.loads(applied(home, action, "--json").stdout)
        assert [answer["repository"]["label"] for answer in found] == ["one", "two"]
    found = json.loads(applied(home, "list", "--json", "--archive", "latest").stdout)
    paths = [[item["path"] for item in answer["items"]] for answer in found]
    assert [any(path.endswith("documents/letter.txt") for path in each) for each in paths] == [
        True
    ] * 2
