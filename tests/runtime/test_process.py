"""Steps as real processes: what they get, what is kept of their output, how their end is read."""

from __future__ import annotations

import os
import signal
import sys
import time
import tracemalloc
import uuid
from pathlib import Path

import pytest

from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.scratch import Scratch, ScratchKind
from borgplan.compiler.plan.words import ARCHIVE, Late, ScratchPath, Use, Value
from borgplan.compiler.plan.work import LAST_LINE
from borgplan.runtime.process import watch
from tests.runtime.build import SECRET, command, shell
from tests.runtime.conftest import Processes

# --- output ---


def test_output_comes_while_the_process_runs(processes: Processes, tmp_path: Path) -> None:
    """The hook waits for an answer to its first line: it only ends if that line arrives."""
    answer = tmp_path / "answer"
    os.mkfifo(answer)

    def reply(data: bytes) -> None:
        if b"question" in data:
            answer.write_text("yes\n")

    processes.sink.on_output = reply
    result = processes.run(shell(f"echo question; read line < {answer}; echo got $line"))
    assert result.outcome is Outcome.DONE
    assert processes.sink.data == b"question\ngot yes\n"


def test_what_is_done_from_time_to_time_is_not_done_for_each_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]
    done: list[None] = []
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    rounds = watch._Rounds(lambda: done.append(None))

    def wait_at(moment: float) -> int | None:
        clock[0] = moment
        return rounds.done()

    waits = [wait_at(moment) for moment in (0.0, 0.25, 1.0, 1.5, 2.0)]
    assert waits == [1001, 751, 1001, 501, 1001]
    assert len(done) == 2
    assert watch._Rounds(None).done() is None


def test_errors_and_output_arrive_in_the_order_written(processes: Processes) -> None:
    result = processes.run(shell("echo 1; echo 2 >&2; echo 3"))
    assert result.output == "1\n2\n3"


def test_25_lines_are_kept_whole(processes: Processes) -> None:
    result = processes.run(shell("seq 25"))
    assert result.output == "\n".join(str(n) for n in range(1, 26))


@pytest.mark.parametrize("script", ["seq 1000", "seq 999; printf 1000"], ids=["ended", "unended"])
def test_of_more_lines_the_last_25_are_kept(processes: Processes, script: str) -> None:
    result = processes.run(shell(script))
    assert result.output == "...\n" + "\n".join(str(n) for n in range(976, 1001))
    assert processes.sink.data.split() == [str(n).encode() for n in range(1, 1001)]


@pytest.mark.parametrize("end", ["", "; echo"], ids=["unended", "ended"])
def test_of_a_long_line_the_end_is_kept(processes: Processes, end: str) -> None:
    result = processes.run(shell(f"head -c 40000 /dev/zero | tr '\\0' x; printf end{end}"))
    assert result.output.startswith("...\nxxx")
    assert result.output.endswith("xxxend")
    assert len(result.output) <= 16384 + 4


def test_a_character_split_between_two_writes_is_kept_whole(processes: Processes) -> None:
    result = processes.run(shell(r"printf '\303'; printf '\274'"))
    assert result.output == "ü"


def test_invalid_utf_8_is_passed_on_as_it_is_and_replaced_for_people(processes: Processes) -> None:
    result = processes.run(shell(r"printf 'a\377b\n'"))
    assert processes.sink.data == b"a\xffb\n"
    assert result.output == "a\N{REPLACEMENT CHARACTER}b"


def test_no_nul_reaches_a_hooks_environment(processes: Processes) -> None:
    result = processes.run(shell(r"printf 'a\0b\n'"))
    assert result.output == "ab"


@pytest.mark.parametrize(
    "script",
    [
        "head -c 50000000 /dev/zero",
        "yes 0123456789012345678901234567890123456789 | head -c 50000000",
    ],
    ids=["one line", "many lines"],
)
def test_50_mb_of_output_take_little_memory(processes: Processes, script: str) -> None:
    seen = 0

    def count(data: bytes) -> None:
        nonlocal seen
        seen += len(data)
        processes.sink.data = b""

    processes.sink.on_output = count
    tracemalloc.start()
    try:
        result = processes.run(shell(script))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seen == 50_000_000
    assert peak < 2_000_000
    assert len(result.output) <= 16384 + 4


def test_a_background_process_that_keeps_the_output_open_holds_up_nothing(
    processes: Processes,
) -> None:
    result = processes.run(shell("sleep 1000 & echo $!"))
    os.kill(int(result.output), signal.SIGKILL)
    assert result.outcome is Outcome.DONE


