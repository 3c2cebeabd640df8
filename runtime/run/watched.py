"""Who watches a run: a block at the bottom of a terminal, lines every so often where that is asked for, or nobody."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from functools import partial

from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, StepId
from ...compiler.support.record import TYPE_CHECKING
from ..cli.arguments import ApplyArguments
from ..engine.progress import Expected
from ..process.signals import Signals
from ..report.console import Console
from ..report.style import Style
from ..report.writer import Writer
from .session import Session

if TYPE_CHECKING:
    from ..journal.recorder import Recorder
    from ..report.live import Live
    from ..report.watching import LaneWatch, Watch


def writer_for(session: Session, signals: Signals, form: str) -> Writer:
    """What a run writes with. A block needs a terminal for both streams, so that no pager has it, and nothing that
    asks for less."""
    apply = session.arguments.apply
    hushed = apply.quiet or apply.plain or form in ("json", "journal")
    if hushed or session.arguments.format == "json" or not sys.stderr.isatty():
        return Writer(signals)
    from ..report.live_writer import LiveWriter, is_one_terminal

    is_dumb = session.host.environment.get("TERM", "dumb") == "dumb"
    if is_dumb or not is_one_terminal():
        return Writer(signals)
    return LiveWriter(signals)


class Watching:
    """What watches a run from its first step to its last: `watch`, None if nothing does."""

    def __init__(
        self,
        apply: ApplyArguments,
        plan: Plan,
        writer: Writer,
        style: Style,
        recorder: Recorder | None,
    ) -> None:
        self.watch: Watch | None = None
        self._live: Live | None = None
        self._every: float | None = apply.progress_every or None
        is_live = type(writer) is not Writer
        if not is_live and self._every is None:
            return
        from ..report.watching import Watch

        self.watch = Watch(plan, index(plan), _expectations(recorder))
        if is_live:
            from ..report.live import Live
            from ..report.live_writer import LiveWriter

            self._every = None  # the block says it
            if isinstance(writer, LiveWriter):
                self._live = Live(writer, self.watch, style)

    def lane(self, console: Console, name: str = "") -> LaneWatch | None:
        """Who watches one lane; None if nobody does."""
        return None if self.watch is None else self.watch.lane(console, name, self._every)

    @property
    def done_before(self) -> Collection[StepId] | None:
        """The steps that went well in a former run; None if nobody watches."""
        return None if self.watch is None else self.watch.expected

    def leave(self, lane: LaneWatch | None) -> None:
        if self.watch is not None and lane is not None:
            self.watch.leave(lane)

    def close(self) -> None:
        if self._live is not None:
            self._live.close()


def _expectations(recorder: Recorder | None) -> Mapping[StepId, Expected]:
    """What is known of the steps from former runs."""
    if recorder is None:
        return {}
    from ..journal.former import expected_of_steps

    return recorder.ask(partial(expected_of_steps, run=recorder.number)) or {}
