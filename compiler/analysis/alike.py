"""Configuration files that are the same but for their names, as where each of fifty services has a file of its own.

Two files are alike if one's steps are the other's with names put in place of names: of the file (or of the part of its
path that tells it from the others), and of its repositories. Words of options are no names: `--keep-daily` in the
file `daily` is not `--keep-weekly` in the file `weekly`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ..plan.model import Plan, Scope, ScopeId, ScopeKind, Step
from ..plan.scratch import Scratch
from ..plan.words import ScratchPath, parts_of
from ..plan.work import Process, words_of
from ..source.span import Span
from ..support.record import NamedTuple

_WORD = r"(?<![A-Za-z0-9]){}(?![A-Za-z0-9])"
_OPTION = r"(?<![\w/.-])--?[A-Za-z][\w-]*"
_NOWHERE = Span("", 1, 1, 1, 1)
_PRODUCER = re.compile(r"producer='([^']*)'")


class File(NamedTuple):
    """A configuration of a plan. `first` and `last`: numbers of its steps from 1; 0 for one without steps. `word`: what
    tells it from those it is alike to, wherever its texts have it; empty for nothing short. `repositories`: of those
    the names."""

    scope: Scope
    first: int
    last: int
    word: str
    repositories: tuple[str, ...]


def alike(plan: Plan) -> list[tuple[File, ...]]:
    """The configurations of a plan, those together that are alike, in the order of their first ones."""
    of = _configurations(plan)
    inner: dict[ScopeId, list[Scope]] = {}
    for each in plan.scopes:
        if each.id in of:
            inner.setdefault(of[each.id], []).append(each)
    steps: dict[ScopeId, list[tuple[int, Step]]] = {scope: [] for scope in inner}
    for number, step in enumerate(plan.steps, 1):
        if step.scope in of:
            steps[of[step.scope]].append((number, step))
    similar: dict[object, list[ScopeId]] = {}
    for scope, found in steps.items():
        kinds = (len(inner[scope]), *((step.phase, step.role, step.hook) for _, step in found))
        similar.setdefault(kinds, []).append(scope)
    described = _Descriptions(plan)
    groups: dict[object, list[File]] = {}
    for place, candidates in enumerate(similar.values()):
        words = _telling_apart([inner[scope][0].name for scope in candidates])
        for scope, word in zip(candidates, words, strict=True):
            file = _file(inner[scope], steps[scope], word)
            alone = len(candidates) == 1
            key = scope if alone else described.of(file, inner[scope], steps[scope])
            groups.setdefault((place, key), []).append(file)
    ordered = sorted(groups.values(), key=lambda group: (group[0].first, group[0].scope.id))
    return [tuple(group) for group in ordered]


def has_renamed_repositories(file: File, other: File) -> bool:
    """Whether the repositories of `other`, which is like `file`, are its with the one's word for the other's."""
    word = re.compile(_WORD.format(re.escape(file.word or file.scope.name)))
    mine = tuple(word.sub(lambda _: other.word, name) for name in file.repositories)
    return mine == other.repositories


def _configurations(plan: Plan) -> dict[ScopeId, ScopeId]:
    """For each scope within a configuration, and that itself, the configuration's."""
    found: dict[ScopeId, ScopeId] = {}
    for scope in plan.scopes:
        if scope.kind is ScopeKind.CONFIGURATION:
            found[scope.id] = scope.id
        elif scope.parent in found:
            found[scope.id] = found[scope.parent]
    return found


def _file(scopes: Sequence[Scope], steps: Sequence[tuple[int, Step]], word: str) -> File:
    repositories = tuple(s.name for s in scopes if s.kind is ScopeKind.REPOSITORY)
    first, last = (steps[0][0], steps[-1][0]) if steps else (0, 0)
    return File(scopes[0], first, last, word, repositories)


def _telling_apart(paths: Sequence[str]) -> list[str]:
    """For each path its last part in which all of them differ, without what all have in common around it; empty
    where there is none."""
    parts = [
        path.rpartition(".")[0].split("/") if "." in path else path.split("/") for path in paths
    ]
    nothing = [""] * len(paths)
    for level in range(1, min(map(len, parts)) + 1):
        names = [part[-level] for part in parts]
        if len(set(names)) == len(names):
            fitting = (some for some in (_bare(names), names) if all(map(_is_name, some)))
            return next((some for some in fitting if len(set(some)) == len(some)), nothing)
    return nothing


