"""What is said: the summary of a run, its JSON report, colour, and text that could fool a terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from itertools import pairwise

import pytest

from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.model import Phase, Plan, ScopeKind, Trigger
from borgplan.compiler.plan.words import ARCHIVE, Use
from borgplan.compiler.plan.work import Request
from borgplan.runtime.engine.runner import Result
from borgplan.runtime.engine.sizes import ArchiveSize
from borgplan.runtime.engine.tally import NO_TALLY, Tally, Unreadable
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.render.summary import as_data, render
from borgplan.runtime.report.style import Style
from tests.runtime.build import (
    FAILED_EXIT,
    FAILED_NEXT,
    command,
    plan,
    run_scope,
    scope,
    shell,
    step,
)
from tests.runtime.test_interpret import Recording
from tests.support.laboratory import Laboratory, Ran

# --- the summary of a run ---


def service(*, with_extract: bool = False) -> Plan:
    """before, borg create, borg check, after, on_error, always: numbered 1 to 6."""
    borg = [step("create", "action", work=command("borg", "create", "/r"), hard=FAILED_EXIT)]
    if with_extract:
        late = command("borg", "extract", ("/r::", Use(ARCHIVE)))
        borg.append(step("extract", "action", work=late, hard=FAILED_EXIT))
    else:
        borg.append(step("check", "action", work=command("borg", "check", "/r"), hard=FAILED_EXIT))
    return plan(
        [
            run_scope(),
            scope("file"),
            scope("/r", "file", ScopeKind.REPOSITORY, failed=FAILED_EXIT),
            scope("action", "/r", ScopeKind.ACTION),
        ],
        [
            step("before", "file", Phase.ENTER, work=shell("stop app")),
            *borg,
            step("after", "file", Phase.EXIT, work=shell("start app")),
            step("error", "file", Phase.RECOVER, Trigger.FAILURE, shell("tell admin")),
            step("always", "run", Phase.EXIT, Trigger.ALWAYS, shell("rm lock")),
        ],
    )


def told(
    results: Mapping[str, Result] | None = None,
    tested: Plan | None = None,
    broken: tuple[str, ...] = (),
    style: Style | None = None,
    seconds: float = 0.0,
) -> list[str]:
    """The lines of the summary of a run in which steps end as given."""
    tested = tested or service()
    report = interpret(tested, Recording(results))
    code = report.exit_code or (1 if broken else 0)
    return render(tested, report, broken, code, style or Style(), seconds).splitlines()


def test_a_run_without_failures_is_one_sentence() -> None:
    assert told() == ["Done: 5 commands ran in 0.0 s, nothing failed."]


def test_a_failure_is_told_with_what_did_not_run_and_what_ran_because_of_it() -> None:
    assert told({"create": Result(Outcome.HARD, 2)}) == [
        "FAILED: 4 commands ran in 0.0 s, 1 failed, 2 did not run.",
        "  failed         2  borg create /r: ended with exit code 2",
        "  not run        3  borg check /r, because step 2 failed",
        "  not run        4  `start app`, because step 2 failed",
        "  ran            5  `tell admin`",
        "  ran            6  `rm lock`",
        "No backup of file was made in /r.",
        "Exit code 1.",
    ]


def test_a_message_of_a_good_end_that_was_not_sent_is_not_told() -> None:
    message = step("ping", "run", Phase.EXIT, work=Request("GET", "http://127.0.0.1/", ExitCodes()))
    tested = service()
    lines = told(
        {"create": Result(Outcome.HARD, 2)}, tested._replace(steps=(*tested.steps, message))
    )
    assert lines[0] == "FAILED: 4 commands ran in 0.0 s, 1 failed, 2 did not run."
    assert not any("GET" in line for line in lines)


def test_a_command_that_could_not_start_is_told_with_the_reason() -> None:
    lines = told({"before": Result(Outcome.HARD, None, note="could not be started: why")})
    assert lines[0] == "FAILED: 2 commands ran in 0.0 s, 1 failed, 3 did not run."
    assert lines[1] == "  failed         1  `stop app`: could not be started: why"


def test_a_death_by_signal_is_told_by_its_name() -> None:
    lines = told({"create": Result(Outcome.HARD, -9)})
    assert lines[1] == "  failed         2  borg create /r: was ended by SIGKILL"


def test_an_interrupted_run_is_told_as_such() -> None:
    lines = told({"create": Result(Outcome.INTERRUPTED, -15)})
    assert lines == [
        "INTERRUPTED by SIGTERM: 4 commands ran in 0.0 s, 2 did not run.",
        "  interrupted    2  borg create /r: was interrupted",
        "  not run        3  borg check /r, because the run was interrupted",
        "  not run        4  `start app`, because the run was interrupted",
        "  ran            5  `tell admin`",
        "  ran            6  `rm lock`",
        "No backup of file was made in /r.",
        "Exit code 143.",
    ]


NO_BACKUP = "No backup of file was made in /r."


@pytest.mark.parametrize("code", [None, 2, 75, 128, -9])
def test_that_there_is_no_backup_is_told(code: int | None) -> None:
    assert NO_BACKUP in told({"create": Result(Outcome.HARD, code)})
    assert NO_BACKUP in told({"before": Result(Outcome.HARD, code)})


MADE = "Backup of file in /r: archive vm-1"


@pytest.mark.parametrize("code", [1, 2, 100, 127])
def test_an_archive_that_borg_has_named_is_there_even_if_its_code_counts_as_failed(
    code: int,
) -> None:
    lines = told({"create": Result(Outcome.HARD, code, archive="vm-1")})
    assert NO_BACKUP not in lines
    assert MADE in lines
    assert NO_BACKUP in told({"create": Result(Outcome.HARD, code)})


def test_the_archive_is_named() -> None:
    made = Result(Outcome.DONE, archive="vm-1")
    assert told({"create": made}) == ["Done: 5 commands ran in 0.0 s, nothing failed.", MADE]
    report = interpret(service(), Recording({"create": made}))
    data = json.loads(json.dumps(as_data(service(), report, [], 0)))
    assert data["dumps"] == []
    assert data["backups"] == [
        {
            "configuration": "file", "repository": "/r", "archive": "vm-1", "missing": False, "hidden": None,
            "size": None, "since_last": None, "times_usual": 0, "shrunk": False, "last": None, "files": {},
            "seconds": 0.0,
        }
    ]  # fmt: skip
    assert data["repositories"] == [
        {
            "configuration": "file", "repository": "/r", "label": None, "archives": ["vm-1"], "pruned": None,
            "kept": None, "freed": None, "checks": [],
        }
    ]  # fmt: skip
    assert [step["archive"] for step in data["steps"] if step["archive"]] == ["vm-1"]


def made(
    size: ArchiveSize,
    former: ArchiveSize | None = None,
    tally: Tally = NO_TALLY,
    color: bool = False,
) -> list[str]:
    """The lines of the summary of a run that made an archive."""
    result = Result(Outcome.DONE, archive="vm-1", size=size, seconds=151.0, tally=tally)
    report = interpret(service(), Recording({"create": result}))
    before = {"create": [former]} if former else {}
    style = Style(color=color)
    return render(service(), report, (), 0, style, 0.0, former=before).splitlines()


SIZE = ArchiveSize(2110, 9_040_000_000, 7_300_000_000, 1_320_000_000)


def test_what_came_of_it_is_told() -> None:
    tally = Tally(12, 30, 2068, 1, 0, stored=120_300_000_000)
    usual = ArchiveSize(2100, 7_840_000_000, 7_300_000_000, 440_000_000)
    assert made(SIZE, usual, tally) == [
        "Done: 5 commands ran in 0.0 s, nothing failed.",
        MADE,
        "  Files:    2,110 (12 new, 30 changed, 2,068 unchanged, 1 changed while Borg read them)",
        "  Size:     9.04 GB (+1.20 GB since the last backup), 7.30 GB compressed",
        "  Added:    1.32 GB, 3 times the usual; the repository holds 120.30 GB",
        "  Time:     2:31 min",
    ]
    assert made(ArchiveSize(1, 5)) == [
        "Done: 5 commands ran in 0.0 s, nothing failed.", MADE, "  Files:    1", "  Size:     5 B", "  Time:     2:31 min",
    ]  # fmt: skip


def test_what_could_not_be_read_is_named() -> None:
    names = tuple(Unreadable(f"srv/{n}\n", "Permission denied" if n else "") for n in range(2))
    lines = made(SIZE, SIZE, Tally(unreadable=12, unreadable_files=names))
    assert lines[2:7] == [
        "  WARNING:  12 files or directories could not be read, and so not backed up:",
        "      srv/0\\x0a",
        "      srv/1\\x0a: Permission denied",
        "      and 10 more",
        "  Files:    2,110",
    ]
    assert "  Size:     9.04 GB (the same as the last backup), 7.30 GB compressed" in lines
    lines = made(SIZE, SIZE, Tally(unreadable=1, unreadable_files=names[:1]), color=True)
    assert lines[2:4] == [
        "\x1b[33m  WARNING:  1 file or directory could not be read, and so not backed up:\x1b[0m",
        "\x1b[33m      srv/0\\x0a\x1b[0m",
    ]


def test_a_backup_that_has_shrunk_is_told() -> None:
    small = ArchiveSize(1, 584, 538, 540)
    former = ArchiveSize(201, 5_600_000, 5_600_000, 9)
    assert made(small, former)[:3] == [
        "Done: 5 commands ran in 0.0 s, nothing failed, but 1 backup is less than a tenth of the last one.",
        MADE,
        "  WARNING:  this backup is less than a tenth of the last one, which had 201 files, 5.60 MB",
    ]
    empty = ArchiveSize(0, 0, 0, 540)
    assert made(empty, former)[:3] == [
        "Done: 5 commands ran in 0.0 s, nothing failed, but 1 backup is EMPTY.",
        MADE,
        "  WARNING:  this backup is EMPTY; the last one had 201 files, 5.60 MB",
    ]
    assert made(empty)[2] == "  WARNING:  this backup is EMPTY"
    assert made(empty, empty)[2] == "  Files:    0"
    result = Result(Outcome.DONE, archive="vm-1", size=small)
    report = interpret(service(), Recording({"create": result}))
    data = json.loads(json.dumps(as_data(service(), report, (), 0, former={"create": [former]})))
    assert data["backups"][0]["shrunk"] is True
    assert data["backups"][0]["last"]["files"] == 201
    assert data["backups"][0]["size"] == {
        "files": 1, "original": 584, "compressed": 538, "added": 540,
    }  # fmt: skip


def test_what_prune_compact_and_checks_did_is_told() -> None:
    tidied = Tally(pruned=1, kept=14, freed=56_000_000)
    checks = command("borg", "check", "/r")._replace(checks=("archives", "repository"))
    steps = [
        step("prune", "action", work=command("borg", "prune", "/r")),
        step("check", "action", work=checks, hard=FAILED_EXIT),
    ]
    scopes = [
        run_scope(), scope("file"), scope("/r", "file", ScopeKind.REPOSITORY, failed=FAILED_EXIT),
        scope("action", "/r", ScopeKind.ACTION),
    ]  # fmt: skip
    tested = plan(scopes, steps)
    good = {"prune": Result(Outcome.DONE, tally=tidied), "check": Result(Outcome.DONE, seconds=4.0)}
    assert told(good, tested)[1:] == [
        "Repository /r of file:",
        "  Prune:    1 archive deleted, 14 kept",
        "  Compact:  about 56.00 MB freed",
        "  Check:    archives, repository: no problems found, 4.0 s",
    ]
    bad = told({"check": Result(Outcome.HARD, 1, seconds=4.0)}, tested)
    assert bad[2:4] == [
        "Repository /r of file:",
        "  Check:    archives, repository: NOT PASSED, 4.0 s",
    ]


def test_there_is_a_backup_although_a_later_step_failed() -> None:
    assert NO_BACKUP not in told({"check": Result(Outcome.HARD, 2)})


def test_a_backup_that_a_hook_asked_to_leave_out_is_missing_and_the_headline_says_so() -> None:
    soft = ExitCodes(soft=((75, 75),))
    steps = [
        step._replace(work=step.work._replace(exits=soft)) if step.id == "before" else step
        for step in service().steps
    ]
    lines = told({"before": Result(Outcome.SOFT, 75)}, service()._replace(steps=tuple(steps)))
    assert NO_BACKUP in lines
    assert lines[0].endswith(
        "nothing failed, 1 hook exited 75 and skipped the remaining steps, but 1 of 1 backup not made."
    )


def test_a_warning_is_told_and_is_no_failure() -> None:
    assert told({"create": Result(Outcome.DONE, 1)}) == [
        "Done: 5 commands ran in 0.0 s, nothing failed, 1 warning.",
        "  warning        2  borg create /r: ended with exit code 1",
    ]


def test_a_step_with_nothing_to_do_is_not_counted_as_run() -> None:
    nothing = Result(Outcome.DONE, None, note="nothing to do: there is no archive yet")
    assert told({"extract": nothing}, service(with_extract=True)) == [
        "Done: 4 commands ran in 0.0 s, nothing failed."
    ]


def test_a_file_that_could_not_be_used_makes_the_run_a_failure() -> None:
    assert told(broken=("bad.yaml",)) == [
        "FAILED: 5 commands ran in 0.0 s, 1 configuration file not usable.",
        "  not usable        bad.yaml: see its errors above",
        "Exit code 1.",
    ]


def test_a_step_that_leaves_quietly_is_told() -> None:
    tested = plan([run_scope()], [step("a", work=shell("a", ExitCodes(soft=((75, 75),))))])
    lines = told({"a": Result(Outcome.SOFT, 75)}, tested)
    assert lines == [
        "Done: 1 command ran in 0.0 s, nothing failed, 1 hook exited 75 and skipped the remaining steps.",
        "  skipped        1  `a`: ended with exit code 75",
    ]


def test_where_leaving_quietly_is_a_failure_the_summary_says_so() -> None:
    exits = ExitCodes(soft=((75, 75),), soft_fails_run=True)
    lines = told(
        {"a": Result(Outcome.SOFT, 75)}, plan([run_scope()], [step("a", work=shell("a", exits))])
    )
    assert lines == [
        "FAILED: 1 command ran in 0.0 s, 1 hook exited 75, which counts as a failure there.",
        "  skipped        1  `a`: ended with exit code 75",
        "Exit code 1.",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (60, "1:00 min"),
        (3599.9, "59:59 min"),
        (3661, "1:01:01"),
    ],
)
def test_durations_are_told_as_people_say_them(seconds: float, text: str) -> None:
    tested = plan([run_scope()], [step("a")])
    (line,) = told(tested=tested, seconds=seconds)
    assert line == f"Done: 1 command ran in {text}, nothing failed."


def test_each_not_run_step_names_the_failure_of_its_own_repository() -> None:
    """Two repositories, both fail; what the second left out is not failed_repository on the first."""
    scopes = [run_scope(), scope("file")]
    steps = []
    for name in ("near", "far"):
        scopes.append(scope(name, "file", ScopeKind.REPOSITORY, failed=FAILED_EXIT))
        for action in ("create", "check"):
            scopes.append(scope(f"{name}.{action}", name, ScopeKind.ACTION))
            work = command("borg", action, name)
            steps.append(step(f"{name}_{action}", f"{name}.{action}", work=work, hard=FAILED_NEXT))
    tested = plan(scopes, steps)
    bad = Result(Outcome.HARD, 2)
    lines = told({"near_create": bad, "far_create": bad}, tested)
    assert [line for line in lines if "not run " in line] == [
        "  not run        2  borg check near, because step 1 failed",
        "  not run        4  borg check far, because step 3 failed",
    ]


def test_the_report_for_programs_says_the_same() -> None:
    tested = service()
    report = interpret(tested, Recording({"create": Result(Outcome.HARD, 2, seconds=1.23456)}))
    data = as_data(tested, report, ("bad.yaml",), 1)
    steps = data.pop("steps")
    assert isinstance(steps, list)
    assert data == {
        "format": "borgplan-report",
        "version": 1,
        "run": None,
        "status": "failed",
        "exit_code": 1,
        "signal": None,
        "broken": ["bad.yaml"],
        "dumps": [],
        "backups": [
            {
                "configuration": "file",
                "repository": "/r",
                "archive": None,
                "missing": True,
                "hidden": None,
                "size": None,
                "since_last": None,
                "times_usual": 0,
                "shrunk": False,
                "last": None,
                "files": {},
                "seconds": None,
            }
        ],
        "repositories": [
            {
                "configuration": "file",
                "repository": "/r",
                "label": None,
                "archives": [],
                "pruned": None,
                "kept": None,
                "freed": None,
                "checks": [],
            }
        ],
    }
    assert [
        (s["number"], s["id"], s["fate"], s["cause"], s["code"], s["seconds"]) for s in steps
    ] == [
        (1, "before", "done", None, 0, 0.0),
        (2, "create", "failed", None, 2, 1.235),
        (3, "check", "not run", 2, None, None),
        (4, "after", "not run", 2, None, None),
        (5, "error", "done", None, 0, 0.0),
        (6, "always", "done", None, 0, 0.0),
    ]


def test_the_report_tells_error_hooks_that_were_not_needed_from_those_left_out() -> None:
    tested = service()
    steps = as_data(tested, interpret(tested, Recording()), (), 0)["steps"]
    assert isinstance(steps, list)
    assert [step["fate"] for step in steps] == [*["done"] * 4, "not needed", "done"]


# --- through the command line ---

TWO_HOOKS = """\
location:
    source_directories: [/etc]
    repositories: [$TMP/repos/near]
