"""The steps of the check `spot`: their commands in batches, and what is made of what they print.

What is compared is what borgmatic 2.1.10 compares (measured): the sources are files, links to files included; the archive's
entries other than directories and pipes are counted; links, hard ones too, aren't compared by their content; a file that
can't be read, or isn't there any more, differs. Better than there, what can't be among the sources isn't counted in the
archive either: links that still lead nowhere, and devices.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from fractions import Fraction

from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import Step
from ...compiler.plan.spot import Spot, Stage
from ...compiler.plan.words import Value
from ...compiler.plan.work import Process
from ..engine.runner import Result
from .verdict import record

_MOST_NAMES = 5000
_MOST_BYTES = 500_000  # of one command line; the system has room for 2 MB, variables included
_MOST_SHOWN = 10
_NOT_COUNTED = "dpcb"  # types of entries: directories, pipes and devices
_LINKS = ("linktarget", "target", "source")

Started = Callable[[Step, Process, Mapping[Value, str]], Result]
Run = Callable[[Process, Mapping[Value, str]], Result]


def spot_step(step: Step, work: Process, values: Mapping[Value, str], started: Started) -> Result:
    """A step of the check, by its stage. `started` runs a command as a step."""

    def run(one: Process, known: Mapping[Value, str]) -> Result:
        return started(step._replace(work=one), one, known)

    spot = work.spot
    assert spot is not None  # noqa: S101  # that is why it is called
    match spot.stage:
        case Stage.SOURCES:
            return _sources(work, run(work, values))
        case Stage.COUNT:
            return _count(work.directory or "", spot, values, run(work, values))
        case Stage.SUMS:
            return _sums(work, spot, values, run)
        case Stage.COMPARE:
            return _compare(work, spot, values, run)


def names_in(text: str) -> list[str]:
    """Names with a null character between them."""
    return text.split("\0") if text else []


def _of(value: Value | None, values: Mapping[Value, str]) -> list[str]:
    return names_in(values.get(value, "")) if value is not None else []


def _failed(result: Result, note: str) -> Result:
    return result._replace(outcome=Outcome.HARD, note=note, captured="")


def _sources(work: Process, result: Result) -> Result:
    """The listed paths that are files now."""
    if result.outcome is not Outcome.DONE:
        return result
    base = work.directory or ""
    listed = dict.fromkeys(names_in(result.captured))
    files = [name for name in listed if _is_file(os.path.join(base, name))]
    if not files:
        return _failed(result, "found no file among the sources, so there is nothing to compare")
    return result._replace(captured="\0".join(files))


def _is_file(path: str) -> bool:
    try:
        return os.path.isfile(path)
    except ValueError:
        return False


def _count(base: str, spot: Spot, values: Mapping[Value, str], result: Result) -> Result:
    """Whether there are as many files as sources; what is kept is the sample."""
    if result.outcome is not Outcome.DONE:
        return result
    sources = _of(spot.sources, values)
    entries = [entry for entry in names_in(result.captured) if entry]
    archived = {entry[1:] for entry in entries if _counts(entry, base, spot.without)}
    if not sources:
        return _failed(result, "found no sources to compare with")
    differing = Fraction(abs(len(sources) - len(archived)) * 100, len(sources))
    if differing > Fraction(spot.tolerance):
        return _failed(result, _of_counts(spot, sources, archived, differing))
    size = max(int(len(sources) * min(Fraction(spot.share), Fraction(100)) / 100), 1)
    sample = random.SystemRandom().sample(sources, size)
    return result._replace(captured="\0".join(sorted(sample)))


def _counts(entry: str, base: str, without: tuple[str, ...]) -> bool:
    """Whether an entry of the archive can have a file among the sources."""
    kind, name = entry[0], entry[1:]
    if kind in _NOT_COUNTED:
        return False
    place = os.path.join("/", base, name)  # a relative source, else an absolute one
    broken = kind == "l" and any(
        os.path.islink(path) and not _is_file(path) for path in (place, f"/{name}")
    )
    return not broken and not any(fnmatchcase(name, own) for own in without)


def _of_counts(spot: Spot, sources: list[str], archived: set[str], share: Fraction) -> str:
    known = {_in_archive(name): name for name in sources}
    more = [name for path, name in known.items() if path not in archived]
    less = sorted(archived - known.keys())
    return (
        f"found that the number of files differs by {float(share):.2f} % ({len(sources)} sources, {len(archived)} in the newest "
        f"archive), and {spot.tolerance} % are tolerated; only among the sources: {_shown(more)}; "
        f"only in the archive: {_shown(less)}"
    )


def _in_archive(name: str) -> str:
    """A source's path as archives have it: without what stands before `/./`, and without a leading slash."""
    _, dot, rest = name.partition("/./")
    return os.path.normpath(rest if dot else name).lstrip("/")


def _shown(names: Iterable[str]) -> str:
    found = list(names)
    shown = ", ".join(
        name.encode("utf-8", "backslashreplace").decode() for name in found[:_MOST_SHOWN]
    )
    more = len(found) - _MOST_SHOWN
    return (f"{shown} and {more} more" if more > 0 else shown) or "none"


