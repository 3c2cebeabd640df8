"""How a host stands: outstanding cleanups, its last backup and check, by what its journal and its facts say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from ...compiler.driver.facts import Machine
from ...compiler.support.json_reader import Value, WrongShapeError, parse
from ...compiler.support.record import NamedTuple
from ..render.phrases import ago, count
from .records import Condition, HostPlan

LARGEST = 64 * 1024 * 1024  # bytes of a host's history
_LATEST = 10  # runs whose duration counts


class Limits(NamedTuple):
    """After how many seconds a backup or a check is overdue."""

    backup: int = 26 * 3600
    check: int = 35 * 24 * 3600


def condition(history: str, machine: Machine) -> Condition:
    """`history`: what `borgplan history --all --format json` printed. Raises WrongShapeError."""
    data = parse(history)
    runs = [] if not history else data.members().get("runs", Value([])).each(_run)
    made = [run.began for run in runs if run.archives]
    took = [run.seconds for run in runs if run.seconds and run.kind == "apply"][:_LATEST]
    return Condition(
        sum(run.cleanups for run in runs),
        max(made, default=None),
        _oldest_check(machine.answers),
        median(took) if took else None,
        is_known=True,
    )


class _Run(NamedTuple):
    kind: str
    began: float
    seconds: float
    archives: int
    cleanups: int


def _run(value: Value) -> _Run:
    data = value.data
    if not isinstance(data, Mapping):
        value.wrong("a run is expected")
    began, seconds = data.get("began"), data.get("seconds")
    if not isinstance(began, int | float) or not isinstance(seconds, int | float | None):
        value.wrong("a run has the times `began` and `seconds`")
    archives, cleanups = data.get("archives", []), data.get("outstanding_cleanups", [])
    if not isinstance(archives, Sequence) or not isinstance(cleanups, Sequence):
        value.wrong("a run has lists of `archives` and `outstanding_cleanups`")
    return _Run(str(data.get("kind")), began, seconds or 0.0, len(archives), len(cleanups))


def _oldest_check(answers: Mapping[str, Mapping[str, object]]) -> float | None:
    """When the check that waits longest succeeded; None if the facts say nothing of any."""
    times = [
        float(time)
        for path, time in answers.get("modified", {}).items()
        if "/borgplan/checks/" in path and isinstance(time, int)
    ]
    return min(times, default=None)


def read(path: str, machine: Machine) -> Condition:
    """The condition by a file with a history. Raises OSError, ValueError or WrongShapeError."""
    with open(path, encoding="utf-8") as file:
        text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise WrongShapeError(f"it is longer than the {LARGEST} bytes a history may have")
    return condition(text, machine)


def overdue(host: HostPlan, limits: Limits) -> list[str]:
    """In words, what is overdue on a host, by the time of its facts."""
    now, known = host.time, host.condition
    if host.problem or not known.is_known:
        return []
    found = []
    if known.backup is None:
        found.append("no backup is recorded")
    elif now - known.backup > limits.backup:
        found.append(f"last backup {ago(now - known.backup)}")
    if known.check is not None and now - known.check > limits.check:
        found.append(f"last check {ago(now - known.check)}")
    return found


def cleanups(host: HostPlan) -> str:
    """In words, or empty."""
    number = host.condition.cleanups
    return count(number, "outstanding cleanup") if number else ""
