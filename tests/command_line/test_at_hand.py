"""One journal for all files: what is told of it is about the files at hand, unless all are asked for."""

from __future__ import annotations

import os
import signal

import pytest

from tests.command_line.place import FLAT, Place
from tests.command_line.test_recover import start

CUT = """\
constants: {{container: webapp, folder: m}}
source_directories: [/etc/hostname]
repositories: [{{path: {0}}}]
commands:
  - before: action
    when: [create]
    run: ["mkdir {{folder}}-{0}", "test -e go-on || {{ touch waiting; exec sleep 60; }} # {{container}}"]
  - after: action
    when: [create]
    run: ["rmdir {{folder}}-{0}"]
  - after: error
    run: ["test ! -d {{folder}}-{0} || rmdir {{folder}}-{0}"]
"""
_DEFAULT = ".config/borgmatic/config.yaml"


@pytest.fixture
def two(place: Place) -> Place:
    """Both files have been run, the second one last."""
    for name in ("a.yaml", "b.yaml"):
        place.write(name, FLAT)
        assert place.run("apply", "-a", "create", name).code == 0
    return place


def cut_short(place: Place, name: str) -> None:
    """A run of `NAME.yaml` that has made its folder and was killed then."""
    place.write(f"{name}.yaml", CUT.format(name))
    (place.path / "waiting").unlink(missing_ok=True)
    process, hook = start(place, "apply", "-a", "create", f"{name}.yaml")
    process.kill()
    process.wait()
    os.killpg(hook, signal.SIGKILL)


def files_in(place: Place, *words: str) -> list[str]:
    """The names of the files of the runs that `history` lists."""
    found = place.run("history", "--format", "json", *words).data["runs"]
    return [os.path.basename(path) for run in found for path in run["configurations"]]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ((), ["b.yaml", "a.yaml"]),  # nothing is in the default places
        (("a.yaml",), ["a.yaml"]),
        (("-c", "b.yaml"), ["b.yaml"]),
        (("./a.yaml", "-c", "b.yaml"), ["b.yaml", "a.yaml"]),
        ((".",), ["b.yaml", "a.yaml"]),
        (("link.yaml",), ["a.yaml"]),
        (("links",), ["a.yaml"]),
        (("bin",), []),
        (("a.yaml", "--all"), ["b.yaml", "a.yaml"]),
        (("a.yaml", "--limit", "1"), ["a.yaml"]),
    ],
)
def test_history_is_about_the_files_that_are_named(
    two: Place, words: tuple[str, ...], names: list[str]
) -> None:
    (two.path / "link.yaml").symlink_to("a.yaml")
    (two.path / "links").mkdir()
    (two.path / "links/one.yaml").symlink_to("../a.yaml")
    assert files_in(two, *words) == names
    told = two.run("history", *words).out
    others = 2 - len(names)
    assert ("of other files: borgplan history --all" in told) == (
        others > 0 and "--all" not in words
    )


def test_a_file_that_never_was_is_a_mistake(two: Place) -> None:
    ran = two.run("history", "never.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "never.yaml: there is no such file, and no run of it is recorded" in ran.err


def test_by_default_it_is_about_the_default_places(two: Place) -> None:
    two.write(_DEFAULT, FLAT)
    ran = two.run("history")
    assert ran.out == (
        "No run of these files is recorded yet.\n2 runs of other files: borgplan history --all\n"
    )
    assert two.run("apply", "-a", "create").code == 0
    assert files_in(two) == ["config.yaml"]
    assert two.run("apply", "-a", "create", "a.yaml").code == 0
    assert "config.yaml" in two.run("show", "last").out
    assert "a.yaml" in two.run("show", "last", "--all").out


def test_a_file_that_is_gone_still_has_a_history(two: Place) -> None:
    (two.path / "a.yaml").unlink()
    assert files_in(two, "a.yaml") == ["a.yaml"]
    assert files_in(two, ".") == ["b.yaml", "a.yaml"]


def test_last_is_the_last_of_these_files(two: Place) -> None:
    assert "create a.yaml" in two.run("show", "last", "a.yaml").out
    assert "create b.yaml" in two.run("show", "last", "-c", "b.yaml").out
    ran = two.run("show", "last", "never.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "no run of these files is recorded; --all includes runs of other files" in ran.err
    assert two.run("resume", "last", "a.yaml").code == 0
    assert two.run("resume", "last", "never.yaml").code == 2


def test_a_run_is_shown_by_its_id_whichever_files_are_at_hand(two: Place) -> None:
    run = two.run("history", "--format", "json", "a.yaml").data["runs"][0]["id"]
    two.write(_DEFAULT, FLAT)
    assert two.run("show", run).code == 0


def test_recover_is_about_the_files_that_are_named(place: Place) -> None:
    cut_short(place, "a")
    cut_short(place, "b")
    ran = place.run("recover", "a.yaml")
    assert ran.code == 0, ran
    assert not (place.path / "m-a").exists()
    assert (place.path / "m-b").exists()
    assert "1 run of other files has outstanding cleanups: borgplan recover --all" in ran.err
    place.write(_DEFAULT, FLAT)
    ran = place.run("recover")
    assert (ran.code, (place.path / "m-b").exists()) == (0, True)
    assert place.run("recover", "--all").code == 0
    assert not (place.path / "m-b").exists()
    assert "No cleanup is outstanding" in place.run("recover", "last", "b.yaml").err


def test_a_notice_names_the_configuration_and_what_constants_stand_for(place: Place) -> None:
    cut_short(place, "a")
    cut_short(place, "b")
    ran = place.run("apply", "-a", "create", "a.yaml")
    assert ran.code == 2
    assert f"of {place.path}/a.yaml (started " in ran.err
    assert "outstanding cleanup: `rmdir m-a` (step 1, `mkdir m-a`, had started)" in ran.err
    assert "# webapp`" in ran.err
    assert "b.yaml" not in ran.err
    told = place.run("history", "a.yaml").out
    assert "outstanding cleanup of 1 `mkdir m-a`" in told
    assert "{container}" not in ran.err + told
    assert "{folder}" not in ran.err + told
