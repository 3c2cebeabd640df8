"""Steps as real processes: each in a session of its own, watched without waiting in a loop.

A session of its own, because a signal then reaches all of a hook's processes together, and because
without a terminal nothing can stop to ask a question. Standard input is empty.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from ...compiler.plan.exits import ExitCodes, Outcome
from ...compiler.plan.model import GRACE_SECONDS, LEAVING, Scope, Step
from ...compiler.plan.scratch import Scratch
from ...compiler.plan.words import SecretOption, Value
from ...compiler.plan.work import Output, OutputUse, Process, Request, Shell
from ...compiler.support.record import TYPE_CHECKING
from ..engine.runner import AbortedError, NotReadyError, Result
from ..engine.wording import ending
from ..system.host import reason
from ..system.launch import Launch, close_all, end, why_not_started
from .beside import Around, beside_of, fed_of, upstream_of
from .channels import Channels, Sink, captured, channels_for, is_cut, reason_given
from .folders import Folders
from .launcher import Launcher
from .moment import at_the_moment
from .pipeline import Started, start
from .secrets import Secrets, no_secret, secret_of
from .signals import Relay, Signals, Stopper
from .verdict import record, verdict
from .watch import Beside, pause, watch

if TYPE_CHECKING:
    from ..engine.progress import Watcher
    from .log_streams import LogStreams
    from .pump import Ready

NOTHING_CHECKED = "no archive matches: nothing was checked, and no successful check is recorded"
_ASKING = Process(
    (), None, ExitCodes(), output=Output(OutputUse.LAST_LINE)
)  # a command that prints a secret


class ProcessRunner:
    """Runs steps.

    `secrets` resolves what plans only refer to; `sink` gets all output; `grace` is in seconds; `tell`
    is told in words when a signal stops a step, `spawned` the process group of each step. `readable`:
    whether Borg's log is made so. `meanwhile` is done from time to time while a step runs. `watcher`: who watches.
    """

    def __init__(
        self,
        scratch: tuple[Scratch, ...],
        secrets: Mapping[SecretOption, str],
        signals: Signals | Relay,
        sink: Sink,
        grace: float = GRACE_SECONDS,
        tell: Callable[[str], None] | None = None,
        *,
        readable: bool = True,
        spawned: Callable[[Step, int], None] | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        self.streams: LogStreams | None = None  # of what steps tell, where any is sent as it comes
        self._meanwhile = meanwhile
        self.watcher: Watcher | None = None
        self._tell = tell
        self._spawned = spawned
        self._readable = readable
        self._scratch = {file.name: file for file in scratch}
        self._environment = dict(os.environ)  # taken once: asking for it decodes every variable
        self._secrets = Secrets(secrets, self._secret_printed_by, self._environment)
        self._folders = Folders(self._scratch)
        self._launcher = self._new_launcher()
        self._signals = signals
        self._sink = sink
        self._grace = grace

    def lane(self, signals: Relay, sink: Sink, tell: Callable[[str], None]) -> ProcessRunner:
        """The same for another thread, with output of its own."""
        from copy import copy

        other = copy(self)
        other._use(signals, sink, tell)  # noqa: SLF001  # of this class
        return other

    def _use(self, signals: Relay, sink: Sink, tell: Callable[[str], None]) -> None:
        self._signals, self._sink, self._tell = signals, sink, tell
        self._secrets = self._secrets.asking(self._secret_printed_by)
        self._launcher = self._new_launcher()

    def _new_launcher(self) -> Launcher:
        return Launcher(self._scratch, self._secrets, self._environment, self._folders)

    def left(self, scope: Scope) -> None:
        """A scope has ended: what it had for scratch goes."""
        self._folders.leave(scope.id)

    def close(self) -> None:
        """The run has ended, however."""
        self._folders.close()

    @property
    def signal(self) -> int | None:
        return self._signals.first

    def foresee(self, steps: Iterable[Step]) -> None:
        """See `Secrets.foresee`."""
        self._secrets.foresee(steps)

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        if self._signals.second is not None:
            raise AbortedError(self._signals.second)
        work = step.work
        if isinstance(work, Request):
            return self._send(step, work, {**at_the_moment(), **values})
        if isinstance(work, Process) and work.spot is not None:
            from .spot import spot_step

            return spot_step(step, work, values, self._started)
        if isinstance(work, Process) and (work.makes or work.removes):
            from .presence import around

            word = partial(self._launcher.word, values=values, inherited=[], timeout=step.timeout)
            return around(work, word, lambda: self._started(step, work, values))
        return self._started(step, work, values)

    def _started(self, step: Step, work: Shell | Process, values: Mapping[Value, str]) -> Result:
        begun, inherited = time.monotonic(), list[int]()
        ready: list[Ready] = []
        try:
            launch = self._launcher.prepare(step, work, values, inherited)
            if isinstance(launch, Result):
                return launch
            if isinstance(work, Process) and work.leaves:
                known = self._launcher.leaving(step, work, values)
                if isinstance(known, Result):
                    return known
                step = known
            if isinstance(work, Process) and work.feeds:
                fed = self._launcher.feeds(step, work, values)
                if isinstance(fed, Result):
                    return fed
                ready = fed
            if isinstance(work, Process) and work.upstream:
                upstream = upstream_of(self._launcher, step, work, values, inherited)
                if isinstance(upstream, Result):
                    return upstream
                started = start(launch, upstream)
            else:
                started = Started(launch.start())
        except NotReadyError as error:
            return Result(Outcome.HARD, None, note=f"was not started: {error}")
        except OSError as error:
            why = why_not_started(step.work, error)
            return Result(Outcome.HARD, None, note=f"could not be started: {why}")
        except ValueError:  # text that no system call takes
            return Result(Outcome.HARD, None, note="could not be started: not valid text")
        finally:
            close_all(inherited)
        try:
            return self._followed(step, started, ready, begun)
        except (OSError, MemoryError) as error:  # nobody can tell any more how it does
            child = started.child
            for one in (child, *started.upstream):
                end(one.process, self._grace)
            why = reason(error) if isinstance(error, OSError) else "out of memory"
            note = f"could not be watched to its end, and was stopped: {why}"
            seconds, code = time.monotonic() - begun, child.process.returncode
            return Result(Outcome.HARD, code, note=note, seconds=seconds, stopped=True)

    def _send(self, step: Step, request: Request, values: Mapping[Value, str]) -> Result:
        from .sending import Sender

        return Sender(
            self._launcher, self._secrets, self._signals, self._environment, self._tell, self.streams
        ).send(step, request, values)  # fmt: skip

    def _followed(self, step: Step, started: Started, ready: list[Ready], begun: float) -> Result:
        """How a step's process ends. Raises OSError or MemoryError where that can't be seen; it may run then."""
        child = started.child
        self._noted(step)(child.process.pid)
        stopper = Stopper(
            child.process,
            self._signals,
            self._grace,
            let_run=step.phase in LEAVING,
            timeout=step.timeout,
            # On SIGINT Borg first ends a part of the archive, which takes as long as that takes.
            interrupt=signal.SIGTERM if isinstance(step.work, Process) else signal.SIGINT,
            tell=self._tell,
        )
        channels = channels_for(
            step.work, self._secrets.masks(), self._sink, self.watcher, readable=self._readable
        )
        around = Around(self._secrets.masks(), self._sink, self._readable, self._noted(step))
        beside = beside_of(step.work, started, ready, stopper, around)
        watch(child, stopper, channels, self._signals, self._look, beside)
        code = child.process.returncode
        outcome, note = self._ending(step, code, stopper, channels, beside)
        if outcome is Outcome.DONE and is_cut(step.work, channels):
            outcome, note = Outcome.HARD, "printed too much"
        if stopper.forced:
            note = note or "was interrupted"
            note += f", and was killed after {self._grace:.0f} s"
        return Result(
            outcome=outcome,
            code=code,
            output=channels.tail.text(),
            captured=captured(step.work, channels),
            note=note,
            seconds=time.monotonic() - begun,
            stopped=stopper.stopped or stopper.timed_out,
            archive=self._secrets.masks().text(channels.log.archive),
            fed=fed_of(beside, self._secrets.masks()),
            size=channels.log.archive_size,
            tally=channels.log.tally.masked(self._secrets.masks().text),
        )

    def _noted(self, step: Step) -> Callable[[int], None]:
        """Whom to tell of a process group of a step."""

        def note(group: int) -> None:
            if self._spawned is not None:
                self._spawned(step, group)

        return note

    def _ending(
        self,
        step: Step,
        code: int,
        stopper: Stopper,
        channels: Channels,
        beside: Beside | None,
    ) -> tuple[Outcome, str]:
        """How a step counts, and why, where more can be said of it than the exit code."""
        if stopper.stopped:
            return Outcome.INTERRUPTED, ""
        if stopper.timed_out:
            return Outcome.HARD, f"was stopped after {step.timeout} s, its time limit"
        if beside is not None and isinstance(step.work, Process):
            problem = beside.problem(step.work, code)
            if problem:
                return Outcome.HARD, self._secrets.masks().text(problem)
        log = channels.log
        outcome, note = verdict(step.work, code, log, answered=channels.answered.came)
        if outcome is Outcome.DONE and code == 0:
            # With a warning it may have found damage, and without archives it has looked at nothing.
            note = NOTHING_CHECKED if log.no_archives else record(step.work)
        reason_why = reason_given(step.work, outcome, code, channels, self._secrets.masks())
        if reason_why and reason_why not in note:
            note = f"{note or ending(Result(outcome, code))}: {reason_why}"
        return outcome, self._secrets.masks().text(note)

    def wait(self, seconds: float) -> None:
        pause(self._signals, seconds)

    def _look(self) -> None:
        """What is to be done from time to time while a step runs."""
        if self._meanwhile is not None:
            self._meanwhile()
        if self.watcher is not None:
            self.watcher.look()

    def _secret_printed_by(
        self, argv: tuple[str, ...], timeout: int | None, directory: str | None
    ) -> str | Result:
        launch = Launch(argv, None, (), None, directory, separate=True)
        try:
            child = launch.start()
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else "not valid text"
            return no_secret(f"{argv[0]} could not be started: {why}")
        stopper = Stopper(
            child.process,
            self._signals,
            self._grace,
            let_run=False,
            timeout=timeout,
            tell=self._tell,
        )
        channels = channels_for(_ASKING, self._secrets.masks(), self._sink, readable=self._readable)
        watch(child, stopper, channels, self._signals, self._meanwhile)
        printed = channels.captured
        code = child.process.returncode
        if stopper.stopped:
            return Result(Outcome.INTERRUPTED, code)
        if stopper.timed_out:
            return no_secret(f"{argv[0]} took longer than {timeout} s, the step's time limit")
        if code != 0 or printed.dropped:
            how = ending(Result(Outcome.HARD, code)) if code else "printed too much"
            return no_secret(f"{argv[0]} {how}")._replace(output=channels.tail.text())
        return secret_of(
            printed.data(), f"{argv[0]} printed ", "nothing", "text that is not valid UTF-8"
        )
