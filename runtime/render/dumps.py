"""What became of each database, for the summary of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...compiler.plan.model import Role
from ...compiler.plan.work import Process
from ...compiler.support.record import NamedTuple
from ..engine.fates import Fate, StepFate
from ..engine.wording import ending

_PREFIX = "dump of "  # of the title of a step that makes one dump


class Dumped(NamedTuple):
    """A dump: the number of its step, what it is called, its size in bytes (None: unknown), and what went wrong; both
    empty for one that is whole but that nobody measured."""

    number: int
    title: str
    size: int | None
    problem: str

    @property
    def text(self) -> str:
        """For people."""
        size = "" if self.size is None else f", {amount(self.size)}"
        if self.problem:
            made = f"dumped{size}, but " if self.size is not None else ""
            return f"{self.title}: {made}{self.problem}"
        return f"{self.title}: dumped{size}"


def dumped(found: Sequence[StepFate]) -> list[Dumped]:
    """One for each database, in the plan's order; for those that a step was to list one for all of them, if there is no
    list."""
    return [one for fate in found for one in _of_step(fate)]


def _of_step(fate: StepFate) -> Iterator[Dumped]:
    work, result = fate.step.work, fate.result
    if not isinstance(work, Process):
        return
    stopped = "not dumped" if fate.fate in (Fate.NOT_RUN, Fate.NOTHING) else "stopped"
    if result is not None and result.fed:
        is_whole = fate.fate in (Fate.DONE, Fate.WARNING)
        is_one = fate.step.role is Role.DUMP and len(result.fed) == 1
        own = _failed(ending(result)) if is_one and not is_whole else ""
        for one in result.fed:
            if one.size is not None and not own:
                problem = "" if is_whole else "not archived"
                yield Dumped(fate.number, one.title, one.size, problem)
            else:
                problem = _failed(one.problem) or own or stopped
                yield Dumped(fate.number, one.title, None, problem)
    elif work.feeds:
        problem = _failed(ending(result)) if fate.fate is Fate.FAILED and result else stopped
        for feed in work.feeds:
            yield Dumped(fate.number, feed.title, None, problem)
    elif fate.step.role is Role.DUMP and fate.step.title.startswith(_PREFIX):
        how = _failed(ending(result)) if fate.fate is Fate.FAILED and result else stopped
        problem = "" if fate.fate in (Fate.DONE, Fate.WARNING) else how
        yield Dumped(fate.number, fate.step.title.removeprefix(_PREFIX), None, problem)


def _failed(why: str) -> str:
    return f"failed: {why}" if why else ""


def amount(size: int) -> str:
    """`812 B`, `12.3 MB`."""
    number = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{size} B" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
