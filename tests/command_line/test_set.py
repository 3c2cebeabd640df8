"""Options of the command line that change what configurations say, in whole runs."""

from __future__ import annotations

import os
import re

import pytest

from tests.command_line.place import FLAT, Place, nothing_ran

SECRET = "hunter2-80217"


@pytest.fixture
def prepared(place: Place) -> Place:
    place.write("c.yaml", f"{FLAT}before_backup: ['echo hook >> ~/trace']\n")
    return place


# --- --set ---


def test_plan_shows_what_is_set_and_apply_does_it(prepared: Place) -> None:
    words = (
        "-a",
        "create",
        "--set",
        "before_backup=['echo other >> ~/trace']",
        "--set",
        "compression=zlib",
        "c.yaml",
    )
    ran = prepared.run("plan", *words)
    assert ran.code == 0
    assert "echo other" in ran.out
    assert "zlib" in ran.out
    assert prepared.run("apply", *words).code == 0
    assert prepared.trace == ["other", "borg create"]


@pytest.mark.parametrize("command", ["plan", "apply", "lint"])
@pytest.mark.parametrize(
    "wish",
    ["keep_daily", "keep_dayly=1", "keep_daily=x", "keep_daily=", "keep_daily=[", "exclude_patterns=!include x",
     f"encryption_passphrase={SECRET}", f"storage.encryption_passphrase={SECRET}",
     f"encryption_passphrase_={SECRET}", "keep_daily=\udcff"],
)  # fmt: skip
def test_what_makes_no_sense_stops_everything(prepared: Place, command: str, wish: str) -> None:
    ran = prepared.run(command, "--set", wish, "c.yaml")
    nothing_ran(prepared, ran)
    assert re.search(r"--set.*: error BP\d{3} ", ran.out + ran.err)
    assert SECRET not in ran.out + ran.err


def test_a_hook_that_can_not_be_compiled_stops_everything(prepared: Place) -> None:
    wish = 'before_backup=["echo $(( {configuration_filename} ))"]'
    nothing_ran(prepared, prepared.run("apply", "-a", "create", "--set", wish, "c.yaml"))


def test_a_repository_that_can_not_be_created_is_no_success(prepared: Place) -> None:
    words = ("apply", "-a", "repo-create", "--offline", "--set", "repositories=[other]", "c.yaml")
    assert prepared.run(*words).code == 2


# --- log files ---


@pytest.mark.parametrize("by", ["--log-file", "--set", "option"])
def test_a_run_is_noted_in_the_log_file(prepared: Place, by: str) -> None:
    words: tuple[str, ...] = ("--log-file", "run.log") if by == "--log-file" else ()
    if by == "--set":
        words = ("--set", "log_file=run.log")
    if by == "option":
        prepared.write(
            "c.yaml", f"{prepared.read('c.yaml')}log_file: run.log\non_error: [echo sorry]\n"
        )
    prepared.program("borg", "printf 'one\\ntwo'; exit 2")
    assert prepared.run("apply", "-a", "create", *words, "c.yaml").code == 1
    lines = prepared.read("run.log").splitlines()
    assert all(
        re.fullmatch(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] (INFO|ERROR): .*", line) for line in lines
    )
    assert [line.partition("] ")[2] for line in lines][:5] == [
        f"INFO: [1/{3 if by == 'option' else 2}] echo hook >> ~/trace",
        f"INFO: [2/{3 if by == 'option' else 2}] borg create repo",
        "INFO: one",
        "INFO: two",
        f"ERROR: [2/{3 if by == 'option' else 2}] FAILED: borg create ended with exit code 2",
    ]


def test_a_log_file_is_added_to_and_not_for_everybody(prepared: Place) -> None:
    words = ("apply", "-q", "-a", "create", "--log-file", "~/run.log", "c.yaml")
    prepared.run(*words)
    log = prepared.path / "run.log"
    assert log.stat().st_mode & 0o777 == 0o640
    once = log.read_text()
    assert "borg create" in once
    prepared.run(*words)
    assert log.read_text().startswith(once)
    assert len(log.read_text()) == 2 * len(once)


def test_control_characters_do_not_reach_the_log(prepared: Place) -> None:
    prepared.program("borg", "printf '\\033[31mred\\rfake\\n\\377\\n'")
    prepared.run("apply", "-a", "create", "--log-file", "run.log", "c.yaml")
    text = prepared.read("run.log")
    assert "\x1b" not in text
    assert "\r" not in text
    assert text.count("\n") == 4


def test_plan_lint_and_help_write_no_log(prepared: Place) -> None:
    prepared.run("plan", "--log-file", "run.log", "c.yaml")
    prepared.run("lint", "--log-file", "run.log", "c.yaml")
    assert not (prepared.path / "run.log").exists()


