"""Configuration files that are the same but for their names: only the first of them is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...compiler.plan.model import Plan, ScopeId, ScopeKind
from ...compiler.shell.printable import printable
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from .phrases import count
from .plan_preamble import SHOWS

if TYPE_CHECKING:
    from ...compiler.analysis.alike import File

_FEWEST = 4  # alike files of which only the first is shown
_NAMED = 3  # of those that aren't shown


class AlikeFiles(NamedTuple):
    """`numbers`: for the configurations that are shown, of how many files they stand. `notes`: what is folded into them. `lists`: what there is to know of each
    folded file, to be shown last. `hidden`: the names of the folded files."""

    numbers: Mapping[ScopeId, int] = {}
    notes: Mapping[ScopeId, str] = {}
    lists: Mapping[ScopeId, tuple[str, ...]] = {}
    hidden: frozenset[str] = frozenset()


def alike_files(plan: Plan) -> AlikeFiles:
    """What to fold of a plan; nothing where there are few files."""
    configurations = sum(scope.kind is ScopeKind.CONFIGURATION for scope in plan.scopes)
    if configurations < _FEWEST:
        return AlikeFiles()
    from ...compiler.analysis.alike import alike

    groups = [group for group in alike(plan) if len(group) >= _FEWEST]
    numbers = {first.scope.id: 1 + len(rest) for first, *rest in groups}
    notes, lists = {}, {}
    for first, *rest in groups:
        notes[first.scope.id], lists[first.scope.id] = _about(first, rest)
    hidden = frozenset(file.scope.name for _, *rest in groups for file in rest)
    return AlikeFiles(numbers, notes, lists, hidden)


def _about(first: File, rest: Sequence[File]) -> tuple[str, tuple[str, ...]]:
    """A note, and a line for each file whose repositories don't follow from its name."""
    note = f"folded: {note_on(first, rest)}; {SHOWS}"
    if _follow(first, rest):
        return note, ()
    lines = (f"{_named(f)}: {', '.join(map(printable, f.repositories))}" for f in rest)
    return note, tuple(lines)


def note_on(first: File, rest: Sequence[File]) -> str:
    """Which files are the same as the first but for what, in one line."""
    names = f", with their own names in place of `{printable(first.word)}`" if first.word else ""
    own = "" if _follow(first, rest) else f"{' and' if names else ', with'} their own repositories"
    few = rest if len(rest) <= _NAMED + 1 else rest[:_NAMED]
    more = f" and {len(rest) - len(few)} more" if len(few) < len(rest) else ""
    same = f"{count(len(rest), 'more file')}, the same{names}{own}"
    return f"{same}: {', '.join(map(_named, few))}{more}"


def _follow(first: File, rest: Sequence[File]) -> bool:
    """Whether the names of repositories follow from those of the files."""
    from ...compiler.analysis.alike import has_renamed_repositories

    return all(has_renamed_repositories(first, file) for file in rest)


def _named(file: File) -> str:
    return f"{printable(file.scope.name.rpartition('/')[2])} ({file.first} to {file.last})"
