"""Who else can replace what a run reads or starts: owners, folders, links; not only the modes of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from borgplan.runtime.system.ownership import exposure
from tests.command_line.place import FLAT, Place

NOBODY = 65534
USERS = 100  # a group that has members, or may have: see `members`

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture(autouse=True)
def members(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the groups of this machine are."""
    from borgplan.runtime.system import ownership

    monkeypatch.setattr(
        ownership, "_others_in", lambda group: "group users" if group == USERS else ""
    )
    ownership.exposure.cache_clear()


def give(path: Path, user: int = NOBODY) -> None:
    os.lchown(path, user, -1)


def why(path: Path) -> str:
    exposure.cache_clear()
    found = exposure(str(path))
    return found.why.replace(f"{path.parent}", "HERE") if found else ""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir(mode=0o755)
    path = tmp_path / "folder/file"
    path.write_text("x")
    path.chmod(0o600)
    return path


def test_nobody_can_replace_what_is_only_ours(file: Path) -> None:
    assert why(file) == ""
    assert why(Path("/bin/sh")) == ""
    assert why(Path("/dev/null")) == ""


@needs_root
def test_the_owner_of_a_file_can(file: Path) -> None:
    give(file)
    assert why(file) == "user nobody owns HERE/file"


@needs_root
def test_the_owner_of_a_folder_can_at_any_height(file: Path) -> None:
    give(file.parent)
    assert why(file) == "user nobody owns the folder HERE"
    deep = file.parent / "a/b/c"
    deep.mkdir(parents=True)
    assert "owns the folder" in why(deep / "not-there-yet")


def test_whoever_may_write_into_a_folder_can(file: Path) -> None:
    file.parent.chmod(0o777)
    assert why(file) == "everybody can write into the folder HERE"
    file.parent.chmod(0o1777)
    assert why(file) == ""


@needs_root
def test_in_a_folder_with_the_sticky_bit_only_what_is_theirs(file: Path) -> None:
    file.parent.chmod(0o1777)
    (file.parent / "theirs").mkdir()
    (file.parent / "theirs/file").write_text("x")
    give(file.parent / "theirs")
    assert "owns the folder" in why(file.parent / "theirs/file")
    (file.parent / "link").symlink_to(file)
    assert why(file.parent / "link") == ""
    give(file.parent / "link")
    assert "owns the link" in why(file.parent / "link")


@needs_root
def test_a_group_counts_if_it_has_other_members(file: Path) -> None:
    os.chown(file.parent, 0, USERS)
    file.parent.chmod(0o775)
    assert why(file) == "group users can write into the folder HERE"
    os.chown(file.parent, 0, 0)
    assert why(file) == ""


def test_what_a_link_leads_to_counts(file: Path, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "open/target").write_text("x")
    link = file.parent / "link"
    for target in (tmp_path / "open/target", "../open/target", "../folder/../open/target"):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        assert "everybody can write into the folder" in why(link)
    (file.parent / "loop").symlink_to("loop")
    assert why(file.parent / "loop") == ""


@needs_root
@pytest.mark.parametrize("what", ["file", "folder", "include", "project", "link"])
def test_a_configuration_that_somebody_else_can_replace(place: Place, what: str) -> None:
    place.write("etc/c.yaml", f"{FLAT}before_backup: !include inc/hooks\n")
    place.write("etc/inc/hooks", "[echo a]\n")
    place.write("etc/borgplan.yaml", "steps: [{select: borg create, timeout: 90}]\n")
    assert "BP63" not in place.run("lint", "etc/c.yaml").out
    given = {
        "file": "etc/c.yaml",
        "folder": "etc",
        "include": "etc/inc",
        "project": "etc/borgplan.yaml",
    }
    if what == "link":
        (place.path / "real").mkdir()
        (place.path / "etc").rename(place.path / "real/etc")
        (place.path / "etc").symlink_to("real/etc")
        given[what] = "real"
    give(place.path / given[what])
    told = {"include": "etc/inc/hooks", "project": "etc/borgplan.yaml"}.get(what, "etc/c.yaml")
    ran = place.run("lint", "etc/c.yaml")
    assert f"{told}:1:1: warning BP632 another user can replace this file" in ran.out
    assert "user nobody owns" in ran.out
    assert "BP632" not in place.run("lint", "--untrusted", "etc/c.yaml").out
    ran = place.run("apply", "-a", "create", "etc/c.yaml")
    assert f"{told}:1:1: warning BP632" in ran.err
    assert "borg create" in place.trace


