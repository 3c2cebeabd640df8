"""Which configuration files of a plan are the same but for their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from borgplan.compiler.analysis.alike import File, alike
from tests.runtime.build import compiled

TEXT = """\
source_directories: [/srv/NAME]
repositories: [{path: /backups/NAME.borg}, {path: REPOSITORY}]
keep_daily: DAYS
encryption_passcommand: cat /etc/keys/NAME
commands:
  - {before: action, when: [create], run: [systemctl stop SERVICE]}
  - {after: error, run: ["echo '{error}' | mail -s NAME root"]}
"""


def write(folder: Path, name: str, **values: str) -> None:
    text = TEXT
    defaults = {"SERVICE": name, "DAYS": "7", "REPOSITORY": f"/far/{name}.borg", "NAME": name}
    for key, value in {**defaults, **values}.items():
        text = text.replace(key, value)
    (folder / f"{name}.yaml").write_text(text)


def groups(folder: Path) -> list[tuple[File, ...]]:
    return alike(compiled("--offline", "--semantics", "2.1", "-a", "create,prune", str(folder)))


def names(folder: Path) -> list[list[str]]:
    return [[Path(file.scope.name).stem for file in group] for group in groups(folder)]


def test_files_that_differ_in_their_names_are_alike(tmp_path: Path) -> None:
    for name in ("blog-prod", "wiki-prod", "zoo-prod"):
        write(tmp_path, name)
    (group,) = groups(tmp_path)
    assert [file.word for file in group] == ["blog", "wiki", "zoo"]
    length = group[0].last
    assert [(file.first, file.last) for file in group] == [
        (1 + n * length, length + n * length) for n in range(3)
    ]


def test_repositories_have_names_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, "one", REPOSITORY="ssh://a@example.org/./x.borg")
    write(tmp_path, "two", REPOSITORY="/elsewhere/y.borg")
    assert names(tmp_path) == [["one", "two"]]


@pytest.mark.parametrize(
    "changed",
    [{"DAYS": "8"}, {"SERVICE": "another"}, {"NAME": "another"}, {"SERVICE": "two; true"}],
)
def test_whatever_else_differs_is_a_difference(tmp_path: Path, changed: dict[str, str]) -> None:
    write(tmp_path, "one")
    write(tmp_path, "two", **changed)
    write(tmp_path, "three")
    assert names(tmp_path) == [["one", "three"], ["two"]]


def test_numbers_and_options_are_no_names(tmp_path: Path) -> None:
    """Else `--keep-daily 7` in the file `7` would be the same as `--keep-daily 8` in the file `8`."""
    for name in ("7", "8"):
        write(tmp_path, name, DAYS=name, NAME="x", SERVICE="x", REPOSITORY="/y")
    assert names(tmp_path) == [["7"], ["8"]]
    for name in ("daily", "weekly"):
        write(tmp_path, name, NAME="x", SERVICE="x", REPOSITORY="/y")
        path = tmp_path / f"{name}.yaml"
        path.write_text(path.read_text().replace("keep_daily", f"keep_{name}"))
    assert ["daily", "weekly"] not in names(tmp_path)


def test_folders_tell_files_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path, name)
        (tmp_path / f"folder-{name}").mkdir()
        (tmp_path / f"{name}.yaml").rename(tmp_path / f"folder-{name}" / "config.yaml")
    plan = compiled("--offline", "-a", "create", *map(str, sorted(tmp_path.iterdir())))
    assert [[file.word for file in group] for group in alike(plan)] == [["one", "two"]]
