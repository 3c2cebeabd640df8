"""Steps as real processes: each in a session of its own, watched without waiting in a loop.

A session of its own, because a signal then reaches all of a hook's processes together, and because
without a terminal nothing can stop to ask a question. Standard input is empty.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Mapping

from ...compiler.plan.claims import REPOSITORY
from ...compiler.plan.model import GRACE_SECONDS, LEAVING, Scratch, Step
from ...compiler.plan.work import (
    ExitCodes,
    Outcome,
    Output,
    OutputUse,
    Part,
    Process,
    Request,
    ScratchPath,
    SecretOption,
    SecretUse,
    Shell,
    Use,
    Value,
    Word,
    Work,
    end_of,
    escaped,
    share_of,
)
from ...compiler.shell.neutral import TOLD, in_form, variable
from ..engine.runner import AbortedError, Result
from ..engine.wording import ending
from ..system.host import reason
from ..system.launch import Child, Launch, close_all, end, memory_file, missing, why_not_started
from ..system.trusted_way import touch
from .channels import Channels, Sink, channels_for, reason_given, take
from .moment import at_the_moment
from .secrets import Secrets, no_secret, secret_of
from .signals import Relay, Signals, Stopper
from .verdict import verdict

SHELL = "/bin/sh"
NOTHING_CHECKED = "no archive matches: nothing was checked, and no successful check is recorded"
_ASKING = Process(
    (), None, ExitCodes(), output=Output(OutputUse.KEEP)
)  # a command that prints a secret
_LAST_READS = 32  # of what a child left in its pipes; bounded, as others may still be writing
_LONGEST_WAIT = 3600.0  # seconds; poll takes no more than 24 days
_LOOK_EVERY = 1000  # milliseconds between what is to be done meanwhile, at most
_STILL_THERE = 20  # milliseconds between looks whether a stopped step's processes are gone
_UNWATCHED = (
    0.05  # how often to look, in seconds, where the system can't tell of an exit or a signal
)


class ProcessRunner:
    """Runs steps.

    `secrets` resolves what plans only refer to; `sink` gets all output; `grace` is in seconds; `tell`
    is told in words when a signal stops a step, `spawned` the process group of each step. `readable`:
    whether Borg's log is made so. `meanwhile` is done from time to time while a step runs.
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
        self._meanwhile = meanwhile
        self._tell = tell
        self._spawned = spawned
        self._readable = readable
        self._scratch = {file.name: file for file in scratch}
        self._environment = dict(os.environ)  # taken once: asking for it decodes every variable
        self._secrets = Secrets(secrets, self._secret_printed_by, self._environment)
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
        started = time.monotonic()
        inherited: list[int] = []
        try:
            launch = self._prepare(step, work, values, inherited)
            if isinstance(launch, Result):
                return launch
            child = launch.start()
        except OSError as error:
            why = why_not_started(step.work, error)
            return Result(Outcome.HARD, None, note=f"could not be started: {why}")
        except ValueError:  # text that no system call takes
            return Result(Outcome.HARD, None, note="could not be started: not valid text")
        finally:
            close_all(inherited)
        try:
            return self._followed(step, child, started)
        except (OSError, MemoryError) as error:
            # Nobody can tell any more how it does.
            end(child.process, self._grace)
            why = reason(error) if isinstance(error, OSError) else "out of memory"
            note = f"could not be watched to its end, and was stopped: {why}"
            seconds = time.monotonic() - started
            code = child.process.returncode
            return Result(Outcome.HARD, code, note=note, seconds=seconds, stopped=True)

    def _send(self, step: Step, request: Request, values: Mapping[Value, str]) -> Result:
        from .http import Around, send

        # It has no use for files: without descriptors to inherit, there is nothing to close.
        around = Around(
            resolve=lambda word: self._word(word, values, [], step.timeout),
            masks=self._secrets.masks,
            learn=self._secrets.learn,
            signals=self._signals,
            environment=self._environment,
            tell=self._tell,
        )
        return send(step, request, around)

    def _followed(self, step: Step, child: Child, started: float) -> Result:
        """How a step's process ends. Raises OSError or MemoryError where that can't be seen; it may run then."""
        if self._spawned is not None:
            self._spawned(step, child.process.pid)
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
            step.work, self._secrets.masks(), self._sink, readable=self._readable
        )
        self._watch(child, stopper, channels)
        code = child.process.returncode
        outcome, note = self._ending(step, code, stopper, channels)
        if stopper.forced:
            note = note or "was interrupted"
            note += f", and was killed after {self._grace:.0f} s"
        return Result(
            outcome=outcome,
            code=code,
            output=channels.tail.text(),
            captured=channels.captured.last_line(),
            note=note,
            seconds=time.monotonic() - started,
            stopped=stopper.stopped or stopper.timed_out,
            archive=self._secrets.masks().text(channels.log.archive),
        )

    def _ending(
        self, step: Step, code: int, stopper: Stopper, channels: Channels
    ) -> tuple[Outcome, str]:
        """How a step counts, and why, where more can be said of it than the exit code."""
        if stopper.stopped:
            return Outcome.INTERRUPTED, ""
        if stopper.timed_out:
            return Outcome.HARD, f"was stopped after {step.timeout} s, its time limit"
        log = channels.log
        outcome, note = verdict(step.work, code, log, answered=channels.answered.came)
        if outcome is Outcome.DONE and code == 0:
            # With a warning it may have found damage, and without archives it has looked at nothing.
            note = NOTHING_CHECKED if log.no_archives else _record(step.work)
        reason_why = reason_given(step.work, outcome, code, channels, self._secrets.masks())
        if reason_why and reason_why not in note:
            note = f"{note or ending(Result(outcome, code))}: {reason_why}"
        return outcome, self._secrets.masks().text(note)

    def wait(self, seconds: float) -> None:
        poll = select.poll()
        signals = self._signals.fileno()
        if signals is not None:
            poll.register(signals, select.POLLIN)
        longest = _LONGEST_WAIT if signals is not None else _UNWATCHED
        until = time.monotonic() + seconds
        while self.signal is None and (left := until - time.monotonic()) > 0:
            poll.poll(int(min(left, longest) * 1000) + 1)

    def _prepare(
        self,
        step: Step,
        work: Shell | Process,
        values: Mapping[Value, str],
        inherited: list[int],
    ) -> Launch | Result:
        """What to start, or how the step ends without; opens the descriptors that the child inherits."""
        if isinstance(work, Shell):
            # What has failed is there as it is, too, for scripts that want to know.
            asked = (*((variable(late), late) for late in TOLD if late in values), *work.late)
            told = {name: in_form(name, late, values.get(late, "")) for name, late in asked}
            own = self._environment | told if told else None
            argv = (SHELL, "-c", work.script)
            return Launch(argv, own, (), work.umask, work.directory, separate=False)
        environment = self._environment.copy()
        for name in work.unset:
            environment.pop(name, None)
        absent = missing(work)
        if absent:
            return Result(Outcome.HARD, None, note=f"was not started: {absent} does not exist")
        filled = self._filled(work, values, inherited, step.timeout)
        if isinstance(filled, Result):
            return filled
        words, own = filled
        environment |= own
        if work.passphrase is not None:
            known = self._secrets.of(work.passphrase, step.timeout)
            if isinstance(known, Result):
                return known
            secret: str | None = known
        else:
            secret = self._inherited_secret(environment, step, work)
        if secret is not None:
            environment.pop("BORG_PASSCOMMAND", None)
            descriptor = memory_file("passphrase", secret.encode(), inherited)
            environment["BORG_PASSPHRASE_FD"] = str(descriptor)
        separate = work.output.use is not OutputUse.LOG
        return Launch(words, environment, tuple(inherited), None, work.directory, separate=separate)

    def _filled(
        self,
        work: Process,
        values: Mapping[Value, str],
        inherited: list[int],
        timeout: int | None,
    ) -> tuple[tuple[str, ...], dict[str, str]] | Result:
        """The words of a command and its variables in full, or how the step ends without them."""
        words: list[str] = []
        variables: dict[str, str] = {}
        for name, word in (*(("", word) for word in work.argv), *work.environment):
            text = self._word(word, values, inherited, timeout)
            if isinstance(text, Result):
                return text
            if text is None and work.required:
                return Result(Outcome.HARD, None, note="was not started: no archive matches")
            if text is None:
                return Result(Outcome.DONE, None, note="nothing to do: there is no archive yet")
            if name:
                variables[name] = text
            else:
                words.append(text)
        return tuple(words), variables

    def _inherited_secret(
        self, environment: Mapping[str, str], step: Step, work: Process
    ) -> str | None:
        """The passphrase that Borg would get by itself, from a command or a descriptor, in the order in which
        it looks; so that it is known when something prints it. None if it comes otherwise, or not at all."""
        if "BORG_PASSPHRASE" in environment or not any(c.kind == REPOSITORY for c in step.claims):
            return None
        command = environment.get("BORG_PASSCOMMAND")
        if command is not None:
            return self._secrets.told_by(command, work.directory, step.timeout)
        descriptor = environment.get("BORG_PASSPHRASE_FD")
        return None if descriptor is None else self._secrets.behind(descriptor)

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
        self._watch(child, stopper, channels)
        captured = channels.captured
        code = child.process.returncode
        if stopper.stopped:
            return Result(Outcome.INTERRUPTED, code)
        if stopper.timed_out:
            return no_secret(f"{argv[0]} took longer than {timeout} s, the step's time limit")
        if code != 0 or captured.dropped:
            how = ending(Result(Outcome.HARD, code)) if code else "printed too much"
            return no_secret(f"{argv[0]} {how}")._replace(output=channels.tail.text())
        return secret_of(
            captured.data(), f"{argv[0]} printed ", "nothing", "text that is not valid UTF-8"
        )

    def _word(
        self, word: Word, values: Mapping[Value, str], inherited: list[int], timeout: int | None
    ) -> str | Result | None:
        """A word in full; None if it lacks a late value, the step's end if a secret can't be had."""
        if isinstance(word, str):
            return word
        texts = []
        for part in word:
            text = self._part(part, values, inherited, timeout)
            if not isinstance(text, str):
                return text
            texts.append(text)
        return "".join(texts)

    def _part(
        self, part: Part, values: Mapping[Value, str], inherited: list[int], timeout: int | None
    ) -> str | Result | None:
        match part:
            case str():
                return part
            case Use(value, escape, otherwise, limit):
                text = end_of(values.get(value, ""), limit)
                return escaped(text, escape) if text else otherwise
            case SecretUse(secret, _, escape, share):
                found = self._secrets.of(secret, timeout)
                if isinstance(found, Result):
                    return found
                return escaped(share_of(found, share), escape)
            case ScratchPath(name):
                lines = []
                for line in self._scratch[name].lines:
                    line_text = self._word(line, values, inherited, timeout)
                    if not isinstance(line_text, str):
                        return line_text
                    lines.append(f"{line_text}\n")
                data = "".join(lines).encode("utf-8", "surrogateescape")
                return f"/dev/fd/{memory_file('patterns', data, inherited)}"

    def _watch(self, child: Child, stopper: Stopper, channels: Channels) -> None:
        """Follow a child to its end.

        The end is the child's exit, not the end of its output: what it left running in the
        background may hold that open for ever.
        """
        poll = select.poll()
        streams = channels.by_descriptor(child)
        signals = self._signals.fileno()
        exit_seen = _exit_of(child.process.pid)
        try:
            for descriptor in streams:
                os.set_blocking(descriptor, False)
            for watched in (*streams, signals, exit_seen):
                if watched is not None:
                    poll.register(watched, select.POLLIN)
            is_watched = exit_seen is not None and signals is not None
            has_ended = False
            while not has_ended or stopper.is_waiting():
                stopper.check()
                wait = _STILL_THERE if has_ended else _wait(stopper, watched=is_watched)
                if self._meanwhile is not None:
                    self._meanwhile()
                    wait = _LOOK_EVERY if wait is None else min(wait, _LOOK_EVERY)
                for descriptor, _ in poll.poll(wait):
                    if descriptor == signals:
                        self._signals.drain()
                    elif descriptor in streams and not take(descriptor, streams[descriptor]):
                        poll.unregister(descriptor)
                if not has_ended and child.process.poll() is not None:
                    has_ended = True
                    stopper.finish()
                    if exit_seen is not None:
                        poll.unregister(exit_seen)
            for descriptor, channel in streams.items():
                for _ in range(_LAST_READS):
                    if not take(descriptor, channel):
                        break
            for channel in dict.fromkeys(streams.values()):
                channel.end()
        finally:
            child.close()
            if exit_seen is not None:
                os.close(exit_seen)


def _exit_of(pid: int) -> int | None:
    """A descriptor that becomes readable when a process ends, where the system has such."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _wait(stopper: Stopper, *, watched: bool) -> int | None:
    """How long to wait for something to happen, in milliseconds; None for as long as it takes.

    `watched`: the child's exit and a signal are things that happen.
    """
    left = stopper.seconds_left
    if not watched:
        left = min(_UNWATCHED, _UNWATCHED if left is None else left)
    return None if left is None else int(min(left, _LONGEST_WAIT) * 1000) + 1


def _record(work: Work) -> str:
    """Note that a command went well, now; why that could not be done, or empty."""
    try:
        for path in work.records if isinstance(work, Process) else ():
            touch(path)
    except OSError as error:
        return f"the time of the check could not be recorded: {reason(error)}"
    return ""