def _batches(names: list[str]) -> Iterable[list[str]]:
    """Parts that fit onto a command line."""
    batch: list[str] = []
    size = 0
    for name in names:
        length = len(os.fsencode(name)) + 16
        if batch and (len(batch) == _MOST_NAMES or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(name)
        size += length
    if batch:
        yield batch


def _sums(work: Process, spot: Spot, values: Mapping[Value, str], run: Run) -> Result:
    """The sum of each file of the sample, NAME and SUM in turn; those without one are left out."""
    base = work.directory or ""
    files = [name for name in _of(spot.sample, values) if _has_content(os.path.join(base, name))]
    total = Result(Outcome.DONE, None, note="nothing to do: the sample holds links alone")
    found: list[str] = []
    odd = [name for name in files if "\n" in name]  # whose sum is followed by several lines
    for batch in (*_batches([name for name in files if "\n" not in name]), *([n] for n in odd)):
        result = _batch(work, spot, values, run, batch)
        sums = _read_sums(result.captured)[: len(batch)]
        if result.outcome is Outcome.DONE and len(sums) == len(batch):
            found += [part for pair in zip(batch, sums, strict=True) for part in pair]
        elif _has_not_run(result):
            return result._replace(captured="")
        else:
            alone = _one_by_one(work, spot, values, run, batch)
            if isinstance(alone, Result):
                return alone
            found += alone
            result = result._replace(outcome=Outcome.DONE, code=0, note="")
        total = result._replace(seconds=total.seconds + result.seconds)
    return total._replace(captured="\0".join(found))


def _one_by_one(
    work: Process, spot: Spot, values: Mapping[Value, str], run: Run, batch: list[str]
) -> list[str] | Result:
    """As `_sums`, of a batch in which something can't be read; a result where the step is to end."""
    found: list[str] = []
    for name in batch:
        result = _batch(work, spot, values, run, [name])
        if _has_not_run(result):
            return result._replace(captured="")
        sums = _read_sums(result.captured)
        if result.outcome is Outcome.DONE and sums:
            found += [name, sums[0]]
    return found


def _batch(
    work: Process, spot: Spot, values: Mapping[Value, str], run: Run, names: list[str]
) -> Result:
    """The command for some names of the sample. None of them can be an option."""
    assert spot.sample is not None  # noqa: S101  # a verified plan
    safe = [f"./{name}" if name.startswith("-") else name for name in names]
    return run(work, {**values, spot.sample: "\0".join(safe)})


def _has_not_run(result: Result) -> bool:
    """Whether trying again is of no use: it was stopped, or isn't there."""
    return result.code is None or result.stopped or result.outcome is Outcome.INTERRUPTED


def _has_content(path: str) -> bool:
    return _is_file(path) and not os.path.islink(path)


def _read_sums(text: str) -> list[str]:
    """The first word of each line. A name that had to be escaped has a backslash before its sum."""
    lines = (line.split(None, 1) for line in text.splitlines())
    return [words[0].removeprefix("\\").lower() for words in lines if words]


def _compare(work: Process, spot: Spot, values: Mapping[Value, str], run: Run) -> Result:
    """Whether few enough files of the sample differ from the archive's; success is noted."""
    sources, sample = _of(spot.sources, values), _of(spot.sample, values)
    if not sources or not sample:
        return Result(Outcome.HARD, None, note="was not started: there is no sample to compare")
    parts = _of(spot.sums, values)
    sums = dict(zip(parts[::2], parts[1::2], strict=True))
    bare = work._replace(records=())
    seconds, differing = 0.0, list[str]()
    result = Result(Outcome.DONE)
    for batch in _batches(sample):
        paths = {name: _in_archive(name) for name in batch}
        assert spot.sample is not None  # noqa: S101  # a verified plan
        result = run(bare, {**values, spot.sample: "\0".join(paths.values())})
        seconds += result.seconds
        if result.outcome is not Outcome.DONE or result.code is None:
            outcome = Outcome.HARD if result.outcome is Outcome.DONE else result.outcome
            return result._replace(outcome=outcome, captured="")
        archived = _entries(result.captured)
        differing += [
            name for name, path in paths.items() if _differs(sums.get(name), archived.get(path))
        ]
    result = result._replace(seconds=seconds, captured="")
    share = Fraction(len(differing) * 100, len(sources))
    if share > Fraction(spot.tolerance):
        return _failed(
            result,
            f"found that {len(differing)} of the {len(sample)} files in the sample differ from the newest archive, which is "
            f"{float(share):.2f} % of {len(sources)} sources, and {spot.tolerance} % are tolerated: {_shown(differing)}",
        )
    return result._replace(note=record(work) or result.note)


def _entries(text: str) -> dict[str, dict[str, object]]:
    """What an archive has, by path."""
    found = {}
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            found[str(entry.get("path") or "")] = entry
    return found


def _differs(own: str | None, archived: Mapping[str, object] | None) -> bool:
    """Whether a file isn't what the archive has. A link's content is that of another path."""
    if archived is None:
        return True
    if any(archived.get(key) for key in _LINKS):
        return False
    return own is None or own != str(archived.get("xxh64") or "").lower()
