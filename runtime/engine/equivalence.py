"""Whether two plans do the same, by running both in thought: as they are, and with each single failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ...compiler.diff.upgrade import exit_codes
from ...compiler.plan.claims import REPOSITORY, Mode
from ...compiler.plan.command_text import first_line, words_text
from ...compiler.plan.model import Plan, Step
from ...compiler.plan.words import ScratchPath, parts_of
from ...compiler.plan.work import Process, Shell
from ...compiler.source.span import Span
from ...compiler.support.record import NamedTuple
from ...compiler.syntax.nodes import shorten
from .simulate import Key, Rehearsal, keys, rehearse
from .stored_files import changed_storing, without_stored

SOFT = 75
FEW = 100  # commands that are all tried failing
MOST_STEPS = 200_000  # of all rehearsals of two plans with one exit code
# What of a difference in words it is, by what a command does with its repository.
_KINDS = {Mode.READ: "reading", Mode.ALONE: "checked"}


class Difference(NamedTuple):
    """`kind`: one of `difference_kinds`. `text`: what is different. `span`: about which line of the file as it was."""

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
    for get, origin in changed_storing(old, new):
        verb = "now" if get else "no longer"
        yield Difference("stored", f"archives {verb} get the configuration files", origin)
    old, new = without_stored(old), without_stored(new)
    yield from _in_plan(old, new)
    new = _with_retries_of(old, new)
    names = keys(old, moved={}), keys(new, moved)
    before = {names[0][step.id]: step for step in old.steps}
    after = {names[1][step.id]: step for step in new.steps}
    for key in before.keys() ^ after.keys():
        step = before.get(key) or after[key]
        words = "no longer runs there" if key in before else "now runs there"
        kind = "space" if isinstance(step.work, Process) and key in before else "hooks"
        words = f"{words}: {step.title}: {step.reason}"
        yield Difference(kind, f"{_name(step)} {words}", _span(key, step))
    pairs = [_Pair(key, step, after[key]) for key, step in before.items() if key in after]
    for pair in pairs:
        yield from _in_step(pair)
    common = frozenset(pair.key for pair in pairs)

    def both(
        failing: Key | None = None, code: int = 0, times: int = 0
    ) -> tuple[Rehearsal, Rehearsal]:
        return (
            rehearse(old, names[0], failing, code, times).of(common),
            rehearse(new, names[1], failing, code, times).of(common),
        )

    first, second = both()
    if first != second:
        yield Difference("order", _changed(first, second, before), Span(_file(old)))
        return
    again = any(scope.retry.times for scope in old.scopes)
    tried = _tried(pairs)
    most = max(20, MOST_STEPS // max(1, len(pairs)))
    if len(tried) > most:
        tried = [*tried[: most // 2], *tried[-most // 2 :]]
        words = f"only {most} of the commands were simulated failing"
        yield Difference("untried", words, Span(_file(old)))
    for pair in tried:
        for code in _codes(pair):
            for times in (0, 1) if again else (0,):
                first, second = both(pair.key, code, times)
                if first != second:
                    kind = "soft" if code == SOFT else "failures"
                    when = f"{_name(pair.old)} ends with {code}"
                    text = f"if {when}{' once' if times else ''}: {_changed(first, second, before)}"
                    yield Difference(kind, text, _span(pair.key, pair.old))


def _tried(pairs: list[_Pair]) -> list[_Pair]:
    """Those to be tried failing: of many, the first and the last of each list, as the others do the same."""
    if len(pairs) <= FEW:
        return pairs
    lists: dict[object, list[_Pair]] = {}
    for pair in pairs:
        alike = tuple(
            (step.scope, step.phase, step.trigger, step.on_soft, step.on_hard, step.work.exits)
            for step in (pair.old, pair.new)
        )
        lists.setdefault((*alike, type(pair.old.work)), []).append(pair)
    return [pair for found in lists.values() for pair in dict.fromkeys((found[0], found[-1]))]


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
            yield Difference("umask", f"{name} runs with a different umask: {umasks}", span)
        if old.directory != new.directory:
            where = f"{old.directory or 'where borgmatic starts'} -> {new.directory}"
            yield Difference("directory", f"{name} starts in a different directory: {where}", span)
    elif isinstance(old, Process) and isinstance(new, Process):
        yield from _in_command(pair, old, new)


def _in_command(pair: _Pair, old: Process, new: Process) -> Iterator[Difference]:
    gone = [word for word in _words(old) if word not in _words(new)]
    come = [word for word in _words(new) if word not in _words(old)]
    for side in (gone, come):
        if "--umask" in side:
            place = side.index("--umask")
            words = " ".join(side[place : place + 2])
            del side[place : place + 2]
            yield Difference(
                "umask",
                f"{_name(pair.old)}: {'without' if side is gone else 'with'} {words}",
                pair.old.origin,
            )
    if gone or come or _reordered(old, new):
        mode = _mode(pair.old)
        kind = _KINDS.get(mode, "borg") if mode else "borg"
        if kind == "checked" and any(len(side) > 2 for side in (gone, come)):
            kind = "borg"
        words = f"{' '.join(gone) or 'nothing'} -> {' '.join(come) or 'nothing'}"
        text = words if gone or come else "the same arguments in a different order"
        yield Difference(kind, f"{_name(pair.old)}: {text}", pair.old.origin)
    fields = [
        field
        for field in ("environment", "unset", "passphrase", "directory", "needs", "required")
        if _field(old, field) != _field(new, field)
    ]
    if fields:
        yield Difference("borg", f"{_name(pair.old)}: other {', '.join(fields)}", pair.old.origin)


def _mode(step: Step) -> Mode | None:
    return next((claim.mode for claim in step.claims if claim.kind == REPOSITORY), None)


def _reordered(old: Process, new: Process) -> bool:
    return _words(old) != _words(new) and sorted(_words(old)) == sorted(_words(new))


def _words(command: Process) -> list[str]:
    """What files of patterns are called is the plan's business."""
    return [words_text((word,)) if isinstance(word, tuple) else word for word in command.argv]


