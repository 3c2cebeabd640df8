"""`--untrusted`: a configuration from a stranger learns nothing of this machine, and runs nothing on it."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.command_line.place import FLAT, Place

SECRET = "hunter2-of-this-machine"
COMMANDS = [
    ("plan", "c.yaml"),
    ("plan", "--format", "json", "c.yaml"),
    ("plan", "--failures", "c.yaml"),
    ("plan", "--script", "c.yaml"),
    ("plan", "--format", "markdown", "c.yaml"),
    ("lint", "c.yaml"),
    ("lint", "--shell", "--format", "github", "c.yaml"),
    ("lint", "--format", "sarif", "c.yaml"),
    ("lint", "--format", "json", "."),
    ("diff", "--format", "markdown", "old.yaml", "c.yaml"),
    ("diff", "--format", "json", "old.yaml", "c.yaml"),
    ("diff", "HEAD:old.yaml", "c.yaml"),
    ("diff", "HEAD:c.yaml", "old.yaml"),
]


@pytest.fixture
def work(place: Place) -> Place:
    """A repository in a folder of a machine that has secrets."""
    if not shutil.which("git"):
        pytest.skip("there is no git")
    place.write("secret", f"{SECRET}\n")
    place.write("secrets/one", f"{SECRET}\n")
    place.program("evil", f'touch "{place.path}/marker"\necho borg {SECRET}\n')
    place.write("work/old.yaml", FLAT)
    git(place, "init", "-q", "-b", "main")
    with (place.path / "work/.git/config").open("a") as file:
        file.write(f"[http]\nextraheader = {SECRET}\n")
    return place


def git(place: Place, *words: str) -> None:
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    subprocess.run(
        ("git", *who, *words), cwd=place.path / "work", env=place.environment, check=True
    )


# What a stranger may write to have something of the machine in the report; HERE is the machine's folder.
ATTACKS = {
    "an include": "archive_name_format: !include HERE/secret\n",
    "a relative include": "archive_name_format: !include ../secret\n",
    "an include of git's settings": "archive_name_format: !include .git/config\n",
    "an include by another spelling": "archive_name_format: !include x/../.GIT/config\n",
    "an include of all": "<<: !include HERE/secret\n",
    "an include through a link": "archive_name_format: !include link\n",
    "an include through a folder": "archive_name_format: !include folder/one\n",
    "excludes": "exclude_from: [HERE/secret]\n",
    "excludes by a pattern": "exclude_from: ['HERE/secrets/*']\n",
    "excludes through a link": "exclude_from: [link, 'folder/*']\n",
    "patterns": "patterns_from: [HERE/secret]\n",
    "sources": "patterns: ['R HERE/secrets/*']\n",
    "a source": "exclude_patterns: [x]\nworking_directory: HERE/secrets\n",
    "a variable": "ssh_command: ${SECRET}\n",
    "a variable in a constant": "constants: {x: '${SECRET}'}\narchive_name_format: '{x}'\n",
    "a variable in a hook": "before_backup: ['echo ${SECRET} ${SECRET:-no}']\n",
    "a variable in a credential": "encryption_passphrase: '{credential file ${SECRET}}'\n",
    "a credential": "encryption_passphrase: '{credential file HERE/secret}'\n",
    "a program": "local_path: HERE/bin/evil\n",
    "a pass command": "encryption_passcommand: HERE/bin/evil\n",
    "ssh": "ssh_command: HERE/bin/evil\n",
    "a state": "user_state_directory: HERE/secrets\n",
    "a hook": "before_backup: [HERE/bin/evil]\n",
    "ShellCheck": 'before_backup: ["# shellcheck source=HERE/secret\\n. HERE/secret"]\n',
}


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_of_the_machine_is_in_any_report(work: Place, name: str) -> None:
    text = ATTACKS[name].replace("HERE", str(work.path))
    text = f"source_directories: [/etc]\nrepositories: [{{path: repo}}]\nkeep_daily: 1\n{text}"
    work.write("work/c.yaml", text)
    (work.path / "work/link").symlink_to(work.path / "secret")
    (work.path / "work/folder").symlink_to(work.path / "secrets")
    git(work, "add", "c.yaml", "old.yaml", "link", "folder")
    git(work, "commit", "-q", "-m", "a")
    for command, *words in COMMANDS:
        ran = work.run(command, "--untrusted", *words, directory="work", SECRET=SECRET)
        assert SECRET not in ran.out + ran.err, (command, words)
        assert "internal error" not in ran.err
        assert "secrets/one" not in ran.out + ran.err.replace("folder/one", ""), (command, words)
    assert not work.read("marker")


def test_what_is_left_unread_is_said_in_the_comment_too(work: Place) -> None:
    text = f"exclude_from: [../secret]\nssh_command: ssh ${{SECRET}}\n{FLAT}"
    work.write("work/c.yaml", text)
    ran = work.run(
        "diff", "--untrusted", "--format", "markdown", "old.yaml", "c.yaml", directory="work"
    )
    assert ran.code == 0, ran
    for shown in (ran.out, ran.err):
        assert "Not read (--untrusted): ../secret" in shown
        assert "Not replaced (--untrusted): ${SECRET}" in shown
    assert "environment BORG_RSH" in ran.out
    assert "${SECRET}" in ran.out
    ran = work.run("lint", "--untrusted", "c.yaml", directory="work")
    assert "c.yaml:1:16: note BP631 pattern file ../secret is not read" in ran.out
    assert "Not read" in ran.err
    assert "Not read" in work.run("plan", "--untrusted", "c.yaml", directory="work").err


def test_what_is_left_unread_can_not_speak_for_borgplan(work: Place) -> None:
    """GitHub takes lines that begin so for commands."""
    work.write("work/c.yaml", f'exclude_from: ["/x\\n::error::no"]\n{FLAT}')
    ran = work.run("lint", "--untrusted", "--format", "github", "c.yaml", directory="work")
    assert "/x\\x0a::error::no" in ran.err
    assert not any(line.lstrip().startswith("::error") for line in (ran.out + ran.err).splitlines())


def test_an_include_from_elsewhere_is_known_later(work: Place) -> None:
    work.write("work/c.yaml", f"{FLAT}before_backup: !include ../private\n")
    ran = work.run("lint", "--untrusted", "c.yaml", directory="work")
    assert ran.code == 0
    assert "c.yaml:4:16: note BP631 included file ../private is not read" in ran.out
    assert (
        "../private: known when applied."
        in work.run("plan", "--untrusted", "c.yaml", directory="work").out
    )


def test_what_is_in_the_repository_is_read(work: Place) -> None:
    work.write(
        "work/etc/c.yaml",
        f"{FLAT}exclude_from: [common/ex*]\nbefore_backup: !include ../common/hooks\n",
    )
    work.write("work/common/hooks", "[echo from-the-include]\n")
    work.write("work/common/excludes", "/home/from-the-excludes\n")
    work.write("work/etc/borgplan.yaml", "steps: [{select: borg create, timeout: 90}]\n")
    for directory, path in (("work", "etc/c.yaml"), (".", "work/etc")):
        ran = work.run("plan", "--untrusted", path, directory=directory)
        assert ran.code == 0, ran
        assert "echo from-the-include" in ran.out
        assert "stopped after 90 s" in ran.out
        assert ("from-the-excludes" in ran.out) is (
            directory == "work"
        )  # relative to where it runs
        assert "Not read" not in ran.err or directory == "."


def test_what_the_caller_names_is_read_wherever_it_is(work: Place) -> None:
    work.write("policy", "every failure of borg create is reported\n")
    work.write("project.yaml", "steps: [{select: borg create, timeout: 90}]\n")
    words = ("--project", "../project.yaml", "--policy", "../policy", "old.yaml")
    ran = work.run("plan", "--untrusted", *words, directory="work")
    assert "stopped after 90 s" in ran.out, ran
    assert "BP901" in ran.err  # judged by the policy


def test_without_a_repository_the_folder_is_all(place: Place) -> None:
    place.write("a/c.yaml", f"{FLAT}exclude_from: [{place.path}/b]\n")
    place.write("b", SECRET)
    ran = place.run("plan", "--untrusted", f"{place.path}/a/c.yaml")
    assert (ran.code, SECRET in ran.out + ran.err) == (0, False)


def test_a_configuration_that_is_a_link_is_left_unread(work: Place) -> None:
    (work.path / "work/c.yaml").symlink_to(work.path / "secret")
    for words in (
        ("lint", "c.yaml"),
        ("plan", "c.yaml"),
        ("diff", "old.yaml", "c.yaml"),
        ("lint", "."),
    ):
        ran = work.run(words[0], "--untrusted", *words[1:], directory="work")
        assert SECRET not in ran.out + ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("lint", "--fix", "old.yaml"), ("lint", "--check-programs", "old.yaml"),
        ("plan", "--probe", "old.yaml"), ("diff", "last", "old.yaml"), ("apply", "old.yaml"),
        ("plan",), ("lint",), ("diff", "old.yaml", "--against-semantics", "1.8"),
    ],
)  # fmt: skip
def test_what_does_not_go_with_it(work: Place, words: tuple[str, ...]) -> None:
    ran = work.run(words[0], "--untrusted", *words[1:], directory="work")
    if words[-1] == "1.8":
        assert ran.code == 0
        return
    assert ran.code == 2, ran
    assert not work.trace
