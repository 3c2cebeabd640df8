"""Flags of actions as borgmatic has them, each with real Borg: what it shows or chooses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.configured import applied, apply, configure, init, plan
from tests.end_to_end.home import Home
from tests.support.laboratory import Server

pytestmark = pytest.mark.borg


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Home:
    """A repository with the archives `own-one`, `own-two` and `other`, which the tests here only read."""
    path = tmp_path_factory.mktemp("flags") / "home"
    path.mkdir()
    home = Home(path, server)
    init(home)
    configure(home, archive_name_format="own-{now}", match_archives="sh:own-*", keep_daily=1)
    for name in ("own-one", "other", "own-two"):
        home.borg("create", f"backups/r::{name}", "documents")
        home.write("documents/data", f"after {name}")
        (home.path / "documents/letter.txt").chmod(0o640)
    return home


def test_create_shows_statistics_files_and_progress(home: Home) -> None:
    init(home)
    configure(home)
    ran = applied(home, "create", "--stats", "--list", "--progress")
    assert "Archive name: " in ran.stderr
    assert "A " in ran.stderr
    assert "documents/letter.txt" in ran.stderr
    assert len(home.archives("r")) == 1
    (line,) = plan(home, "create", "--stats", "--files")
    assert {"--stats", "--list"} <= set(line)
    assert "--json" not in line


def test_prune_shows_what_it_prunes_of_the_archives_that_match(shared: Home) -> None:
    ran = applied(shared, "prune", "--list", "--dry-run", "--match-archives", "sh:own-*")
    assert "own-one" in ran.stderr
    assert "other" not in ran.stderr
    (line,) = plan(shared, "prune", "--stats", "--list", "--match-archives", "oth*")
    assert {"--stats", "--list", "oth*"} <= set(line)
    assert "own-*" not in line


def test_prune_of_archives_that_match_leaves_the_others(home: Home) -> None:
    init(home)
    configure(home, keep_yearly=1)
    for name in ("a-one", "a-two", "b-one", "b-two"):
        home.borg("create", f"backups/r::{name}", "documents")
    ran = applied(home, "prune", "--match-archives", "a-*", "--stats", "--list")
    assert home.archives("r") == ["a-two", "b-one", "b-two"]
    assert "Deleted data:" in ran.stderr


def test_check_of_archives_that_match_looks_at_those(shared: Home) -> None:
    ran = applied(
        shared, "check", "--match-archives", "oth*", "--force", "--verbosity", "1", "--progress"
    )
    assert "Analyzing archive other" in ran.stderr
    assert "Analyzing archive own-one" not in ran.stderr


def test_formats_and_exclusions_of_lists(shared: Home) -> None:
    ran = applied(shared, "repo-list", "-q", "--list-format", "<{archive}>{NL}")
    assert ran.stdout == "<own-one>\n<own-two>\n"
    words = ["--archive", "own-one", "--list-format", "{path}{NL}", "--exclude", "*/letter.txt"]
    ran = applied(shared, "list", "-q", *words)
    assert "documents/data\n" in ran.stdout
    assert "letter" not in ran.stdout
    words = ["--archive", "own-one", "--short", "--pattern", "+ sh:documents/data"]
    ran = applied(shared, "list", "-q", *words, "--pattern", "- sh:**")
    assert ran.stdout == "documents/data\n"
    shared.write("only", "+ sh:documents/letter.txt\n- sh:**\n")
    words = ["--archive", "own-one", "--short", "--patterns-from", f"{shared.path}/only"]
    assert applied(shared, "list", "-q", *words).stdout == "documents/letter.txt\n"


def test_differences_of_contents_only(shared: Home) -> None:
    words = ["--archive", "own-one", "--second-archive", "own-two"]
    assert "letter.txt" in applied(shared, "diff", "-q", *words).stdout
    ran = applied(shared, "diff", "-q", *words, "--content-only", "--same-chunker-params")
    assert "letter.txt" not in ran.stdout
    assert "documents/data" in ran.stdout


def test_differences_by_the_patterns_of_the_configuration(shared: Home) -> None:
    before = (shared.path / "c.yaml").read_text()
    configure(shared, patterns=["- sh:**/data"], source_directories=["documents"])
    try:
        words = ["--archive", "own-one", "--second-archive", "own-two"]
        assert "documents/data" in applied(shared, "diff", "-q", *words).stdout
        ran = applied(shared, "diff", "-q", *words, "--only-patterns")
        assert "documents/data" not in ran.stdout
    finally:
        shared.write("c.yaml", before)


def test_a_cache_is_deleted_and_nothing_else(home: Home) -> None:
    init(home)
    configure(home)
    applied(home, "create")
    (cache,) = (p.parent for p in (home.path / ".cache/borg").glob("*/config"))
    applied(home, "delete", "--archive", "latest", "--stats", "--list")
    assert home.archives("r") == []
    assert cache.exists()


def test_missing_parent_directories_are_made(home: Home) -> None:
    place = f"{home.path}/backups/deep/below"
    configure(home, [{"path": place, "encryption": "none"}])
    assert apply(home, "repo-create").exit_code == 1
    applied(home, "repo-create", "--make-parent-dirs")
    assert Path(place, "config").exists()


def test_a_threshold_and_progress_reach_compact(shared: Home) -> None:
    (line,) = plan(shared, "compact", "--threshold", "0", "--progress")
    assert line[line.index("--threshold") + 1] == "0"
    assert "--progress" in line
    applied(shared, "compact", "--threshold", "50", "--progress")


def test_extract_shows_progress(shared: Home, tmp_path: Path) -> None:
    words = ["--archive", "own-one", "--destination", str(tmp_path), "--progress"]
    applied(shared, "extract", *words)
    assert (tmp_path / "documents/letter.txt").exists()


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("repo-list", ["--older", "1d"]), ("info", ["--newest", "7d"]), ("repo-list", ["--deleted"]),
        ("delete", ["--oldest", "1d"]), ("repo-create", ["--from-borg1", "-e", "none"]),
        ("repo-create", ["--copy-crypt-key", "-e", "none"]),
    ],
)  # fmt: skip
def test_what_only_borg_2_can_is_refused_by_name(
    shared: Home, action: str, words: list[str]
) -> None:
    ran = apply(shared, action, *words)
    assert ran.exit_code == 2
    assert f"{words[0]} needs Borg 2" in ran.stderr


def test_a_flag_that_no_action_takes_is_wrong_use(shared: Home) -> None:
    for action, words in (
        ("check", ["--stats"]), ("compact", ["--list"]), ("info", ["--content-only"]),
        ("prune", ["--progress"]), ("list", ["--threshold", "3"]),
    ):  # fmt: skip
        ran = apply(shared, action, *words)
        assert ran.exit_code == 2
        assert "is only for" in ran.stderr
    assert apply(shared, "compact", "--threshold", "101").exit_code == 2


def test_json_of_a_list_that_matches(shared: Home) -> None:
    ran = applied(shared, "repo-list", "-q", "--json", "--glob-archives", "oth*")
    assert [a["name"] for a in json.loads(ran.stdout)["archives"]] == ["other"]


def test_create_answers_with_json(home: Home) -> None:
    init(home, "r", "s")
    configure(home)
    ran = applied(home, "create", "--json", "--list")
    (name,) = home.archives("r")
    assert json.loads(ran.stdout)["archive"]["name"] == name
    assert "documents/letter.txt" in ran.stderr
    assert applied(home, "create", "--json", "--dry-run").stdout.strip() in ("", "[]")
    configure(home, [{"path": f"{home.path}/backups/{one}", "label": f"to-{one}"} for one in "rs"])
    both = json.loads(applied(home, "create", "--json", "-q").stdout)
    assert [one["repository"]["label"] for one in both] == ["to-r", "to-s"]
    assert [one["archive"]["name"] for one in both] == [home.archives(r)[-1] for r in "rs"]
    configure(home, ("r", "missing", "s"))
    ran = apply(home, "create", "--json")
    assert ran.exit_code == 1
    names = [one["archive"]["name"] for one in json.loads(ran.stdout)]
    assert names == [home.archives(r)[-1] for r in "rs"]