retention:
    keep_daily: 1
hooks:
    before_backup: [hook one, hook two]
    on_error: [hook error]
"""
FAIL_ONE = [{"event": "hook", "argv": ["one"], "exit": 3, "stdout": "said by one\n"}]
FAIL_ALL = [{"event": "hook", "exit": 3}]


def apply(laboratory: Laboratory, *words: str, fails: bool = False, **env: str) -> Ran:
    laboratory.write({"cwd/test.yaml": TWO_HOOKS, "repos/near/config": "[repository]\n"})
    (laboratory.tmp / "cwd/test.yaml").chmod(0o600)
    return laboratory.run(["apply", *words, "test.yaml"], FAIL_ONE if fails else (), env=env)


def steady(text: str) -> str:
    return re.sub(r"\d+\.\d s", "0.0 s", text)


def test_the_summary_is_the_result_and_the_rest_goes_to_stderr(laboratory: Laboratory) -> None:
    ran = apply(laboratory)
    first, second, third = steady(ran.stdout).splitlines()
    assert first == "Done: 6 commands ran in 0.0 s, nothing failed."
    assert re.fullmatch(r"Backup of \S+ in \S+/repos/near: archive lab-2024-02-03T04:05:06", second)
    assert third == "  Check:    archives, repository: no problems found, 0.0 s"
    assert ran.stderr.splitlines()[0].startswith("Running: prune, create and check on 1 repository")
    assert "[1/7] hook one" in ran.stderr


def test_a_failure_is_said_when_it_happens_and_again_in_the_summary(laboratory: Laboratory) -> None:
    ran = apply(laboratory, fails=True)
    assert ran.exit_code == 1
    lines = ran.stderr.splitlines()
    at = lines.index("[1/7] hook one")
    assert lines[at + 1 : at + 3] == [
        "said by one",
        "[1/7] FAILED: `hook one` ended with exit code 3",
    ]
    assert "  failed         1  `hook one`: ended with exit code 3" in ran.stdout.splitlines()


def test_quiet_says_nothing_if_nothing_failed_but_what_steps_print(laboratory: Laboratory) -> None:
    ran = apply(laboratory, "--quiet")
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", "")


def test_quiet_says_what_failed(laboratory: Laboratory) -> None:
    ran = apply(laboratory, "--quiet", fails=True)
    assert ran.stderr == "said by one\n[1/7] FAILED: `hook one` ended with exit code 3\n"
    assert ran.stdout.startswith("FAILED: ")


def test_the_json_report_is_all_of_standard_output(laboratory: Laboratory) -> None:
    ran = apply(laboratory, "--format", "json", fails=True)
    data = json.loads(ran.stdout)
    assert (data["format"], data["version"], data["exit_code"]) == ("borgplan-report", 1, 1)
    assert [step["fate"] for step in data["steps"]] == ["failed", *["not run"] * 5, "done"]


def test_the_json_report_comes_with_quiet_too(laboratory: Laboratory) -> None:
    assert json.loads(apply(laboratory, "--format", "json", "--quiet").stdout)["status"] == "ok"


def test_a_broken_file_beside_a_good_one_is_told_and_the_good_one_runs(
    laboratory: Laboratory,
) -> None:
    laboratory.write({"cwd/bad.yaml": "location: [\n"})
    ran = apply(laboratory, "bad.yaml")
    assert ran.exit_code == 1
    assert [event[0] for event in ran.trace].count("borg") == 4
    assert "  not usable        bad.yaml: see its errors above" in ran.stdout.splitlines()
    assert "bad.yaml:" in ran.stderr


@pytest.mark.parametrize("command_", ["plan", "apply"])
def test_without_a_terminal_all_is_plain_ascii(laboratory: Laboratory, command_: str) -> None:
    long = "hook " + "abcdefgh " * 20
    laboratory.write({"cwd/test.yaml": TWO_HOOKS.replace("hook one", long)})
    (laboratory.tmp / "cwd/test.yaml").chmod(0o600)
    fault = [{"event": "hook", "argv": ["abcdefgh"], "exit": 3}]
    ran = laboratory.run([command_, "test.yaml"], fault)
    assert "abcdefgh" in ran.stdout
    assert "\x1b" not in ran.stdout + ran.stderr
    assert ran.stdout.isascii()
    assert ran.stderr.isascii()


@pytest.mark.parametrize(
    ("words", "env", "coloured"),
    [
        (["--color", "always"], {}, True),
        (
            ["--color", "always"],
            {"NO_COLOR": "1"},
            True,
        ),  # who asks for it on the command line gets it
        (["--color", "never"], {}, False),
        (["--color", "auto"], {}, False),
        ([], {}, False),
        ([], {"NO_COLOR": "1"}, False),
    ],
)
def test_colour_without_a_terminal(
    laboratory: Laboratory, words: list[str], env: dict[str, str], coloured: bool
) -> None:
    ran = apply(laboratory, *words, fails=True, **env)
    assert ("\x1b[31mFAILED" in ran.stdout) == coloured
    assert ("\x1b[" in ran.stdout) == coloured


@pytest.mark.parametrize(
    ("words", "env", "coloured"),
    [
        ([], {}, True),
        (["--color", "never"], {}, False),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, True),  # no-color.org: when not empty
        ([], {"TERM": "dumb"}, False),
    ],
)
def test_colour_on_a_terminal(
    laboratory: Laboratory, words: list[str], env: dict[str, str], coloured: bool
) -> None:
    laboratory.write({"cwd/test.yaml": TWO_HOOKS})
    text = on_a_terminal(laboratory, ["plan", *words, "test.yaml"], env)
    assert "before_backup" in text
    assert ("\x1b[" in text) == coloured
    assert "·" in text  # what an ASCII dash stands for elsewhere


def on_a_terminal(
    laboratory: Laboratory, words: list[str], env: dict[str, str], columns: int = 0
) -> str:
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**laboratory.environment(), "TERM": "xterm", **env}
    process = subprocess.Popen(
        [sys.executable, "-m", "borgplan.runtime", *words],
        cwd=laboratory.tmp / "cwd", env=environment, stdout=theirs, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    data = b""
    while True:
        try:
            data += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert process.wait() == 0
    return data.decode()


# --- the plan ---

AROUND_ACTIONS = """\
source_directories: [/etc]
repositories: [{path: /b/one}, {path: /b/two}]
keep_daily: 1
commands:
  - before: action
    when: [create]
    run: [echo begins]