def _is_name(word: str) -> bool:
    """Whether it is nothing that counts or measures, such as the `7` or the `2d` of an option."""
    return word[:1].isalpha()


def _bare(names: Sequence[str]) -> list[str]:
    """Names without their first and last words that are the same in all."""
    words = [re.split(r"([^A-Za-z0-9]+)", name) for name in names]  # with what is between them
    most = min(map(len, words)) - 1
    start = _equal(words, range(most))
    end = _equal(words, range(-1, start - most - 1, -1))
    return ["".join(word[start : len(word) - end]) for word in words]


def _equal(lists: Sequence[Sequence[str]], places: range) -> int:
    """At how many of the first places all have the same: an even number."""
    different = (
        at for at, place in enumerate(places) if len({words[place] for words in lists}) > 1
    )
    found = next(different, len(places))
    return found - found % 2


class _Descriptions:
    """What has to be the same in files that are alike."""

    def __init__(self, plan: Plan) -> None:
        self._scratch: dict[str, Scratch] = {file.name: file for file in plan.scratch}
        self._semantics = {meaning.configuration: meaning.semantics for meaning in plan.meanings}
        self._lines: dict[tuple[object, ...], int] = {}

    def of(
        self, file: File, scopes: Sequence[Scope], steps: Sequence[tuple[int, Step]]
    ) -> tuple[object, ...]:
        plain = _namer(file)
        ordinal = {step.id: str(place) for place, (_, step) in enumerate(steps)}

        def text(of: object) -> str:
            found = _PRODUCER.sub(lambda match: f"by {ordinal.get(match[1], match[1])}", repr(of))
            return plain(found)

        place = {scope.id: str(number) for number, scope in enumerate(scopes)}
        return (
            self._semantics.get(file.scope.name, ""),
            *(plain(repr(_of_scope(scope, place))) for scope in scopes),
            *(text(_of_step(step, place, ordinal)) for _, step in steps),
            *(self._of_scratch(name, plain) for _, step in steps for name in _scratch_of(step)),
        )

    def _of_scratch(self, name: str, plain: Callable[[str], str]) -> object:
        """Equal for files whose lines are equal, or are so with marks for names: lines that name all configurations
        are equal, and long."""
        file = self._scratch.get(name)
        if file is None:
            return name
        lines = tuple(line if isinstance(line, str) else plain(repr(line)) for line in file.lines)
        found = self._lines.get(lines)
        if found is None:
            marked = (file.kind, *map(plain, lines))
            found = self._lines[lines] = self._lines.setdefault(marked, len(self._lines))
        return found


def _namer(file: File) -> Callable[[str], str]:
    """A function that puts marks in place of a file's names."""
    marks = {file.scope.name: "\0f"}
    for number, repository in enumerate(file.repositories):
        marks.setdefault(repository, f"\0r{number}")
    if file.word:
        marks.setdefault(file.word, "\0w")
    names = sorted((name for name in marks if name), key=len, reverse=True)
    any_name = "|".join(map(re.escape, names))
    pattern = re.compile(f"{_OPTION}|{_WORD.format(f'(?:{any_name})')}")
    return lambda text: pattern.sub(lambda match: marks.get(match[0], match[0]), text)


def _of_scope(scope: Scope, place: dict[ScopeId, str]) -> object:
    return scope._replace(id="", parent=place.get(scope.parent or ""), origin=_NOWHERE)


def _of_step(step: Step, place: dict[ScopeId, str], ordinal: dict[str, str]) -> object:
    """A step without what is another one's in another file anyway."""
    work, condition = step.work, step.condition
    if isinstance(work, Process):
        work = work._replace(records=("",) * len(work.records))  # named by digests
    if condition is not None:
        condition = condition._replace(steps=tuple(ordinal.get(s, s) for s in condition.steps))
    return step._replace(
        id="", scope=place[step.scope], origin=_NOWHERE, claims=(), work=work, condition=condition
    )


def _scratch_of(step: Step) -> Iterator[str]:
    if not isinstance(step.work, Process):
        return
    for part in parts_of(words_of(step.work)):
        if isinstance(part, ScratchPath):
            yield part.name
