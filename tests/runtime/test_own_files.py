"""Which YAML files are configurations of their own: what `lint --skip-others` leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from borgplan.runtime.commands.own_files import own_files
from borgplan.runtime.main import main

FLAT = "source_directories: [/etc]\nrepositories: [{path: r}]\n"


@pytest.mark.parametrize(
    "text",
    [
        FLAT,
        "location:\n  source_directories: [/etc]\n  repositories: [r]\n",
        "repositories:\n  - path: r\n",
        f"<<: !include common.yaml\n{FLAT}",
        "<<: !include common.yaml\n",
        f"---\n# a comment\n{FLAT}keep_dayly: 1\n",
        f"{FLAT}\tkeep_daily: 1\n",  # a mistake in the YAML
        f"{FLAT}x-mine: 1\n",
        '"repositories": [{path: r}]\n"source_directories": [/etc]\n',
        "source_directories: [/etc]\nkeep_daily: 7\n",
    ],
)
def test_a_configuration(text: str, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    assert own_files([str(path)]) == (str(path),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "keep_daily: 7\nkeep_weekly: 4\n",
        "retention:\n  keep_daily: 7\n",
        "commands:\n  - before: action\n    run: [x]\n",
        "- hosts: all\n  roles: [borgmatic]\n",
        "services:\n  borgmatic:\n    image: x\n    repositories: x\n",
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  config.yaml: |\n    repositories: []\n",
        "borgmatic:\n  repositories:\n    - path: r\n",
        "repositories:\n  - name: stable\n    url: https://example.org\n",
        "name: x\non: push\njobs: {}\nrepositories: [x]\n",
        "just text\n",
    ],
)
def test_something_else(text: str, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    assert own_files([str(path)]) == ()


@pytest.mark.parametrize(
    "include",
    [
        "<<: !include common.yaml",
        "<<: !include 'common.yaml'",
        "<<: !include [other.yaml, common.yaml]",
        "<<:\n  - !include common.yaml",
        "retention: !include common.yaml",
    ],
)
def test_what_another_file_includes_is_none_of_its_own(include: str, tmp_path: Path) -> None:
    """Also if that one isn't named, as pre-commit names what has changed."""
    (tmp_path / "common.yaml").write_text(FLAT)
    (tmp_path / "host.yaml").write_text(f"{include}\n{FLAT}")
    assert own_files([str(tmp_path / "common.yaml")]) == ()
    names = [str(tmp_path / name) for name in ("host.yaml", "common.yaml")]
    assert own_files(names) == (names[0],)


@pytest.mark.parametrize(
    ("including", "included", "name"),
    [
        ("a/host.yaml", "common/base.yaml", "../common/base.yaml"),
        ("a/host.yaml", "base.yaml", "../base.yaml"),
        ("host.yaml", "common/base.yaml", "common/base.yaml"),
    ],
)
def test_in_other_folders(including: str, included: str, name: str, tmp_path: Path) -> None:
    for path, text in ((including, f"<<: !include {name}\n"), (included, FLAT)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert own_files([str(tmp_path / included)]) == ()


def test_what_cannot_be_read_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "missing.yaml")
    assert own_files([missing]) == (missing,)
    assert main(["lint", "--skip-others", missing]) == 2
    assert "missing.yaml:1:1: error BP101" in capsys.readouterr().out


def test_nothing_left_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tasks.yml"
    path.write_text("- name: x\n")
    assert main(["lint", "--skip-others", str(path)]) == 0
    assert "none of these files" in capsys.readouterr().err
    assert main(["lint", str(path)]) == 2