@pytest.mark.parametrize("path", ["no/such/run.log", ".", "/dev/full/x"])
def test_a_log_file_that_can_not_be_opened_stops_everything(prepared: Place, path: str) -> None:
    ran = prepared.run("apply", "--log-file", path, "c.yaml")
    nothing_ran(prepared, ran)
    assert f"borgplan refuses to run: log file {path}: " in ran.err


def test_a_pipe_that_nobody_reads_stops_everything_and_hangs_nothing(prepared: Place) -> None:
    os.mkfifo(prepared.path / "pipe")
    nothing_ran(prepared, prepared.run("apply", "--log-file", "pipe", "c.yaml"))


def test_a_full_disk_does_not_stop_a_run(prepared: Place) -> None:
    ran = prepared.run("apply", "-a", "create", "--log-file", "/dev/full", "c.yaml")
    assert ran.code == 0
    assert prepared.trace == ["hook", "borg create"]


def test_a_pipe_that_is_full_does_not_stop_a_run(prepared: Place) -> None:
    os.mkfifo(prepared.path / "pipe")
    reader = os.open(prepared.path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    prepared.program("borg", "seq 20000")
    ran = prepared.run("apply", "-a", "create", "--log-file", "pipe", "c.yaml")
    os.close(reader)
    assert ran.code == 0


def test_each_of_two_files_may_have_its_log(prepared: Place) -> None:
    for name in ("a", "b"):
        prepared.write(f"{name}.yaml", f"{FLAT}log_file: {name}.log\n")
    assert prepared.run("apply", "-a", "create", "a.yaml", "b.yaml").code == 0
    assert "borg create" in prepared.read("a.log")
    assert "borg create" in prepared.read("b.log")


# --- other options ---


def test_without_interpolation_names_stay_as_they_are(prepared: Place) -> None:
    prepared.write(
        "c.yaml",
        f"{FLAT}compression: '${{LEVEL}}'\nbefore_backup: ['echo \"<${{LEVEL}}>\" >> ~/trace']\n",
    )
    words = ("apply", "-a", "create", "c.yaml")
    assert "zlib" in prepared.run("plan", *words[1:], LEVEL="zlib").out
    ran = prepared.run("plan", "--no-environment-interpolation", *words[1:], LEVEL="zlib")
    assert ran.code == 0
    assert "'${LEVEL}'" in ran.out
    assert prepared.run("apply", "--no-environment-interpolation", *words[1:], NOT="").code == 0
    assert prepared.trace[0] == "<>"  # the shell's own: it is not set


def test_default_actions_false_needs_actions(prepared: Place) -> None:
    prepared.write(".config/borgmatic/config.yaml", f"{FLAT}default_actions: false\n")
    for command in ("plan", "apply"):
        ran = prepared.run(command)
        nothing_ran(prepared, ran)
        assert "error BP410" in ran.err
    assert prepared.run("lint").code == 0
    assert prepared.run("apply", "-a", "create").code == 0
    assert prepared.trace == ["borg create"]


def test_default_actions_true_is_the_default(prepared: Place) -> None:
    prepared.write(".config/borgmatic/config.yaml", f"{FLAT}default_actions: true\n")
    assert prepared.run("plan").code == 0


# --- how repositories are created ---

OWN = (
    "source_directories: [/etc/hostname]\nrepositories:\n- {path: repo, encryption: none, append_only: true, "
    "storage_quota: 5G, make_parent_directories: true}\n- {path: plain, encryption: repokey}\n"
)


def init(place: Place, *words: str) -> list[list[str]]:
    place.write("own.yaml", OWN)
    data = place.run(
        "plan", "--offline", "--format", "json", "-a", "repo-create", *words, "own.yaml"
    ).data
    return [step["work"]["argv"] for step in data["steps"]]


def test_a_repositorys_own_options_are_used(prepared: Place) -> None:
    one, two = init(prepared)
    assert one[:4] == ["borg", "init", "--encryption", "none"]
    text = " ".join(one)
    assert "--append-only" in text
    assert "--storage-quota 5G" in text.replace("=", " ")
    assert "--make-parent-dirs" in text
    assert " ".join(two).split()[2:4] == ["--encryption", "repokey"]
    assert not {"--append-only", "--storage-quota", "--make-parent-dirs"} & set(two)


def test_the_command_line_wins(prepared: Place) -> None:
    one, two = init(prepared, "-e", "keyfile", "--storage-quota", "1G", "--append-only")
    for words in (one, two):
        text = " ".join(words).replace("=", " ")
        assert "--encryption keyfile" in text
        assert "--storage-quota 1G" in text
        assert "--append-only" in text
        assert "5G" not in text


def test_no_encryption_is_an_error(prepared: Place) -> None:
    ran = prepared.run("apply", "--offline", "-a", "repo-create", "c.yaml")
    nothing_ran(prepared, ran)
    assert "error BP409 repo-create needs an encryption mode for repo" in ran.err
