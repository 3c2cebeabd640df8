"""The mode and the owners of an SQLite file: kept in the archive by a run, and set again by a restore."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from borgplan.compiler.databases.archive_layout import Attributes, Item, layout_of, metadata_paths
from tests.end_to_end.configured import apply, configure, init
from tests.end_to_end.home import Home

FOLDER = "borgmatic/sqlite_databases"


def attributes(text: str) -> list[Attributes | None]:
    """Of the dumps `a` and `b` of an archive with this `borgplan.json`."""
    described = {
        "dumps": [
            {
                "data_source_name": name,
                "hook_name": "sqlite_databases",
                "hostname": None,
                "port": None,
            }
            for name in "ab"
        ]
    }
    texts = {
        f"{FOLDER}/borgplan.json": text.encode(),
        f"{FOLDER}/dumps.json": json.dumps(described).encode(),
    }
    paths = [*texts, f"{FOLDER}/localhost/a", f"{FOLDER}/localhost/b"]
    items = [Item(path, is_directory=False, size=1) for path in paths]
    assert set(metadata_paths(items)) == set(texts)
    return [dump.file for dump in layout_of(items, texts).dumps]


def test_they_are_read_by_the_dumps_path() -> None:
    one = {"mode": "640", "user": "www", "group": "adm", "uid": "33", "gid": "4"}
    text = json.dumps({"files": {"localhost/a": one, "localhost/b": None, "localhost/c": one}})
    assert attributes(text) == [Attributes("640", "www", "adm", "33", "4"), None]


@pytest.mark.parametrize(
    "text",
    [
        "", "no JSON", "[]", "{}", '{"files": []}', '{"files": {"localhost/a": {"mode": "640"}}}',
        '{"files": {"localhost/a": {"mode": "u+s", "user": "", "group": "", "uid": "1", "gid": "1"}}}',
        '{"files": {"localhost/a": {"mode": "640", "user": "", "group": "", "uid": "-1", "gid": "1"}}}',
    ],
)  # fmt: skip
def test_what_is_no_mode_and_no_owner_is_left_alone(text: str) -> None:
    assert attributes(text) == [None, None]


@pytest.mark.borg
@pytest.mark.parametrize("keeps", [False, True])
def test_a_restored_file_has_those_that_it_had(home: Home, *, keeps: bool) -> None:
    """Also where none is there any more."""
    if not shutil.which("sqlite3"):
        pytest.skip("no sqlite3 is installed")
    init(home)
    (home.path / "run").mkdir()
    path = home.path / "app.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t(a)")
    path.chmod(0o640)
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(path, 65534, 4)
    entry = {"name": "app", "path": str(path)}
    configure(home, user_runtime_directory=str(home.path / "run"), sqlite_databases=[entry])
    if keeps:
        home.write("borgplan.yaml", "on_dump_failure: keep-files\n")
    made = apply(home, "create")
    assert made.exit_code == 0, made.stderr
    path.unlink()
    restored = home.borgplan("restore", "c.yaml")
    assert restored.exit_code == 0, restored.stderr
    status = Path(path).stat()
    assert oct(status.st_mode)[-3:] == "640"
    if is_root:
        assert (status.st_uid, status.st_gid) == (65534, 4)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchall() == [(0,)]
