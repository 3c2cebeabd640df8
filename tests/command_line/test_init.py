"""`borgplan init` as a user sees it: the file, its mode, and that it is one to go on from."""

from __future__ import annotations

import os
import subprocess

import pytest
import yaml

from tests.command_line.place import Place

BORGMATIC = os.environ.get("BORGMATIC", "")


def test_a_file_is_written_that_has_nothing_wrong_with_it(place: Place) -> None:
    ran = place.run("init", "-r", "/backups/one", "/etc", "here", "-o", "c.yaml")
    assert (ran.code, ran.out) == (0, "")
    assert "borgplan plan c.yaml" in ran.err
    assert (place.path / "c.yaml").stat().st_mode & 0o777 == 0o600
    found = yaml.safe_load(place.read("c.yaml"))
    assert found["source_directories"] == ["/etc", str(place.path / "here")]
    assert found["repositories"] == [{"path": "/backups/one"}]
    lint = place.run("lint", "c.yaml")
    assert (lint.code, lint.out, lint.err) == (
        0,
        "",
        "1 file checked: 0 errors, 0 warnings, 0 notes\n",
    )


def test_the_release_is_pinned_beside_it(place: Place) -> None:
    ran = place.run("init", "-o", "c.yaml")
    assert "borgplan.yaml says that the file is written for borgmatic 2.1." in ran.err
    assert (place.path / "borgplan.yaml").stat().st_mode & 0o777 == 0o600
    assert yaml.safe_load(place.read("borgplan.yaml")) == {"semantics": 2.1}
    plan = place.run("plan", "c.yaml", "--format", "json")
    assert {(m["semantics"], m["by"]) for m in plan.data["meanings"]} == {("2.1", "named")}


def test_other_files_keep_their_meaning(place: Place) -> None:
    place.write("a.yaml", "source_directories: [/etc]\n")
    ran = place.run("init", "-o", "c.yaml")
    assert ran.code == 0
    assert "borgplan.yaml was not written, because it would be for a.yaml, too" in ran.err
    assert not (place.path / "borgplan.yaml").exists()


def test_a_project_file_is_not_changed(place: Place) -> None:
    place.write("borgplan.yaml", "semantics: 1.9\n")
    ran = place.run("init", "-o", "c.yaml")
    assert ran.code == 0
    assert "borgplan.yaml is there already, and was not changed" in ran.err
    assert "to say so, write `semantics: 2.1` to borgplan.yaml." in ran.err
    assert place.read("borgplan.yaml") == "semantics: 1.9\n"


def test_nothing_but_configurations_in_a_folder_that_borgmatic_reads(place: Place) -> None:
    ran = place.run("init", "-o", "borgmatic.d/c.yaml")
    assert ran.code == 0
    assert f"{place.path}/borgplan.yaml was not written" in ran.err
    assert [file.name for file in (place.path / "borgmatic.d").iterdir()] == ["c.yaml"]
    assert not (place.path / "borgplan.yaml").exists()


def test_without_a_name_it_is_printed(place: Place) -> None:
    ran = place.run("init")
    assert ran.code == 0
    assert yaml.safe_load(ran.out)["source_directories"] == ["/etc", "/home"]
    assert "borgplan plan FILE" in ran.err


def test_what_is_commented_out_is_right_too(place: Place) -> None:
    text = place.run("init").out
    for name in ("encryption_passphrase", "encryption_passcommand"):
        place.write("c.yaml", text.replace(f"# {name}", name))
        assert place.run("lint", "c.yaml").code == 0
    head, _, tail = text.partition("# commands:")
    place.write("c.yaml", head + "commands:" + tail.replace("\n# ", "\n"))
    ran = place.run("plan", "c.yaml")
    assert ran.code == 0
    assert "mail -s" in ran.out


def test_nothing_is_overwritten(place: Place) -> None:
    place.write("c.yaml", "mine")
    (place.path / "link").symlink_to("nowhere")
    assert place.run("init", "-o", "c.yaml").code == 2
    assert place.run("init", "-o", "link").code == 2
    assert place.read("c.yaml") == "mine"
    assert not (place.path / "nowhere").exists()
    assert place.run("init", "-o", "c.yaml/c.yaml").code == 2
    assert place.read("c.yaml") == "mine"


def test_a_missing_folder_is_made(place: Place) -> None:
    ran = place.run("init", "-o", ".config/borgmatic/config.yaml")
    assert (ran.code, ran.out) == (0, "")
    assert "Created the directory .config/borgmatic." in ran.err
    assert (place.path / ".config/borgmatic").stat().st_mode & 0o777 == 0o700
    again = place.run("init", "-o", ".config/borgmatic/other.yaml")
    assert again.code == 0
    assert "Made" not in again.err


def test_a_folder_that_cannot_be_made(place: Place) -> None:
    place.write("file", "")
    ran = place.run("init", "-o", "file/below/c.yaml")
    assert ran.code == 2
    assert "Traceback" not in ran.err
    (place.path / "gone").symlink_to("nowhere")
    assert place.run("init", "-o", "gone/c.yaml").code == 2


@pytest.mark.parametrize("path", ["/a b", "/a: b", "/it's", "/- #x", "/[x", "/${HOME}", "/é"])
def test_any_path_stands_for_itself(place: Place, path: str) -> None:
    assert place.run("init", path, "-r", path, "-o", "c.yaml").code == 0
    ran = place.run("plan", "--offline", "--format", "json", "c.yaml")
    assert ran.code == 0
    assert [scope["name"] for scope in ran.data["scopes"] if scope["kind"] == "repository"] == [
        path
    ]
    assert f"R {path}" in str(ran.data["scratch"]) or path in str(ran.data["steps"])


def test_braces_stand_for_themselves_in_sources_and_are_borgs_in_repositories(place: Place) -> None:
    assert place.run("init", "/a{b}", "-r", "/r", "-o", "c.yaml").code == 0
    ran = place.run("plan", "--offline", "--format", "json", "c.yaml")
    assert ran.code == 0
    assert "R /a{b}" in str(ran.data["scratch"])
    place.run("init", "/a", "-r", "/a{b}", "-o", "d.yaml")
    assert "BP441" in place.run("plan", "--offline", "d.yaml").err


def test_a_path_that_is_no_line_is_refused(place: Place) -> None:
    ran = place.run("init", "/a\nb", "-o", "c.yaml")
    assert ran.code == 2
    assert "can't be written to a configuration file" in ran.err
    assert not (place.path / "c.yaml").exists()


@pytest.mark.oracle
@pytest.mark.skipif(not BORGMATIC, reason="BORGMATIC names no borgmatic 2.1")
def test_borgmatic_takes_it(place: Place) -> None:
    place.run("init", "-r", "user@host:backups", "-o", "c.yaml")
    done = subprocess.run(
        [BORGMATIC, "config", "validate", "-c", place.path / "c.yaml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deprecated" not in done.stdout + done.stderr
