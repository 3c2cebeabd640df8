"""What runs beside a step's process: what is upstream of it, and what feeds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...compiler.plan.model import Step
from ...compiler.plan.words import Value
from ...compiler.plan.work import Process, Work, process_of
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from ..engine.runner import Fed, Result
from ..system.launch import Launch
from ..system.streams import Channel
from .channels import Sink, channels_for
from .launcher import Launcher
from .pipeline import Pipeline, Started
from .redact import Masks, Redactor
from .signals import Stopper
from .watch import Beside

if TYPE_CHECKING:
    from .pump import Ready


class Around(NamedTuple):
    """What it needs: which secrets to hide, who gets what is printed, whether Borg's log is made readable, and who is
    told of each process group."""

    masks: Masks
    sink: Sink
    readable: bool
    started: Callable[[int], None]


def upstream_of(
    launcher: Launcher, step: Step, work: Process, values: Mapping[Value, str], inherited: list[int]
) -> list[Launch] | Result:
    """What to start upstream of a process, or how the step ends without."""
    launches = []
    for one in work.upstream:
        own: list[int] = []  # no process gets what another is to read
        try:
            launch = launcher.prepare(step, process_of(one), values, own)
        finally:
            inherited += own
        if isinstance(launch, Result):
            return launch
        launches.append(launch)
    return launches


def beside_of(
    work: Work, started: Started, ready: list[Ready], stopper: Stopper, around: Around
) -> Beside | None:
    """What watches it; None for a process alone."""
    if ready:
        return _feeds(ready, stopper, around)
    if not isinstance(work, Process) or not started.upstream:
        return None
    works = tuple(process_of(one) for one in work.upstream)
    channels = tuple(
        channels_for(one, around.masks, around.sink, readable=around.readable) for one in works
    )
    return Pipeline(started, works, channels, stopper, around.masks)


def fed_of(beside: Beside | None, masks: Masks) -> tuple[Fed, ...]:
    """What became of feeds, without secrets."""
    found = () if beside is None else beside.fed
    return tuple(one._replace(problem=masks.text(one.problem)) for one in found)


def _feeds(ready: list[Ready], stopper: Stopper, around: Around) -> Beside:
    from .feeds import Feeds

    def shown() -> Channel:
        return Channel((around.sink.output,), [Redactor(around.masks)])

    return Feeds(ready, shown, around.started, stopper)
