"""Whether two plans do the same, by running both in thought: as they are, and with each single failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..compiler.plan import Command, Plan, Shell, Step
from ..compiler.preview import exit_codes
from ..compiler.source import Span
from .rehearsal import Key, Rehearsal, keys, rehearse

SOFT = 75
# Every kind of difference, with why it can't be helped.
KINDS = {
    "actions": "which actions run by default, and in which order, is the release's choice; name them on the "
    "command line: --actions",
    "address": "written as borgmatic 2 reads it; Borg takes both for the same repository",
    "borg": "Borg gets other words, or another environment",
    "directory": "hooks start in `working_directory` from borgmatic 2.0 on",
    "environment": "borgmatic replaces ${NAME} from 1.6 on; a backslash before it keeps the text",
    "exit codes": "which of Borg's exit codes are failures is the release's choice; `borg_exit_codes` can say otherwise",
    "failures": "`commands:` has no words for what used to happen here",
    "hooks": "`commands:` has no words for when this ran",
    "included": "what is included has to be migrated in its own file",
    "order": "the same commands run in another order",
    "patterns": "sources of patterns are tried in another order from borgmatic 1.6 on",
    "retries": "a failure that a later attempt makes good counted in borgmatic 1.5",
    "soft": "exit code 75 of a hook means something else in each generation",
    "umask": "there is one umask for Borg and hooks from borgmatic 1.8 on",
    "values": "what hooks can fill in differs by place and generation",
}


class Difference(NamedTuple):
    """`kind`: one of KINDS. `text`: what is different. `span`: about which line of the file as it was."""

    kind: str
    text: str
    span: Span


class _Pair(NamedTuple):
    """Steps of both plans that stand for the same."""

    key: Key
    old: Step
    new: Step


def differences(old: Plan, new: Plan, moved: Mapping[Span, Span]) -> list[Difference]:
    """`moved`: places of hook commands in the new plan's files, with those in the old one's."""
    return list(dict.fromkeys(_differences(old, new, moved)))


def _differences(old: Plan, new: Plan, moved: Mapping[Span, Span]) -> Iterator[Difference]:
    names = keys(old, moved={}), keys(new, moved)
    before = {names[0][step.id]: step for step in old.steps}
    after = {names[1][step.id]: step for step in new.steps}
    for key in before.keys() ^ after.keys():
        step = before.get(key) or after[key]
        words = "no longer runs there" if key in before else "newly runs there"
        yield Difference("hooks", f"{_name(step)} {words}: {step.reason}", _span(key, step))
    pairs = [_Pair(key, step, after[key]) for key, step in before.items() if key in after]
    for pair in pairs:
        yield from _in_step(pair)
    yield from _in_plan(old, new)
    common = frozenset(pair.key for pair in pairs)

    def both(failing: Key | None = None, code: int = 0, times: int = 0) -> tuple[Rehearsal, Rehearsal]:
        return (
            rehearse(old, names[0], failing, code, times).of(common),
            rehearse(new, names[1], failing, code, times).of(common),
        )

    first, second = both()
    if first != second:
        yield Difference("order", _changed(first, second, before), Span(_file(old)))
        return
    again = any(scope.retry.times for scope in old.scopes)
    for pair in pairs:
        for code in _codes(pair):
            for times in (0, 1) if again else (0,):
                first, second = both(pair.key, code, times)
                if first != second:
                    kind = "soft" if code == SOFT else "retries" if times else "failures"
                    when = f"{_name(pair.old)} ends with {code}"
                    text = f"if {when}{' once' if times else ''}: {_changed(first, second, before)}"
                    yield Difference(kind, text, _span(pair.key, pair.old))


def _codes(pair: _Pair) -> tuple[int, ...]:
    """Exit codes to try. Borg's are compared apart, so only those that both plans read alike."""
    soft = pair.old.work.exits.outcome(SOFT) is pair.new.work.exits.outcome(SOFT)
    return (2, SOFT) if isinstance(pair.old.work, Shell) or soft else (2,)


def _in_step(pair: _Pair) -> Iterator[Difference]:
    old, new, span = pair.old.work, pair.new.work, _span(pair.key, pair.old)
    name = _name(pair.old)
    if isinstance(old, Shell) and isinstance(new, Shell):
        if (old.script, dict(old.late)) != (new.script, dict(new.late)):
            yield Difference("values", f"{name} becomes `{new.script}`", span)
        if old.umask != new.umask:
            umasks = f"{_umask(old.umask)} -> {_umask(new.umask)}"
            yield Difference("umask", f"{name} runs with another umask: {umasks}", span)
        if old.directory != new.directory:
            where = f"{old.directory or 'where borgmatic starts'} -> {new.directory}"
            yield Difference("directory", f"{name} starts elsewhere: {where}", span)
    elif isinstance(old, Command) and isinstance(new, Command):
        gone = [str(word) for word in old.argv if word not in new.argv]
        come = [str(word) for word in new.argv if word not in old.argv]
        if old.argv != new.argv:
            words = " ".join(gone) or "nothing", " ".join(come) or "nothing"
            moved = "" if gone or come else " in another order"
            yield Difference("borg", f"{name}{moved}: {words[0]} -> {words[1]}", span)
        plain = {"argv": (), "dry_argv": None, "exits": old.exits, "records": (), "reason": ""}
        kept = {key: value for key, value in plain.items() if key in Command._fields}
        if old._replace(**kept) != new._replace(**kept):
            fields = [f for f in Command._fields if f not in kept and getattr(old, f) != getattr(new, f)]
            yield Difference("borg", f"{name} gets other {', '.join(fields)}", span)


def _umask(mask: int | None) -> str:
    return "the process's" if mask is None else f"{mask:04o}"


def _in_plan(old: Plan, new: Plan) -> Iterator[Difference]:
    for change in exit_codes(old, new):
        yield Difference("exit codes", f"{change.subject}: {'; '.join(change.what)}", change.origin)
    after = {pattern.name: pattern.lines for pattern in new.patterns}
    for pattern in old.patterns:
        if after.get(pattern.name) != pattern.lines:
            yield Difference("patterns", "patterns stand in another order", Span(_file(old)))


def _changed(old: Rehearsal, new: Rehearsal, steps: Mapping[Key, Step]) -> str:
    """What of two rehearsals isn't the same, in words."""
    before, after = Counter(old.keys), Counter(new.keys)
    words = []
    for text, keys_of in (("no longer runs", before - after), ("newly runs", after - before)):
        names = dict.fromkeys(_name(steps[key]) for key in keys_of)
        if names:
            words.append(f"{text}: {', '.join(names)}")
    if not words and old.keys != new.keys:
        words.append("another order")
    elif not words and old.trace != new.trace:
        words.append("error hooks are told of another repository")
    if old.exit_code != new.exit_code:
        words.append(f"exit code {old.exit_code} -> {new.exit_code}")
    return "; ".join(words)


def _name(step: Step) -> str:
    if isinstance(step.work, Shell):
        return f"`{step.work.written.strip().splitlines()[0] if step.work.written.strip() else ''}`"
    return f"borg {step.id.rpartition('#borg-')[2]}"


def _span(key: Key, step: Step) -> Span:
    return key.what if isinstance(key.what, Span) else step.origin


def _file(plan: Plan) -> str:
    return next((scope.origin.file for scope in plan.scopes[1:]), "")
