"""What the commands say and do where nobody has named a generation."""

from __future__ import annotations

import pytest

from tests.command_line.place import FLAT, Place

SEED = """\
location:
    source_directories: [/etc/hostname]
    repositories: [repo]
retention:
    keep_daily: 1
"""
HOOKS = "hooks:\n    before_backup: [echo before]\n    after_backup: [echo after]\n"
RELEASE = "borgmatic-1.9.14.dist-info"


def install(place: Place, release: str = RELEASE) -> dict[str, str]:
    """A borgmatic that says when it is run, and the environment in which it is looked for."""
    place.write("venv/pyvenv.cfg", "")
    place.write(f"venv/lib/python3.11/site-packages/{release}/METADATA", "")
    program = place.write("venv/bin/borgmatic", f"#!{place.path}/venv/bin/python\n")
    program.chmod(0o755)
    python = place.write("venv/bin/python", "#!/bin/sh\ntouch $HOME/was-run\n")
    python.chmod(0o755)
    return {"BORGPLAN_BORGMATIC": str(program)}


@pytest.fixture
def ready(place: Place) -> Place:
    place.write("c.yaml", SEED + HOOKS)
    return place


GUESS = "No borgmatic release is specified; assuming 1.3 in c.yaml."


def test_apply_tells_of_a_guess_in_one_line_and_how_to_pin_it(ready: Place) -> None:
    ran = ready.run("apply", "c.yaml")
    (line,) = [line for line in ran.err.splitlines() if "assuming" in line]
    assert line.startswith(GUESS)
    assert line.endswith("`semantics: 1.3` in borgplan.yaml, or --semantics 1.3.")


def test_one_line_for_all_files(ready: Place) -> None:
    ready.write("d.yaml", SEED.replace("repo]", "other]") + "hooks:\n    before_prune: [echo]\n")
    ran = ready.run("apply", "c.yaml", "d.yaml")
    (line,) = [line for line in ran.err.splitlines() if "assuming" in line]
    assert "assuming 1.3 in c.yaml, 1.5 in d.yaml." in line


@pytest.mark.parametrize(
    "words",
    [
        ("c.yaml", "--semantics", "1.3"),
        ("c.yaml", "--quiet"),
        ("c.yaml", "--log-format", "json"),
        ("flat.yaml",),  # the newest runs the same
        ("plain.yaml", "-a", "create"),
    ],
)
def test_where_nothing_is_to_be_said(ready: Place, words: tuple[str, ...]) -> None:
    ready.write("flat.yaml", FLAT)
    ready.write("plain.yaml", SEED)
    assert "assum" not in ready.run("apply", *words).err


def test_the_project_file_ends_it(ready: Place) -> None:
    ready.write("borgplan.yaml", "semantics: 1.5\n")
    assert "assum" not in ready.run("apply", "c.yaml").err
    assert "assum" not in ready.run("plan", "c.yaml").out


def test_plan_says_what_is_installed_and_does_not_run_it(ready: Place) -> None:
    environment = install(ready)
    ran = ready.run("plan", "c.yaml", **environment)
    assert "Release: hooks follow borgmatic 1.9.0 to 1.9.14" in ran.out
    found = f"{ready.path}/venv/bin/borgmatic: borgmatic 1.9.14, according to "
    assert found in ran.out.replace("\u2014", "-")
    assert f"{RELEASE}.\n" in ran.out
    assert "assum" not in ran.out
    assert "assum" not in ready.run("apply", "c.yaml", **environment).err
    assert not (ready.path / "was-run").exists()


def test_offline_does_not_look(ready: Place) -> None:
    ran = ready.run("plan", "--offline", "c.yaml", **install(ready))
    assert "(--semantics 1.3)" in ran.out
    assert "1.9.14" not in ran.out


def test_one_that_does_not_know_the_file_is_told_and_does_not_count(ready: Place) -> None:
    ready.write("new.yaml", FLAT)
    ran = ready.run("plan", "new.yaml", **install(ready, "borgmatic-1.5.24.dist-info"))
    assert "(--semantics 1.8)" in ran.out
    assert "the installed borgmatic 1.5.24 refuses it" in ran.out


def test_lint_takes_the_same(ready: Place) -> None:
    text = ready.read("c.yaml").replace(
        "echo before", "touch before"
    )  # what only prints is the same anywhere
    ready.write("d.yaml", text)
    assert "BP330" in ready.run("lint", "d.yaml").out
    assert "BP330" not in ready.run("lint", "d.yaml", **install(ready)).out


def test_plan_shows_what_several_files_mean(ready: Place) -> None:
    ready.write("new.yaml", FLAT)
    ran = ready.run("plan", "c.yaml", "new.yaml")
    assert "Release: hooks in c.yaml follow borgmatic 1.3.22" in ran.out
    assert "Release: hooks in new.yaml follow borgmatic 1.8.12" in ran.out
    assert "Hooks around everything follow borgmatic 1.8, the newest of these.\n" in ran.out


def test_migrate_makes_no_guess_permanent(ready: Place) -> None:
    ran = ready.run("migrate", "c.yaml")
    assert ran.code == 2
    assert ready.read("c.yaml") == SEED + HOOKS
    assert "no borgmatic release is specified for c.yaml; 1.3 would be a guess" in ran.err
    assert "borgplan migrate --semantics 1.3 c.yaml" in ran.err
    assert ready.run("migrate", "--semantics", "auto", "c.yaml").code == 2
    assert ready.read("c.yaml") == SEED + HOOKS


def test_migrate_shows_a_guess_as_one(ready: Place) -> None:
    ran = ready.run("migrate", "--diff", "c.yaml")
    assert ran.code == 0
    assert "1.4.11 (assumed)." in ran.err
    assert ready.run("migrate", "--check", "c.yaml").code == 1
    assert ready.read("c.yaml") == SEED + HOOKS


@pytest.mark.parametrize("how", ["named", "pinned", "installed"])
def test_migrate_writes_what_somebody_has_said(ready: Place, how: str) -> None:
    words: tuple[str, ...] = ("--semantics", "1.5") if how == "named" else ()
    environment = install(ready) if how == "installed" else {}
    if how == "pinned":
        ready.write("borgplan.yaml", "semantics: 1.5\n")
    assert ready.run("migrate", *words, "c.yaml", **environment).code == 0
    assert "commands:" in ready.read("c.yaml")


def test_a_file_in_the_current_form_needs_no_name(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}source_directories_must_exist: true\n")
    assert place.run("migrate", "c.yaml").code == 0