PROGRAMS = {
    "a script": "before_backup: [theirs/program]\n",
    "a script in quotes": "before_backup: ['x=1; \"HERE/theirs/program\" y']\n",
    "a script for a shell": "before_backup: ['sh ./theirs/program']\n",
    "a program": "local_path: HERE/theirs/program\n",
    "a program on PATH": "local_path: other\n",
    "a wrapper on PATH": "before_backup: [other true]\n",
    "a pass command": "encryption_passcommand: HERE/theirs/program\n",
    "the file of a pass command": "encryption_passcommand: cat HERE/theirs/program\n",
    "ssh": "ssh_command: HERE/theirs/program -p 22\n",
    "a key": "ssh_command: ssh -i HERE/theirs/program\n",
    "a key, joined": "ssh_command: ssh -iHERE/theirs/program\n",
    "an identity": "ssh_command: ssh -o IdentityFile=HERE/theirs/program\n",
    "a credential": "encryption_passphrase: '{credential file HERE/theirs/program}'\n",
    "a script of the folder that a hook goes to": "before_backup: ['cd HERE/theirs && ./program']\n",
    "one beside it": "before_backup: ['cd / ; cd HERE/bin && sh ../theirs/program']\n",
    "a key file": "borg_key_file: HERE/theirs/program\n",
}


@needs_root
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_somebody_else_can_replace(place: Place, name: str) -> None:
    place.program("borg", "")
    place.write("theirs/program", "#!/bin/sh\necho phrase\n").chmod(0o755)
    (place.path / "bin/other").symlink_to("../theirs/program")
    place.write("c.yaml", FLAT + PROGRAMS[name].replace("HERE", str(place.path)))
    assert "BP633" not in place.run("lint", "c.yaml").out
    give(place.path / "theirs")
    out = place.run("lint", "c.yaml").out
    assert out.count("warning BP633 another user can replace") == 1, out
    assert "user nobody owns the folder" in out
    assert "BP633" in place.run("apply", "-a", "create", "c.yaml").err
    assert "BP633" not in place.run("lint", "--untrusted", "c.yaml").out


@needs_root
def test_a_folder_of_others_before_the_program_on_path(place: Place) -> None:
    (place.path / "theirs").mkdir()
    place.write("c.yaml", FLAT)
    path = f"{place.path}/theirs:{place.environment['PATH']}"
    assert "BP633" not in place.run("lint", "c.yaml", PATH=path).out
    give(place.path / "theirs")
    assert f"can replace {place.path}/theirs/borg" in place.run("lint", "c.yaml", PATH=path).out
    path = f"{place.environment['PATH']}:{place.path}/theirs"
    assert "BP633" not in place.run("lint", "c.yaml", PATH=path).out


@needs_root
def test_what_runs_with_the_rights_of_its_owner_is_theirs(place: Place) -> None:
    place.write("theirs/program", "#!/bin/sh\n").chmod(0o755)
    give(place.path / "theirs")
    program = f"{place.path}/theirs/program"
    for how in ("runuser -u nobody --", "su nobody -c", "sudo -n -u nobody"):
        place.write("c.yaml", f"{FLAT}before_backup: ['{how} {program}']\n")
        assert "BP633" not in place.run("lint", "c.yaml").out
    place.write("c.yaml", f"{FLAT}before_backup: ['sudo {program}']\n")
    assert "BP633" in place.run("lint", "c.yaml").out


@needs_root
def test_a_saved_plan_that_somebody_else_can_replace(place: Place) -> None:
    place.write("c.yaml", FLAT)
    place.run("plan", "-a", "create", "-o", "saved/p", "c.yaml")
    (place.path / "saved").mkdir()
    place.run("plan", "-a", "create", "-o", "saved/p", "c.yaml")
    give(place.path / "saved")
    assert "saved/p:1:1: warning BP632" in place.run("apply", "saved/p").err
