"""The runs of the past as a page: the last good backup and check of each repository, sizes and durations over time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence

from ....compiler.plan.exits import Outcome
from ....compiler.shell.passwords import hidden
from ....compiler.support.record import NamedTuple
from ...engine.record_wording import smallness
from ...engine.sizes import growth, in_units
from ...engine.wording import elapsed, ending
from ...journal.actions import ActionRecord, Place, actions_of
from ..history import Past, step_names
from ..phrases import ago, count, sized
from ..run_status import status
from .chart import Point, Span, chart
from .markup import page, table, text

_HEAD = ("Repository", "Configuration", "Last good backup", "Archive", "Last good check")


class _Repository(NamedTuple):
    """`name`: for people. Actions by when they began, the oldest first."""

    name: str
    configuration: str
    creates: Sequence[ActionRecord]
    checks: Sequence[ActionRecord]


def history_page(past: Sequence[Past], now: float, others: int = 0) -> str:
    """`past`: the newest first, with their plans. `now`: when the page is written, in seconds since 1970. `others`: how
    many runs of other files there are."""
    bad = sum(not _is_good(each) for each in past)
    ends = f"{bad} of them failed or interrupted" if bad else "all of them done"
    heading = f"History: {count(len(past), 'run')}" + (f", {ends}" if past else "")
    body = (
        f"<header>\n<h1>{text(heading)}</h1>\n{''.join(_preamble(past, now, others))}</header>\n<main>\n"
        f"{''.join(_parts(past, now))}</main>"
    )
    return page(f"borgplan: {heading}", body, {})


def _preamble(past: Sequence[Past], now: float, others: int) -> Iterator[str]:
    yield f"<p>Written at {_when(now)}; every age is of that time.</p>\n"
    if past:
        yield f"<p>Runs from {_when(past[-1].run.began)} to {_when(past[0].run.began)}.</p>\n"
    if others:
        yield f"<p>{count(others, 'run')} of other files: borgplan history --all</p>\n"
    unread = sum(each.plan is None for each in past)
    if unread:
        yield (
            f'<p class="bad">The plans of {count(unread, "run")} can\'t be read: their backups and checks are '
            "missing below, except in the list of runs.</p>\n"
        )
    yield '<p class="tools"><button type="button" id="theme">Light or dark</button></p>\n'


def _parts(past: Sequence[Past], now: float) -> Iterator[str]:
    if not past:
        yield "<p>No run is recorded.</p>\n"
        return
    repositories = _repositories(past)
    began = [each.run.began for each in past]
    span = Span(min(began), max(began))
    if repositories:
        rows = "".join(_repository_row(each, now) for each in repositories)
        yield f"<h2>Repositories</h2>\n{table('Repositories', _HEAD, rows, stacks=True)}"
    for each in repositories:
        yield from _repository_part(each, span)
    yield "<h2>Runs</h2>\n"
    points = [
        Point(run.began, run.seconds or 0, not _is_good(each), f"{run.id}: {status(run)[0]}")
        for each in reversed(past)
        for run in (each.run,)
    ]
    yield f'<div class="charts">{chart("Duration of runs", points, elapsed, span)}</div>\n'
    rows = "".join(map(_run_row, past))
    yield table("Runs", ("Run", "Took", "Result", "Files"), rows)


# --- repositories ---


def _repositories(past: Sequence[Past]) -> list[_Repository]:
    """In the order in which the newest runs have them."""
    found: dict[Place, list[ActionRecord]] = {}
    for each in past:
        if each.plan is not None:
            for action in actions_of(each.run, each.plan, each.steps):
                found.setdefault(action.place, []).append(action)
    return [
        _Repository(
            _name(place, actions[0].label),
            place.configuration,
            [action for action in reversed(actions) if action.action == "create"],
            [action for action in reversed(actions) if action.action == "check"],
        )
        for place, actions in found.items()
        if any(action.action in ("create", "check") for action in actions)
    ]


def _name(place: Place, label: str) -> str:
    path = hidden(place.repository)
    return f"{label} ({path})" if label else path


def _repository_row(each: _Repository, now: float) -> str:
    good = next((action for action in reversed(each.creates) if action.good), None)
    archive = f"{text(good.archive)}<br>" if good and good.archive else ""
    size = text(sized(good.size, good.tally)) if good and good.size else ""
    if good and good.size and _is_small(good, each.creates):
        what = smallness(is_empty=good.size.is_empty)
        size += f'<br><span class="late">WARNING: this backup is {what}</span>'
    cells = (
        text(os.path.basename(each.configuration)),
        _last_good(each.creates, now, "bad"),
        archive + size,
        _last_good(each.checks, now, "late"),
    )
    kinds = ("", ' class="number"', "", ' class="number"')
    labelled = zip(_HEAD[1:], kinds, cells, strict=True)
    row = "".join(
        f'<td{kind} data-label="{name}"><div>{cell}</div></td>' for name, kind, cell in labelled
    )
    return f"<tr><th scope=row>{text(each.name)}</th>{row}</tr>\n"


def _is_small(last: ActionRecord, creates: Sequence[ActionRecord]) -> bool:
    """Whether a backup has suddenly little in it. `creates`: it and others, the oldest first."""
    former = [
        action.size for action in reversed(creates) if action.began < last.began and action.good
    ]
    return last.size is not None and growth(last.size, [size for size in former if size]).shrunk


def _last_good(actions: Sequence[ActionRecord], now: float, absence: str) -> str:
    """When an action last succeeded, and how often it has failed since."""
    good = next((action for action in reversed(actions) if action.good), None)
    since = [action for action in actions if good is None or action.began > good.began]
    failed = f'<br><span class="bad">{_failures(len(since), good)}</span>' if since else ""
    if good is None:
        return f'<span class="{absence}">none in these runs</span>{failed}'
    return f"{_when(good.began)}<br>{ago(now - good.began)}{failed}"


def _failures(number: int, good: ActionRecord | None) -> str:
    return f"{count(number, 'failure')}{' since' if good else ''}"


def _repository_part(each: _Repository, span: Span) -> Iterator[str]:
    yield f"<h2>{text(each.name)}</h2>\n"
    yield '<div class="charts">'
    yield from _charts(each, span)
    yield "</div>\n"
    head = ("Started", "Action", "Took", "Result", "Archive", "Size")
    actions = sorted((*each.creates, *each.checks), key=lambda action: action.began, reverse=True)
    rows = "".join(map(_action_row, actions))
    tried = f"{count(len(each.creates), 'attempt')} at a backup, {len(each.checks)} at a check"
    shown = table(f"Backups and checks of {each.name}", head, rows)
    yield f"<details><summary>As a table: {tried}</summary>{shown}</details>\n"


def _charts(each: _Repository, span: Span) -> Iterator[str]:
    for title, actions in (
        ("Duration of backups", each.creates),
        ("Duration of checks", each.checks),
    ):
        points = [
            Point(action.began, action.seconds, not action.good, _word(action))
            for action in actions
        ]
        if points:
            yield chart(title, points, elapsed, span)
    sizes = [(action, action.size) for action in each.creates if action.size is not None]
    if sizes:
        original = [Point(a.began, s.original, not a.good, a.archive) for a, s in sizes]
        yield chart("Original size", original, in_units, span)
    added = [
        Point(a.began, s.added, not a.good, a.archive) for a, s in sizes if s.added is not None
    ]
    if added:
        yield chart("Added to the repository", added, in_units, span)


def _word(action: ActionRecord) -> str:
    return "done" if action.good else "failed"


def _action_row(action: ActionRecord) -> str:
    kind = "good" if action.good else "bad"
    size = text(sized(action.size, action.tally)) if action.size else ""
    return (
        f'<tr><td class="number">{_when(action.began)}</td><td>{text(action.action)}</td>'
        f'<td class="number">{elapsed(action.seconds)}</td><td class="{kind}">{_word(action)}</td>'
        f"<td>{text(action.archive)}</td><td>{size}</td></tr>\n"
    )


# --- runs ---


def _run_row(each: Past) -> str:
    run = each.run
    warned = [step for step in each.steps if step.warned]
    kind = ("late" if warned else "good") if _is_good(each) else "bad"
    word = status(run)[0] + (
        f", {count(len(warned), 'warning')}" if warned and kind == "late" else ""
    )
    origin = "" if run.kind == "apply" else f" ({run.kind} of {each.origin or 'a deleted run'})"
    files = ", ".join(os.path.basename(path) for path in run.configurations)
    took = "-" if run.seconds is None else elapsed(run.seconds)
    return (
        f'<tr><td class="number">{text(run.id + origin)}</td><td class="number">{took}</td>'
        f'<td><span class="{kind}">{text(word)}</span>{"".join(_what_failed(each))}</td>'
        f"<td>{text(files)}</td></tr>\n"
    )


def _what_failed(each: Past) -> Iterator[str]:
    name = step_names(each.plan)
    for step in each.steps:
        if step.outcome is not Outcome.DONE and not (step.outcome is None and each.run.goes_on):
            why = f": {ending(step.as_result)}" if step.outcome else ""
            yield f"<br>{text(name(step.step) + why)}"
    for take in each.owed:
        yield f"<br>outstanding cleanup of {text(name(take.step))}"


def _is_good(each: Past) -> bool:
    return each.run.goes_on or (each.run.exit_code == 0 and not each.run.was_cut)


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