def test_a_background_process_that_writes_without_end_holds_up_nothing(
    processes: Processes,
) -> None:
    result = processes.run(shell("(trap '' PIPE; exec yes 2>/dev/null) & echo pid $!; exit 3"))
    pid = next(line for line in processes.sink.data.split(b"\n") if line.startswith(b"pid"))
    os.kill(int(pid.split()[1]), signal.SIGKILL)
    assert result.code == 3


def test_the_last_line_is_captured_and_not_shown(processes: Processes) -> None:
    work = command("/bin/sh", "-c", "echo a; echo 'b  '; echo; echo note >&2", output=LAST_LINE)
    result = processes.run(work)
    assert result.captured == "b"
    assert (processes.sink.data, result.output) == (b"note\n", "note")


# --- what a process gets ---


def test_standard_input_is_empty(processes: Processes) -> None:
    result = processes.run(shell("cat; echo end"))
    assert result.output == "end"


def test_a_step_has_a_session_of_its_own_and_no_terminal(processes: Processes) -> None:
    result = processes.run(shell("set -- $(cut -d')' -f2 /proc/$$/stat); echo $$ $3 $4 $5"))
    pid, group, session, terminal = result.output.split()
    assert pid == group == session
    assert terminal == "0"
    assert int(session) != os.getsid(0)
    assert processes.run(shell(": < /dev/tty")).outcome is Outcome.HARD


def test_a_umask_is_the_steps_own(processes: Processes) -> None:
    before = os.umask(0o027)
    try:
        assert processes.run(shell("umask", umask=0o077)).output == "0077"
        assert processes.run(shell("umask", umask=0)).output == "0000"
        assert processes.run(shell("umask")).output == "0027"
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)


def test_late_values_come_as_environment_variables(processes: Processes) -> None:
    nasty = "$(touch x) `id` 'a' \"b\"\n* \\ ü"
    work = shell(
        'printf "%s|%s" "$MESSAGE" "$NONE"', late=(("MESSAGE", Late.ERROR), ("NONE", Late.OUTPUT))
    )
    result = processes.run(work, {Late.ERROR: nasty})
    assert processes.sink.data.decode() == f"{nasty}|"
    assert result.outcome is Outcome.DONE


