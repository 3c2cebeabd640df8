"""Signals to a real `borgplan apply`: the running step stops, what the plan announces still runs.

Every hook, and the stand-in for Borg, is `point NAME`: it notes its name and, if it is the one where
the test wants to act, reports its process ids through a named pipe and waits. No test sleeps.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Phase, Step
from borgplan.compiler.plan.words import Value
from borgplan.compiler.plan.work import Shell, words_of
from borgplan.runtime.engine.runner import AbortedError, Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.process.runner import ProcessRunner
from borgplan.runtime.process.signals import Signals
from tests.runtime.build import compiled, shell, step
from tests.runtime.conftest import Processes
from tests.support.interrupts import default_signals

PR_SET_CHILD_SUBREAPER = 36

POINT = """\
#!/bin/sh
[ "$1" = --version ] && echo "borg 1.4.0" && exit
case $0 in */borg) name=borg-$1 ;; *) name=$1 ;; esac
case "$name $*" in "borg-create "*--json*) made='{"archive": {"name": "made"}}' ;; esac
echo "$name" >> "$LAB/trace"
[ "$name" = "$FAILS" ] && exit 2
[ "$name" = "$STOPS_AT" ] || { [ -z "$made" ] || echo "$made"; exit 0; }
case $MANNER in
    goes-on) echo "$$ $$" > "$LAB/ready"; read -r word < "$LAB/go"; exit 0 ;;
    ignoring) trap 'echo asked > "$LAB/asked"' TERM INT HUP ;;
esac
# The report comes from the child: once it runs a program of its own no trap of this shell is left in it.
sh -c 'echo "$PPID $$" > "$LAB/ready"; exec sleep 1000' &
while :; do wait; done
"""

CONFIGURATION = """\
location:
    source_directories: [/etc/hostname]
    repositories: [repo]
    local_path: {bin}/borg
retention:
    keep_daily: 1
hooks:
    before_everything: [point before_everything]
    before_backup: [point before_backup, point before_backup_2]
    after_backup: [point after_backup]
    on_error: [point on_error, point on_error_2]
    after_everything: [point after_everything]