def _field(command: Process, name: str) -> object:
    """How exit codes are to be given belongs to how they are read, which is compared apart."""
    if name == "environment":
        return tuple(item for item in command.environment if item[0] != "BORG_EXIT_CODES")
    return getattr(command, name)


def _umask(mask: int | None) -> str:
    return "the process's" if mask is None else f"{mask:04o}"


def _in_plan(old: Plan, new: Plan) -> Iterator[Difference]:
    for change in exit_codes(old, new):
        yield Difference("exit codes", f"{change.subject}: {_grouped(change.what)}", change.origin)
    retries = {scope.id: scope.retry for scope in new.scopes}
    for scope in old.scopes:
        other = retries.get(scope.id, scope.retry)
        if scope.retry != other:
            words = f"repeated {scope.retry.times} -> {other.times} times"
            if scope.retry.times == other.times:
                words = "retried outcomes change"
            yield Difference("retries", f"{scope.name}: {words}", scope.origin)
    before, after = _patterns(old), _patterns(new)
    for place in before.keys() & after.keys():
        if before[place] != after[place]:
            yield Difference("patterns", "patterns are in a different order", place)


def condensed(found: list[Difference]) -> list[Difference]:
    """In the order of kinds and lines; what is the same for several of Borg's commands is said once."""
    by_words: dict[tuple[str, str], list[Difference]] = {}
    rest = []
    for difference in found:
        if difference.kind == "exit codes":
            words = difference.text.partition(": ")[2]
            by_words.setdefault((difference.span.file, words), []).append(difference)
        else:
            rest.append(difference)
    for (_, words), same in by_words.items():
        subjects = sorted({difference.text.partition(": ")[0] for difference in same})
        rest.append(same[0]._replace(text=f"{', '.join(subjects)}: {words}"))
    return sorted(dict.fromkeys(rest), key=lambda d: (d.kind, d.span, d.text))


def _grouped(words: tuple[str, ...]) -> str:
    """Exit codes by what becomes of them."""
    groups: dict[str, list[str]] = {}
    for word in words:
        code, _, what = word.removeprefix("exit code ").partition(": ")
        groups.setdefault(what, []).append(code)
    return "; ".join(f"{', '.join(codes)}: {what}" for what, codes in groups.items())


def _with_retries_of(old: Plan, new: Plan) -> Plan:
    """For comparing the rest."""
    retries = {scope.id: scope.retry for scope in old.scopes}
    return new._replace(
        scopes=tuple(s._replace(retry=retries.get(s.id, s.retry)) for s in new.scopes)
    )


def _patterns(plan: Plan) -> dict[Span, tuple[str, ...]]:
    """Lines of the pattern files, by the repositories that they are for."""
    lines = {scratch.name: scratch.shown_lines for scratch in plan.scratch}
    return {
        step.origin: lines[part.name]
        for step in plan.steps
        if isinstance(step.work, Process)
        for part in parts_of(step.work.argv)
        if isinstance(part, ScratchPath)
    }


def _changed(old: Rehearsal, new: Rehearsal, steps: Mapping[Key, Step]) -> str:
    """What of two rehearsals isn't the same, in words."""
    before, after = Counter(old.keys), Counter(new.keys)
    words = []
    for text, keys_of in (("no longer runs", before - after), ("now runs", after - before)):
        names = dict.fromkeys(_name(steps[key]) for key in keys_of)
        if names:
            words.append(f"{text}: {', '.join(names)}")
    if not words and old.keys != new.keys:
        words.append("different order")
    elif not words and old.trace != new.trace:
        words.append("error hooks get a different repository")
    if old.exit_code != new.exit_code:
        words.append(f"exit code {old.exit_code} -> {new.exit_code}")
    return "; ".join(words)


def _name(step: Step) -> str:
    if isinstance(step.work, Shell):
        return f"`{shorten(first_line(step.work.written), 60)}`"
    return step.title


def _span(key: Key, step: Step) -> Span:
    return key.what if isinstance(key.what, Span) else step.origin


def _file(plan: Plan) -> str:
    return next((scope.origin.file for scope in plan.scopes[1:]), "")