def test_an_unknown_late_value_is_empty_not_inherited(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESSAGE", "inherited")
    result = processes.run(shell('echo "<$MESSAGE>"', late=(("MESSAGE", Late.ERROR),)))
    assert result.output == "<>"


def test_borg_gets_the_plans_environment_on_top_of_the_inherited(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("INHERITED", "REPLACED", "REMOVED"):
        monkeypatch.setenv(name, "from outside")
    print_them = 'echo "$INHERITED/$REPLACED/${REMOVED-unset}"'
    work = command(
        "/bin/sh", "-c", print_them, environment=(("REPLACED", "planned"),), unset=("REMOVED",)
    )
    assert processes.run(work).output == "from outside/planned/unset"
    assert os.environ["REMOVED"] == "from outside"


def test_the_passphrase_is_readable_by_descriptor_and_nowhere_else(processes: Processes) -> None:
    secret = f"päss {uuid.uuid4()}"
    script = (
        "import os; fd = int(os.environ['BORG_PASSPHRASE_FD']); secret = os.read(fd, 1000);"
        "print(secret.hex());"
        "places = [f'/proc/{pid}/{name}' for pid in os.listdir('/proc') if pid.isdigit()"
        "          for name in ('cmdline', 'environ')]\n"
        "for place in places:\n"
        "    try:\n"
        "        found = secret in open(place, 'rb').read()\n"
        "    except OSError:\n"
        "        continue\n"
        "    if found: print('found in', place)"
    )
    work = command(sys.executable, "-c", script, passphrase=SECRET)
    result = processes.run(work, secrets={SECRET: secret})
    assert result.output == secret.encode().hex()


def test_the_patterns_are_readable_under_the_name_in_the_command(processes: Processes) -> None:
    work = command("/bin/cat", (ScratchPath("p"),))
    result = processes.run(
        work, patterns=(Scratch("p", "", ScratchKind.TEXT, ("R /home/ü", "- sh:\udcff")),)
    )
    assert result.outcome is Outcome.DONE
    assert processes.sink.data == b"R /home/\xc3\xbc\n- sh:\xff\n"


def test_a_command_is_completed_by_a_late_value(processes: Processes) -> None:
    work = command("/bin/echo", ("repo::", Use(ARCHIVE)))
    assert processes.run(work, {ARCHIVE: "newest"}).output == "repo::newest"


@pytest.mark.parametrize("values", [{}, {ARCHIVE: ""}], ids=["missing", "empty"])
def test_a_command_without_its_late_value_does_not_run(
    processes: Processes, values: dict[Value, str]
) -> None:
    result = processes.run(command("/bin/echo", ("repo::", Use(ARCHIVE))), values)
    assert (result.outcome, result.code) == (Outcome.DONE, None)
    assert result.note == "nothing to do: there is no archive yet"
    assert processes.sink.data == b""


# --- how it ends ---


@pytest.mark.parametrize(
    ("script", "code", "outcome"),
    [
        ("exit 0", 0, Outcome.DONE),
        ("exit 1", 1, Outcome.DONE),  # of the range of warnings
        ("exit 2", 2, Outcome.HARD),
        ("exit 75", 75, Outcome.SOFT),
        ("exit 255", 255, Outcome.HARD),
        ("kill -TERM $$", -15, Outcome.HARD),
        ("kill -KILL $$", -9, Outcome.HARD),
    ],
)
def test_exit_codes_and_deaths(
    processes: Processes, script: str, code: int, outcome: Outcome
) -> None:
    exits = ExitCodes(soft=((75, 75),), warning=((1, 1),))
    result = processes.run(shell(script, exits))
    assert (result.code, result.outcome) == (code, outcome)


def test_a_missing_program_is_a_failure_with_a_reason(processes: Processes) -> None:
    result = processes.run(command("/nonexistent/borg", "create"))
    assert (result.outcome, result.code) == (Outcome.HARD, None)
    assert result.note == "could not be started: program `/nonexistent/borg` not found"


def test_a_program_that_is_not_executable_is_a_failure_with_a_reason(
    processes: Processes, tmp_path: Path
) -> None:
    (tmp_path / "borg").write_text("#!/bin/sh\n")
    result = processes.run(command(str(tmp_path / "borg"), "create"))
    assert (result.outcome, result.code) == (Outcome.HARD, None)
    assert result.note == "could not be started: permission denied"


def test_a_script_too_long_for_the_system_is_a_failure_with_a_reason(processes: Processes) -> None:
    result = processes.run(shell("true " + "x" * 200_000))
    assert (result.outcome, result.code) == (Outcome.HARD, None)
    assert result.note == "could not be started: argument list too long"


def test_text_the_system_cannot_take_is_a_failure_with_a_reason(processes: Processes) -> None:
    """As an umlaut in a system whose encoding has none; here a lone surrogate, which none has."""
    result = processes.run(shell("echo \ud800"))
    assert (result.outcome, result.code) == (Outcome.HARD, None)
    assert result.note.startswith("could not be started: ")


# --- descriptors ---


def test_a_hook_inherits_no_descriptor(processes: Processes, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        result = processes.run(shell("ls /proc/$$/fd"))
    assert result.output.split() == ["0", "1", "2"]


def test_borg_inherits_only_what_it_is_to_read(processes: Processes) -> None:
    work = command(
        "/bin/sh", "-c", 'ls /proc/$$/fd; echo "$BORG_PASSPHRASE_FD ${0#/dev/fd/}"',
        (ScratchPath("p"),), passphrase=SECRET,
    )  # fmt: skip
    result = processes.run(work, {}, (Scratch("p", "", ScratchKind.TEXT, ()),), {SECRET: "phrase"})
    *descriptors, named = result.output.split("\n")
    assert sorted(descriptors) == sorted(["0", "1", "2", *named.split()])


def test_many_runs_leave_no_descriptor_open(processes: Processes) -> None:
    def run_all() -> None:
        patterns = (Scratch("p", "", ScratchKind.TEXT, ("R /",)),)
        secrets = {SECRET: "phrase"}
        for program in ("/bin/true", "/bin/false", "/nonexistent/borg"):
            work = command(program, (ScratchPath("p"),), passphrase=SECRET)
            processes.run(work, {}, patterns, secrets)
        processes.run(command("/bin/echo", "x", output=LAST_LINE))
        missing = (Use(ARCHIVE),)
        processes.run(command("/bin/echo", (ScratchPath("p"),), missing), {}, patterns)

    run_all()
    before = sorted(os.listdir("/proc/self/fd"))
    for _ in range(20):
        run_all()
    assert sorted(os.listdir("/proc/self/fd")) == before
