"""The one interface behind which a plan's effects are: real processes, a dry run, a script of outcomes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...compiler.plan.exits import Outcome
from ...compiler.plan.listing import Listing
from ...compiler.plan.model import LEAVING, Role, Step, StepId
from ...compiler.plan.progress import with_progress
from ...compiler.plan.words import Value
from ...compiler.plan.work import Process, Proof, Request, Shell, keeps
from ...compiler.support.record import NamedTuple, Protocol
from .sizes import ArchiveSize
from .tally import NO_TALLY, Tally


class Fed(NamedTuple):
    """What became of a feed: `size` in bytes if it was whole, else None; `problem` why it wasn't, or empty if something
    else has stopped it."""

    title: str
    size: int | None = None
    problem: str = ""


class Result(NamedTuple):
    """How a step ended.

    `code`: as the operating system gives it, negative for a signal, None if nothing was started.
    `output`: the end of what it printed. `captured`: the last line of its standard output, where
    the step asks for it. `note`: why it could not be started, or why there was nothing to run.
    `stopped`: by its time limit or a signal to the run, whatever the code says. `archive`: the name of the
    archive that it made, as Borg tells it; `size`: of that archive. `fed`: what its feeds were, those that were to begin.
    `tally`: what Borg did, in numbers.
    """

    outcome: Outcome
    code: int | None = 0
    output: str = ""
    captured: str = ""
    note: str = ""
    seconds: float = 0.0
    stopped: bool = False
    archive: str = ""
    fed: tuple[Fed, ...] = ()
    size: ArchiveSize | None = None
    tally: Tally = NO_TALLY

    @property
    def ran(self) -> bool:
        return self.code is not None


class Happened(NamedTuple):
    """What a run has done so far. `failed`: the steps whose failure counts."""

    results: Mapping[StepId, Result]
    failed: frozenset[StepId]
    interrupted: bool


class AbortedError(Exception):
    """A second signal: stop at once, without the announced cleanups. Carries the signal number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class NotReadyError(Exception):
    """A step can't be started, for what an earlier one has printed; says why."""


class Runner(Protocol):
    """Runs one step at a time."""

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        """Run a step to its end; `values` are those late values that are known. Raises AbortedError."""

    def wait(self, seconds: float) -> None:
        """Let time pass; returns early when a signal comes."""

    @property
    def signal(self) -> int | None:
        """The number of the first signal that asked to stop, if one did."""


class ScriptedRunner:
    """Runs nothing: steps end as scripted, or well. `told`: the late values each step was given.

    One that is interrupted has ended by the signal that the whole run got; one for leaving ends well all
    the same.
    """

    def __init__(self, results: Mapping[str, Result] | None = None) -> None:
        self._results = results or {}
        self.told: dict[StepId, Mapping[Value, str]] = {}
        self.signal: int | None = None

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        self.told[step.id] = values
        done = Result(Outcome.DONE, captured="archive" if keeps(step.work) else "")
        result = self._results.get(step.id, done)
        if result.outcome is Outcome.INTERRUPTED and result.code:
            self.signal = -result.code
            return done if step.phase in LEAVING else result
        return result

    def wait(self, seconds: float) -> None:
        """No time passes in a script."""


class DryRunner:
    """Runs no hook, sends no request, and of Borg's commands only the dry form, where Borg has one."""

    def __init__(self, inner: Runner) -> None:
        self._inner = inner

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        work = step.work
        if isinstance(work, Shell):
            return Result(Outcome.DONE, None, note="dry run: hooks don't run")
        if isinstance(work, Request):
            return Result(Outcome.DONE, None, note="dry run: requests aren't sent")
        if step.role is Role.SNAPSHOT:
            return Result(Outcome.DONE, None, note="dry run: no snapshots are taken")
        if work.dry_argv is None:
            return Result(Outcome.DONE, None, note="dry run: Borg has no dry form of this")
        # Nothing is made, so there is nothing to show for it.
        dry = work._replace(
            argv=work.dry_argv,
            proof=_dry_proof(work),
            leaves=(),
            feeds=(),
            directory=work.lasting_directory,
            progress_at=0,
            counts_at=0,
            listing=Listing.NONE,
        )
        return self._inner.run(step._replace(work=dry), values)

    def wait(self, seconds: float) -> None:
        self._inner.wait(seconds)

    @property
    def signal(self) -> int | None:
        return self._inner.signal


def _dry_proof(work: Process) -> Proof | None:
    return None if work.proof is Proof.ARCHIVE else work.proof


class InformedRunner:
    """Gives steps late values that the run itself doesn't know; what it knows comes first."""

    def __init__(self, inner: Runner, known: Mapping[Value, str]) -> None:
        self._inner = inner
        self._known = known

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        lacking = {value: text for value, text in self._known.items() if not values.get(value)}
        return self._inner.run(step, {**values, **lacking})

    def wait(self, seconds: float) -> None:
        self._inner.wait(seconds)

    @property
    def signal(self) -> int | None:
        return self._inner.signal


class WatchedRunner:
    """Lets Borg tell how far it is, where the plan says that it can. `done_before`: steps that went well before, whose
    files are counted: of a first archive all are new, and listing them would take a fifth more of Borg's time."""

    def __init__(self, inner: Runner, done_before: Collection[StepId]) -> None:
        self._inner = inner
        self._done_before = done_before

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        work = step.work
        if isinstance(work, Process):
            step = step._replace(work=with_progress(work, counts=step.id in self._done_before))
        return self._inner.run(step, values)

    def wait(self, seconds: float) -> None:
        self._inner.wait(seconds)

    @property
    def signal(self) -> int | None:
        return self._inner.signal


def around(
    inner: Runner,
    known: Mapping[Value, str],
    *,
    watched: Collection[StepId] | None,
    dry_run: bool,
) -> Runner:
    """What starts the steps of a run, over what starts processes. `known`: as of `InformedRunner`; `watched`: as of
    `WatchedRunner`, None if nobody watches."""
    runner: Runner = InformedRunner(inner, known) if known else inner
    if watched is not None:
        runner = WatchedRunner(runner, watched)
    return DryRunner(runner) if dry_run else runner
