"""Where archives hold dumps, for every layout that borgmatic has had."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.databases.archive_layout import Item, Layout, layout_of, metadata_paths

_14 = "borgmatic"
_12 = "run/user/0/borgmatic-x7_q2abc/borgmatic"
_FIXED = "run/user/0/borgmatic"  # 2.0.13 and 1.9.14 with Borg 1.2
_OLD = "root/.borgmatic"


def entry(name: str, kind: str = "postgresql", **more: object) -> dict[str, object]:
    return {
        "data_source_name": name, "hook_name": f"{kind}_databases", "hostname": None, "port": None,
        "label": None, "container": None, **more,
    }  # fmt: skip


def archive(
    files: dict[str, int], described: dict[str, list[dict[str, object]]] | None = None
) -> Layout:
    """The layout of an archive with these files, by size, and `dumps.json` of these folders."""
    texts = {
        f"{folder}/dumps.json": json.dumps({"dumps": entries, "more": 1}).encode()
        for folder, entries in (described or {}).items()
    }
    items = [Item(path, is_directory=False, size=size) for path, size in files.items()]
    items += [Item(path, is_directory=False, size=len(text)) for path, text in texts.items()]
    found = metadata_paths(items)
    return layout_of(items, {path: texts[path] for path in found})


@pytest.mark.parametrize("root", [_14, _12])
def test_described_dumps_lie_where_their_entry_says(root: str) -> None:
    folder = f"{root}/postgresql_databases"
    layout = archive(
        {f"{folder}/db:5433/a b": 7, f"{folder}/lab/all": 9, "home/x": 1},
        {folder: [entry("a b", hostname="db", port=5433), entry("all", label="lab")]},
    )
    assert layout.problems == ()
    assert [(d.name, d.hostname, d.port, d.label, d.size) for d in layout.dumps] == [
        ("a b", "db", 5433, "", 7), ("all", "", None, "lab", 9),
    ]  # fmt: skip


@pytest.mark.parametrize("root", [_14, _12, _FIXED, _OLD])
def test_without_a_description_paths_tell(root: str) -> None:
    folder = f"{root}/mariadb_databases"
    layout = archive({f"{folder}/localhost/a": 7, f"{folder}/db:3307/b": 1})
    assert [(d.name, d.hostname, d.port) for d in layout.dumps] == [
        ("a", "", None), ("b", "db", 3307),
    ]  # fmt: skip


def test_files_of_users_at_a_like_path_are_not_taken_for_dumps() -> None:
    layout = archive(
        {
            f"{_14}/postgresql_databases/localhost/users": 1,
            "home/x/borgmatic/postgresql_databases/localhost/users": 2,
            "home/postgresql_databases/localhost/users": 3,
        }
    )
    assert [dump.path for dump in layout.dumps] == [f"{_14}/postgresql_databases/localhost/users"]


def test_two_runs_that_are_as_likely_are_not_mixed() -> None:
    layout = archive(
        {
            "a/borgmatic-1/borgmatic/sqlite_databases/localhost/x": 1,
            "b/borgmatic-2/borgmatic/sqlite_databases/localhost/x": 1,
        }
    )
    assert layout.dumps == ()
    assert "is unclear" in layout.problems[0]


def test_a_directory_is_one_dump_with_the_size_of_its_files() -> None:
    folder = f"{_14}/postgresql_databases"
    layout = archive({f"{folder}/localhost/u/toc.dat": 5, f"{folder}/localhost/u/1.dat": 6})
    (dump,) = layout.dumps
    assert (dump.name, dump.is_directory, dump.size) == ("u", True, 11)


def test_a_dump_that_is_described_and_not_there_is_a_problem() -> None:
    folder = f"{_14}/postgresql_databases"
    layout = archive({f"{folder}/localhost/a": 1}, {folder: [entry("a"), entry("gone")]})
    assert [dump.name for dump in layout.dumps] == ["a"]
    assert "gone" in layout.problems[0]


def test_a_description_that_is_no_json_is_a_problem_and_paths_tell() -> None:
    path = f"{_14}/sqlite_databases"
    items = [
        Item(f"{path}/{name}", is_directory=False, size=3) for name in ("localhost/a", "dumps.json")
    ]
    layout = layout_of(items, {f"{path}/dumps.json": b"{"})
    assert [dump.name for dump in layout.dumps] == ["a"]
    assert "not readable" in layout.problems[0]