"""


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_plan_fits_the_terminal(laboratory: Laboratory, columns: int) -> None:
    (laboratory.tmp / "c.yaml").write_text(AROUND_ACTIONS)
    words = ["plan", "--semantics", "2.0", str(laboratory.tmp / "c.yaml")]
    lines = on_a_terminal(laboratory, words, {"NO_COLOR": "1"}, columns).splitlines()
    assert not [line for line in lines if len(line) > columns and len(line.split()) > 2]
    # The place of a command is on its last line, at the right.
    assert all(len(line) in (columns, columns - 1) for line in lines if line.endswith("c.yaml:6"))


def headings(laboratory: Laboratory, text: str) -> list[str]:
    laboratory.write({"cwd/test.yaml": text})
    lines = laboratory.run(["plan", "-a", "create,prune", "test.yaml"]).stdout.splitlines()
    return [b.strip() for a, b in pairwise(lines) if not a and "action" in b]


def test_actions_stand_apart_where_hooks_are_around_one_of_them(laboratory: Laboratory) -> None:
    assert headings(laboratory, AROUND_ACTIONS) == ["action create", "action prune"] * 2
    assert headings(laboratory, AROUND_ACTIONS.partition("commands:")[0]) == []


# --- text that is not ours ---

NASTY = {
    "a colour": ("\\e[31m", "\x1b[31m"),
    "a cleared screen": ("\\e[2J", "\x1b[2J"),
    "a title": ("\\e]0;title\\a", "\x1b]0;title\x07"),
    "a carriage return": ("\\r", "\r"),
    "a backspace": ("\\b", "\b"),
    "an escape of one byte": ("\\x9b31m", "\x9b31m"),
}


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("command_", ["plan", "apply"])
def test_control_characters_of_hooks_are_made_visible(
    laboratory: Laboratory, name: str, command_: str
) -> None:
    written, character = NASTY[name]
    laboratory.write({"cwd/test.yaml": TWO_HOOKS.replace("[hook one", f'["hook one {written}x"')})
    ran = laboratory.run([command_, "--color", "always", "test.yaml"], FAIL_ALL)
    text = without_own_colours(ran.stdout + ran.stderr)
    assert character not in text
    assert "hook one \\x" in text


@pytest.mark.parametrize("name", NASTY)
def test_control_characters_of_options_are_made_visible(laboratory: Laboratory, name: str) -> None:
    written, character = NASTY[name]
    nasty = TWO_HOOKS.replace("keep_daily: 1", f'keep_daily: 1\n    "{written}": 1')
    laboratory.write({"cwd/test.yaml": nasty})
    ran = laboratory.run(["lint", "--color", "always", "test.yaml"])
    text = without_own_colours(ran.stdout + ran.stderr)
    assert character not in text
    assert "unknown option `\\x" in text


def without_own_colours(text: str) -> str:
    """What `--color always` writes is a code, text, and the code that ends it; strays remain."""
    return re.sub(r"\x1b\[(?:1|2|31|32|33|36)m([^\x1b]*)\x1b\[0m", r"\1", text)


@pytest.mark.parametrize("name", ["a colour", "a cleared screen", "a carriage return"])
@pytest.mark.parametrize("command_", ["plan", "apply", "lint"])
def test_control_characters_of_file_names_are_made_visible(
    laboratory: Laboratory, name: str, command_: str
) -> None:
    _, character = NASTY[name]
    file = f"a{character}b.yaml"
    laboratory.write({f"cwd/{file}": TWO_HOOKS, f"cwd/broken{character}.yaml": "location: [\n"})
    ran = laboratory.run([command_, file, f"broken{character}.yaml"], FAIL_ONE)
    assert character not in ran.stdout + ran.stderr
    assert "\\x" in ran.stdout + ran.stderr


# --- readers that have gone away ---


@pytest.mark.parametrize("gone", ["stdout", "stderr"])
def test_a_reader_that_has_gone_away_changes_nothing_of_the_backup(
    laboratory: Laboratory, gone: str
) -> None:
    """As `borgplan apply 2>&1 | head -1`, or a terminal that was closed."""
    apply(laboratory)
    state = laboratory.tmp / "state" / "events"
    expected = state.read_bytes()
    state.unlink()
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "apply", "test.yaml"],
        cwd=laboratory.tmp / "cwd", env=laboratory.environment(), check=False,
        stdout=writer if gone == "stdout" else subprocess.DEVNULL,
        stderr=writer if gone == "stderr" else subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    assert done.returncode == 0
    assert state.read_bytes().count(b"hook") == expected.count(b"hook")