"""

START = ["before_everything"]
BACKUP = [
    *START,
    "before_backup",
    "before_backup_2",
    "borg-prune",
    "borg-compact",
    "borg-create",
    "borg-check",
]
ERROR = ["on_error", "on_error_2"]
END = ["after_everything"]

# Where the signal comes, and all that ran by the end of the run.
ANNOUNCED = {
    "before_everything": [*START, *END],
    "before_backup": [*START, "before_backup", *ERROR, *END],
    "before_backup_2": [*START, "before_backup", "before_backup_2", *ERROR, *END],
    "borg-prune": [*BACKUP[:4], *ERROR, *END],
    "borg-create": [*BACKUP[:6], *ERROR, *END],
    "borg-check": [*BACKUP, *ERROR, *END],
    "after_backup": [*BACKUP, "after_backup", *ERROR, *END],
    "after_everything": [*BACKUP, "after_backup", *END],
}


@dataclass
class Scene:
    """A place to run `apply` in, stopped at a point of the test's choice."""

    directory: Path
    process: subprocess.Popen[str] | None = None
    watched: tuple[int, ...] = ()
    output: str = ""

    def prepare(self) -> None:
        binaries = self.directory / "bin"
        binaries.mkdir()
        for name in ("borg", "point"):
            (binaries / name).write_text(POINT)
            (binaries / name).chmod(0o755)
        for name in ("ready", "asked", "go"):
            os.mkfifo(self.directory / name)
        configuration = self.directory / "test.yaml"
        configuration.write_text(CONFIGURATION.format(bin=binaries))
        configuration.chmod(0o600)

    def run_to(
        self, point: str, manner: str = "plain", fails: str = "", words: Sequence[str] = (),
        ignored: signal.Signals | None = None,
    ) -> None:  # fmt: skip
        """Start `apply`; it is at `point` when this returns."""
        environment = {
            "PATH": f"{self.directory}/bin:/usr/bin:/bin", "HOME": str(self.directory),
            "LAB": str(self.directory), "STOPS_AT": point, "MANNER": manner, "FAILS": fails,
            "BORGPLAN_STATE_DIRECTORY": f"{self.directory}/journal",
            "BORGPLAN_BORGMATIC": "",
        }  # fmt: skip
        with default_signals(ignored):
            self.process = subprocess.Popen(
                [sys.executable, "-m", "borgplan.runtime", "apply", "test.yaml", *words],
                cwd=self.directory, env=environment, text=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        pids = [int(word) for word in (self.directory / "ready").read_text().split()]
        self.watched = tuple(os.pidfd_open(pid) for pid in pids)

    def send(self, number: int) -> None:
        assert self.process
        self.process.send_signal(number)

    def asked(self) -> str:
        """Waits until the step itself has got a signal."""
        return (self.directory / "asked").read_text().strip()

    def go_on(self) -> None:
        (self.directory / "go").write_text("go\n")

    def says(self, text: str) -> None:
        """Waits until `apply` has said something."""
        assert self.process
        assert self.process.stdout
        while text not in self.output:
            line = self.process.stdout.readline()
            assert line, self.output
            self.output += line

    def finish(self) -> int:
        assert self.process
        assert self.process.stdout
        self.output += self.process.stdout.read()
        return self.process.wait(30)

    @property
    def trace(self) -> list[str]:
        return (self.directory / "trace").read_text().split()

    def all_stopped(self) -> bool:
        """Whether the step's processes have ended, or do so at once (what is killed takes a moment)."""
        return all(bool(select.select([fd], [], [], 5)[0]) for fd in self.watched)

    def close(self) -> None:
        for descriptor in self.watched:
            if not select.select([descriptor], [], [], 0)[0]:
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            os.close(descriptor)
        if self.process:
            self.process.kill()
            self.process.communicate()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    scene.prepare()
    yield scene
    scene.close()


LEAVING_POINTS = ("after_backup", "after_everything")


@pytest.mark.parametrize("point", [name for name in ANNOUNCED if name not in LEAVING_POINTS])
def test_sigterm_stops_the_step_and_runs_what_is_announced(scene: Scene, point: str) -> None:
    scene.run_to(point)
    scene.send(signal.SIGTERM)
    assert scene.finish() == 128 + signal.SIGTERM
    assert scene.trace == ANNOUNCED[point], scene.output
    assert scene.all_stopped()
    assert "INTERRUPTED by SIGTERM" in scene.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("point", LEAVING_POINTS)
def test_a_cleanup_that_runs_goes_on_to_its_end(
    scene: Scene, point: str, number: signal.Signals
) -> None:
    """Half of it would leave nobody knowing what is still to be done."""
    scene.run_to(point, "goes-on")
    scene.send(number)
    scene.says("the running cleanup continues to its end")
    scene.go_on()
    assert scene.finish() == 128 + number
    assert scene.trace == ANNOUNCED[point], scene.output
    assert scene.all_stopped()
    name = signal.Signals(number).name
    assert f"INTERRUPTED by {name}" in scene.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_other_signals_that_ask_to_stop_do_the_same(scene: Scene, number: signal.Signals) -> None:
    scene.run_to("borg-create", "ignoring" if number is signal.SIGINT else "plain")
    scene.send(number)
    if number is signal.SIGINT:  # processes in the background of a script ignore it
        assert scene.asked() == "asked"
        os.killpg(_group(scene), signal.SIGKILL)
    assert scene.finish() == 128 + number
    assert scene.trace == ANNOUNCED["borg-create"], scene.output
    assert scene.all_stopped()


def _group(scene: Scene) -> int:
    """The process group of the step that is running."""
    info = Path(f"/proc/self/fdinfo/{scene.watched[0]}").read_text()
    return int(next(line for line in info.split("\n") if line.startswith("Pid:")).split()[1])


def test_sigterm_while_a_failure_hook_runs(scene: Scene) -> None:
    """It goes on to its end, its fellows and all other cleanups still run."""
    scene.run_to("on_error", "goes-on", fails="borg-create")
    scene.send(signal.SIGTERM)
    scene.go_on()
    assert scene.finish() == 128 + signal.SIGTERM
    assert scene.trace[-3:] == ["on_error", "on_error_2", "after_everything"], scene.output
    assert scene.all_stopped()


@pytest.mark.parametrize("point", ANNOUNCED)
def test_the_plan_predicts_what_an_interrupt_runs(scene: Scene, point: str) -> None:
    """`ANNOUNCED` is written by hand; the interpreter says the same from the plan alone."""
    plan = compiled(str(scene.directory / "test.yaml"))
    runner = InterruptedAt(point)
    report = interpret(plan, runner)
    assert runner.trace == ANNOUNCED[point]
    assert report.exit_code == 128 + signal.SIGTERM


class InterruptedAt(ScriptedRunner):
    def __init__(self, point: str) -> None:
        super().__init__()
        self.trace: list[str] = []
        self._point = point

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        work = step.work
        name = work.written.split()[1] if isinstance(work, Shell) else f"borg-{words_of(work)[1]}"
        self.trace.append(name)
        if name == self._point:
            self.signal = signal.SIGTERM
            return Result(Outcome.INTERRUPTED, -15)
        return Result(Outcome.DONE)


# --- a second signal ---


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_second_signal_ends_the_run_at_once(scene: Scene, second: signal.Signals) -> None:
    scene.run_to("before_backup", "ignoring")
    scene.send(signal.SIGTERM)
    assert scene.asked() == "asked"
    scene.send(second)
    assert scene.finish() == 128 + second
    assert scene.trace == ["before_everything", "before_backup"]
    assert scene.all_stopped()
    assert (
        "Stopped at once by a second signal; cleanups did not run; run them with: borgplan recover "
        in scene.output
    )


def test_a_second_signal_ends_a_cleanup_at_once(scene: Scene) -> None:
    scene.run_to("on_error", "ignoring", fails="borg-create")
    scene.send(signal.SIGTERM)
    scene.send(signal.SIGHUP)
    assert scene.finish() in (
        128 + signal.SIGTERM,
        128 + signal.SIGHUP,
    )  # which came first isn't sure
    assert scene.trace[-1] == "on_error"
    assert scene.all_stopped()


def test_after_a_second_signal_nothing_is_started(processes: Processes, tmp_path: Path) -> None:
    """It may come between two steps."""
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
    assert processes.signals.second == signal.SIGTERM
    with pytest.raises(AbortedError):
        processes.run(shell(f"echo > {tmp_path}/started"))
    # The interpreter of a script is slow to come to its first command, so this file alone proves little.
    assert not (tmp_path / "started").exists()
    assert processes.sink.data == b""


def test_after_a_second_signal_no_process_is_made(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real = subprocess.Popen

    def start(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        made.append("a process")
        return real(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    processes.signals.first = processes.signals.second = signal.SIGTERM
    with pytest.raises(AbortedError):
        processes.run(shell("true"))
    assert made == []


# --- steps that don't want to end ---


# Says that it is ready once the signal ends it, whatever the shell that starts it traps.
CHILD = "sh -c 'echo ready; exec sleep 1000'"


def interrupt_at(processes: Processes, word: bytes) -> None:
    """Once a step has printed `word`, this process gets SIGTERM."""

    def react(_: bytes) -> None:
        if word in processes.sink.data and processes.signals.first is None:
            os.kill(os.getpid(), signal.SIGTERM)

    processes.sink.on_output = react


def test_a_step_that_ignores_the_signal_is_killed_after_the_grace_period(
    processes: Processes,
) -> None:
    processes.grace = 0.01
    interrupt_at(processes, b"ready")
    result = processes.run(shell("trap '' TERM; echo ready; while :; do sleep 1000; done"))
    assert (result.outcome, result.code) == (Outcome.INTERRUPTED, -signal.SIGKILL)


def test_a_step_that_ends_well_when_asked_to_stop_was_interrupted_all_the_same(
    processes: Processes,
) -> None:
    interrupt_at(processes, b"ready")
    result = processes.run(shell(f"trap 'exit 0' TERM; {CHILD} & wait"))
    assert (result.outcome, result.code) == (Outcome.INTERRUPTED, 0)


def test_the_output_of_a_stopping_step_is_kept(processes: Processes) -> None:
    interrupt_at(processes, b"ready")
    result = processes.run(shell(f"trap 'echo cleaning up; exit 4' TERM; {CHILD} & wait"))
    assert (result.output, result.code) == ("ready\ncleaning up", 4)


def test_nothing_goes_on_before_all_of_a_stopped_step_has_ended(
    processes: Processes, tmp_path: Path
) -> None:
    """The shell dies of the signal at once; what it had started still cleans up."""
    interrupt_at(processes, b"ready")
    processes.run(
        shell(
            f"(trap 'seq 200000 | tail -n 1 > {tmp_path}/cleaned; exit' TERM;"
            " echo ready; while :; do sleep 0.01; done) & wait"
        )
    )
    assert (tmp_path / "cleaned").read_text() == "200000\n"


def test_what_a_stopped_step_still_prints_is_read_to_its_end(
    processes: Processes, tmp_path: Path
) -> None:
    """More than a pipe holds: who writes it would wait for a reader, and be killed while waiting."""
    processes.grace = 5
    interrupt_at(processes, b"ready")
    on_term = f"seq 100000; echo > {tmp_path}/cleaned; exit"
    processes.run(
        shell(f"(trap '{on_term}' TERM; echo ready; while :; do sleep 0.01; done) & wait")
    )
    assert processes.sink.data.endswith(b"\n100000\n")
    assert (tmp_path / "cleaned").exists()


@pytest.mark.timeout(20)
def test_the_dead_that_nobody_collects_are_not_waited_for(processes: Processes) -> None:
    """As in a container in which the first process isn't made for that."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        interrupt_at(processes, b"ready")
        result = processes.run(shell("sh -c 'echo ready $$; exec sleep 1000' & wait"))
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    assert result.outcome is Outcome.INTERRUPTED
    pid, status = os.waitpid(int(result.output.split()[1]), 0)
    assert (pid, os.waitstatus_to_exitcode(status)) == (pid, -signal.SIGTERM)


def test_what_ignores_the_signal_behind_a_shell_is_killed_after_the_grace_period(
    processes: Processes,
) -> None:
    processes.grace = 0.01
    interrupt_at(processes, b"ready")
    ignoring = 'trap "" TERM; echo ready $$; exec sleep 1000'
    result = processes.run(shell(f"sh -c '{ignoring}' & wait"))
    pid = int(result.output.split()[1])
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = bool(select.select([watched], [], [], 5)[0])
    if not ended:
        signal.pidfd_send_signal(watched, signal.SIGKILL)
    os.close(watched)
    assert ended


def test_an_announced_cleanup_is_not_stopped_by_the_signal_it_follows(
    processes: Processes,
) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    assert processes.signals.first == signal.SIGTERM
    for phase in (Phase.EXIT, Phase.RECOVER):
        assert processes.run(shell("echo cleanup"), phase=phase).outcome is Outcome.DONE


# A step that has to be stopped, and ends by itself where the test would hang otherwise.
LONG = shell("exec sleep 10")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("phase", [Phase.ENTER, Phase.BODY])
def test_a_signal_that_comes_while_a_step_starts_stops_it(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, moment: str, phase: Phase
) -> None:
    real = subprocess.Popen

    def start(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        if moment == "before":
            os.kill(os.getpid(), signal.SIGTERM)
        child: subprocess.Popen[bytes] = real(*args, **options)
        if moment == "after":
            os.kill(os.getpid(), signal.SIGTERM)
        return child

    monkeypatch.setattr(subprocess, "Popen", start)
    assert processes.run(LONG, phase=phase).outcome is Outcome.INTERRUPTED
    assert processes.told == [
        "SIGTERM: stopping the running command, killing it after 30 s; a second signal ends everything at once"
    ]


def test_what_comes_of_a_signal_is_said_once(processes: Processes) -> None:
    """Between two steps, too: then by the first that runs after it."""
    os.kill(os.getpid(), signal.SIGTERM)
    processes.run(shell("true"), phase=Phase.EXIT)
    processes.run(shell("true"), phase=Phase.RECOVER)
    assert processes.told == [
        "SIGTERM: the running cleanup continues to its end; a second signal ends everything at once"
    ]


def test_a_signal_that_comes_just_before_the_wait_for_events_ends_that_wait() -> None:
    """Python's own handler may be due only after the `poll` that is about to begin, for hours.

    So what `poll` watches has to be written to by the C handler, as `set_wakeup_fd` arranges.
    """
    with Signals() as signals:
        wakeup = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(wakeup)
        assert wakeup != -1
        os.write(wakeup, b"!")
        assert select.select([signals.fileno()], [], [], 0)[0]
    assert signal.set_wakeup_fd(-1) == -1


# --- signals that don't count ---


def test_an_ignored_sighup_stays_ignored(scene: Scene) -> None:
    """As after `nohup borgplan apply`: the signal comes, and nothing of it is seen."""
    scene.run_to("before_backup", "goes-on", ignored=signal.SIGHUP)
    scene.send(signal.SIGHUP)
    scene.go_on()
    assert scene.finish() == 0, scene.output
    assert scene.trace == [*BACKUP, "after_backup", *END]


def test_handlers_are_as_before_when_the_run_is_over() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    with Signals() as signals:
        ProcessRunner((), {}, signals, Quiet()).run(step("a", work=shell("true")), {})
    after = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    assert after == before


class Quiet:
    def output(self, data: bytes) -> None: ...

    def answer(self, data: bytes) -> None:
        self.output(data)


def test_a_signal_while_borg_is_asked_about_repositories_ends_the_command(scene: Scene) -> None:
    scene.run_to("borg-info", words=["--actions", "repo-create", "--encryption", "none"])
    scene.send(signal.SIGTERM)
    assert scene.finish() == 128 + signal.SIGTERM
    assert scene.trace == ["borg-info"], scene.output
