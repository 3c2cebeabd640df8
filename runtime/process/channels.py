"""What a process prints: where it goes, what is kept of it, and the reason that it gives for its end."""

from __future__ import annotations

import os

from ...compiler.plan.exits import Outcome
from ...compiler.plan.listing import Listing
from ...compiler.plan.spot import Stage
from ...compiler.plan.work import OutputUse, Process, Proof, Work, keeps
from ...compiler.support.record import NamedTuple, Protocol
from ..engine.progress import ArchiveProgress, Progress, Watcher
from ..system.launch import Child
from ..system.streams import WHOLE_BYTES, Channel, Filter, Steady, Tail, Whole
from .borg_log import BorgLog, Overheard, lock_held
from .borg_report import Answer, ArchiveReport
from .reasons import in_short
from .redact import Masks, Redactor

_CHUNK = 65536
_LISTED_BYTES = 1 << 30  # names of all files of an archive
_SIGNALLED = 128  # exit codes from here on tell of a signal


class Sink(Protocol):
    """Takes what steps print, as it comes."""

    def output(self, data: bytes) -> None:
        """What a step tells."""

    def answer(self, data: bytes) -> None:
        """What was asked for."""


def masked(progress: Progress, masks: Masks) -> Progress:
    """Without secrets."""
    if isinstance(progress, ArchiveProgress):
        return progress._replace(path=masks.text(progress.path))
    return progress._replace(text=masks.text(progress.text))


class Channels(NamedTuple):
    """Of a step: standard output, standard error (or both), and what is kept of what came by."""

    output: Channel
    errors: Channel
    tail: Tail
    captured: Tail
    log: BorgLog
    answered: Answer

    def by_descriptor(self, child: Child) -> dict[int, Channel]:
        return dict(zip(child.pipes, (self.output, self.errors), strict=False))


def is_cut(work: Work, channels: Channels) -> bool:
    """Whether it printed more than can be kept for later steps."""
    is_kept = isinstance(work, Process) and work.output.use is OutputUse.KEEP
    return is_kept and channels.captured.dropped


def captured(work: Work, channels: Channels) -> str:
    """What it printed for later steps, or what its log lists."""
    if channels.log.files is not None:
        return "\0".join(channels.log.files)
    if isinstance(work, Process) and work.output.use is OutputUse.KEEP:
        return channels.captured.data().decode("utf-8", "surrogateescape")
    return channels.captured.last_line()


def take(descriptor: int, channel: Channel) -> int:
    """Read what is there; how many bytes that was."""
    data = read(descriptor)
    if data:
        channel.feed(data)
    return len(data or b"")


def channels_for(
    work: Work, masks: Masks, sink: Sink, watcher: Watcher | None = None, *, readable: bool
) -> Channels:
    """Where the output of a step goes: what is shown without secrets, Borg's log as text where `readable`."""
    spot = work.spot if isinstance(work, Process) else None
    lists = spot is not None and spot.stage is Stage.SOURCES
    watched = None if watcher is None else lambda step: watcher.progress(masked(step, masks))
    makes_archive = isinstance(work, Process) and work.proof is Proof.ARCHIVE
    listing = work.listing if isinstance(work, Process) else Listing.NONE
    log = BorgLog(watched, keeps_files=lists, listing=listing, makes_archive=makes_archive)
    tail, answered = Tail(), Answer()
    keeps_all = isinstance(work, Process) and work.output.use is OutputUse.KEEP
    most = WHOLE_BYTES if spot is None else _LISTED_BYTES
    captured = Whole(most) if keeps_all else Tail()
    filters: list[Filter] = [Redactor(masks)]
    if spot is not None and spot.stage is Stage.SUMS:
        filters.insert(0, Steady())
    if isinstance(work, Process) and work.json_log:
        filters.insert(0, log if readable or lists else Overheard(log))
    if makes_archive:
        filters.insert(0, ArchiveReport(log))
    shown = Channel((tail.add, sink.output), filters)
    output = shown
    if isinstance(work, Process) and work.output.use is OutputUse.DISCARD:
        output = Channel(())
    elif isinstance(work, Process) and keeps(work):
        output = Channel((captured.add,))
    elif isinstance(work, Process) and work.output.use is OutputUse.SHOW:
        told = (ArchiveReport(log).add,) if makes_archive else ()
        output = Channel((answered.add, *told, sink.answer), [Redactor(masks)])
    return Channels(output, shown, tail, captured, log, answered)


def reason_given(work: Work, outcome: Outcome, code: int, channels: Channels, masks: Masks) -> str:
    """Why a command failed or warned, as it said it, without secrets; empty if that isn't known."""
    if not isinstance(work, Process):
        return ""
    log = channels.log
    log.reasons.is_plain = not work.json_log
    if log.reasons.is_plain:
        log.feed(channels.tail.text().encode() + b"\n")  # nothing has read it yet
    return in_short(masks.text(_reason_of(work, outcome, code, log)))


def _reason_of(work: Process, outcome: Outcome, code: int, log: BorgLog) -> str:
    """Why a command failed or warned, as it said it; empty if it didn't."""
    if outcome is Outcome.DONE:
        return log.reasons.warning() if work.exits.is_warning(code) else ""
    if outcome is not Outcome.HARD:
        return ""
    if lock_held(log.problem, code):
        return ""  # the verdict has said it
    return log.reasons.failure(ended_itself=0 < code < _SIGNALLED)


def read(descriptor: int) -> bytes | None:
    """What is there; empty at the end, None if there is nothing just now."""
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return None
