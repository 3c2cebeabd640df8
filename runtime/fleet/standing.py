"""How each host stands, by its own journal: its last run, what runs, what is outstanding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...compiler.support.json_reader import Value, WrongShapeError, parse
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from .ansible import Reach
from .condition import LARGEST
from .contact import histories

if TYPE_CHECKING:
    from typing import Any


class Run(NamedTuple):
    """Of a history. `status`: running, done, failed or interrupted. Times in seconds, `began` since 1970."""

    id: str
    kind: str
    status: str
    began: float
    seconds: float | None
    exit_code: int | None
    archives: int
    cleanups: int


class Standing(NamedTuple):
    """`problem`: in words, why nothing is known. `runs`: in the journal, the newest first."""

    host: str
    runs: tuple[Run, ...] = ()
    problem: str = ""

    @property
    def is_known(self) -> bool:
        return not self.problem

    @property
    def last(self) -> Run | None:
        """The last run that was not only for cleanups, and has ended."""
        ended = (run for run in self.runs if run.kind != "recover" and run.status != "running")
        return next(ended, None)

    @property
    def running(self) -> list[Run]:
        return [run for run in self.runs if run.status == "running"]

    @property
    def cleanups(self) -> int:
        return sum(run.cleanups for run in self.runs)

    @property
    def backup(self) -> float | None:
        """When the last run began that made an archive."""
        return max((run.began for run in self.runs if run.archives), default=None)

    def is_overdue(self, now: float, limit: float) -> bool:
        return self.is_known and (self.backup is None or now - self.backup > limit)

    def is_well(self, now: float, limit: float) -> bool:
        """Whether nothing needs anybody."""
        failed = self.last is not None and self.last.status != "done"
        return not (failed or self.cleanups or self.is_overdue(now, limit))


def collected(reach: Reach, names: Sequence[str]) -> list[Standing]:
    """Of these hosts, in their order. Raises AnsibleError."""
    found = dict(_answers(reach, names))
    return [found[name] for name in names]


def _answers(reach: Reach, names: Sequence[str]) -> Iterator[tuple[str, Standing]]:
    for host, text, problem in histories(reach, names):
        yield host, Standing(host, problem=problem) if problem else of_history(host, text)


def of_history(host: str, text: str) -> Standing:
    """By what `borgplan history --format json` printed."""
    if len(text) > LARGEST:
        return Standing(host, problem="its history is too long")
    try:
        runs = parse(text).members().get("runs", Value([])).each(_run)
    except WrongShapeError as error:
        return Standing(host, problem=f"its history can't be read: {error.where} {error}")
    return Standing(host, runs)


def _run(value: Value) -> Run:
    data = value.data
    if not isinstance(data, Mapping):
        value.wrong("a run is expected")
    return Run(
        _text(value, data, "id"), _text(value, data, "kind"), _text(value, data, "status"),
        _number(value, data, "began") or 0.0, _number(value, data, "seconds"),
        None if (code := _number(value, data, "exit_code")) is None else int(code),
        _length(value, data, "archives"), _length(value, data, "outstanding_cleanups"),
    )  # fmt: skip


def _text(value: Value, data: Mapping[str, Any], key: str) -> str:
    found = data.get(key)
    if not isinstance(found, str):
        value.wrong(f"`{key}` is not a text")
    return found


def _number(value: Value, data: Mapping[str, Any], key: str) -> float | None:
    found = data.get(key)
    if found is not None and not isinstance(found, int | float):
        value.wrong(f"`{key}` is not a number")
    return found


def _length(value: Value, data: Mapping[str, Any], key: str) -> int:
    found = data.get(key)
    if not isinstance(found, list):
        value.wrong(f"`{key}` is not a list")
    return len(found)
