"""What came of a run in each repository of each configuration file: the one record that the summary, the report as
JSON, events, `show`, messages to services and metrics have it from.

In: a plan, how its steps ended, and the sizes of former archives. What isn't known is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, ScopeKind, StepId
from ...compiler.plan.titles import subcommand
from ...compiler.plan.words import Use, parts_of
from ...compiler.plan.work import Process, words_of
from ...compiler.support.record import NamedTuple
from .fates import Fate, StepFate, went_well
from .sizes import ArchiveSize, Growth, growth
from .sizes import as_data as size_data
from .tally import NO_TALLY, Tally
from .tally import as_data as tally_data

# Sizes of the archives that steps made in former runs, the newest first.
Former = Mapping[StepId, Sequence[ArchiveSize]]
NO_FORMER: Former = MappingProxyType({})
_WENT_WELL = (Fate.DONE, Fate.WARNING, Fate.NOTHING)


class Backup(NamedTuple):
    """What became of one backup that a plan has: of a configuration file in a repository. `archive`: the name of
    the archive, as Borg tells it; empty if none is known to be there. `is_missing`: none was made, though a run
    was to make it; in a dry run no backup is. `hidden`: the name of one that was made, and kept the name that hides it.
    `size`: of the archive. `growth`: beside those before, `last`: the size of the last one. `tally`: its files.
    `seconds`: that Borg took."""

    configuration: str
    repository: str
    archive: str
    is_missing: bool
    hidden: str = ""
    size: ArchiveSize | None = None
    growth: Growth = Growth()
    last: ArchiveSize | None = None
    tally: Tally = NO_TALLY
    seconds: float | None = None

    @property
    def is_empty(self) -> bool:
        """Suddenly: the last one had files, or there was none."""
        return self.growth.shrunk and self.size is not None and self.size.is_empty


class Check(NamedTuple):
    """One command that checked a repository. `names`: the checks that it did. `is_good`: it found nothing wrong."""

    names: tuple[str, ...]
    is_good: bool
    seconds: float


class RepositoryRecord(NamedTuple):
    """Of one repository of a configuration file. `label`: what people call it, or empty. `backups`: one for each archive
    that was to be made. `pruned`, `kept`: archives; `freed`: bytes. `checks`: those that ran."""

    configuration: str
    repository: str
    label: str
    backups: tuple[Backup, ...] = ()
    pruned: int | None = None
    kept: int | None = None
    freed: int | None = None
    checks: tuple[Check, ...] = ()

    @property
    def says_something(self) -> bool:
        numbers = (self.pruned, self.kept, self.freed)
        made = any(each.archive or each.is_missing or each.hidden for each in self.backups)
        return made or bool(self.checks) or any(number is not None for number in numbers)


def records(
    plan: Plan, found: Sequence[StepFate], former: Former = NO_FORMER
) -> list[RepositoryRecord]:
    """One for each repository in each configuration file, in the plan's order. `found`: how the steps ended. `former`:
    see there."""
    tree = index(plan)
    by_scope: dict[str, list[StepFate]] = {}
    for fate in found:
        scope = tree.around(fate.step.scope, ScopeKind.REPOSITORY)
        if scope is not None and isinstance(fate.step.work, Process):
            by_scope.setdefault(scope.id, []).append(fate)
    return [_record(plan, scope, own, found, former) for scope, own in by_scope.items()]


def _record(
    plan: Plan, scope: str, own: Sequence[StepFate], found: Sequence[StepFate], former: Former
) -> RepositoryRecord:
    tree = index(plan)
    repository = tree.scopes[scope]
    configuration = tree.name_of(scope, ScopeKind.CONFIGURATION)
    tallies = [fate.result.tally for fate in own if fate.result is not None and fate.result.ran]
    return RepositoryRecord(
        configuration,
        repository.name,
        repository.label,
        tuple(
            _backup(configuration, repository.name, fate, found, former)
            for fate in own
            if subcommand(fate.step) == "create"
        ),
        _sum(tally.pruned for tally in tallies),
        _sum(tally.kept for tally in tallies),
        _sum(tally.freed for tally in tallies),
        tuple(
            Check(fate.step.work.checks, went_well(fate), fate.result.seconds)
            for fate in own
            if isinstance(fate.step.work, Process) and fate.step.work.checks
            and fate.result is not None and fate.result.ran
        ),
    )  # fmt: skip


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _backup(
    configuration: str,
    repository: str,
    fate: StepFate,
    found: Sequence[StepFate],
    former: Former,
) -> Backup:
    """What a hook has asked to leave out is missing, too: whoever reads the summary wants to know."""
    archive, result = _archive(fate, found), fate.result
    size = result.size if archive and result else None
    before = former.get(fate.step.id, ())
    return Backup(
        configuration,
        repository,
        archive=archive,
        is_missing=not archive and fate.fate not in _WENT_WELL,
        hidden="" if archive or result is None else result.archive,
        size=size,
        growth=growth(size, before) if size else Growth(),
        last=before[0] if size and before else None,
        tally=result.tally if result else NO_TALLY,
        seconds=result.seconds if archive and result else None,
    )


def _archive(fate: StepFate, found: Sequence[StepFate]) -> str:
    """The name of what a step has made; empty until a later step has given it the name that it is to have."""
    made = fate.result.archive if fate.result is not None else ""
    for other in found:
        for part in parts_of(words_of(other.step.work)):
            if isinstance(part, Use) and part.without and part.value.producer == fate.step.id:
                return made.removesuffix(part.without) if other.fate in _WENT_WELL else ""
    return made


def backups(found: Iterable[RepositoryRecord]) -> list[Backup]:
    """Those of all repositories."""
    return [backup for record in found for backup in record.backups]


def as_data(record: RepositoryRecord) -> dict[str, object]:
    """For JSON; null for what isn't known."""
    return {
        "configuration": record.configuration,
        "repository": record.repository,
        "label": record.label or None,
        "archives": [backup.archive for backup in record.backups if backup.archive],
        "pruned": record.pruned,
        "kept": record.kept,
        "freed": record.freed,
        "checks": [
            {"checks": list(check.names), "good": check.is_good, "seconds": round(check.seconds, 3)}
            for check in record.checks
        ],
    }


def backup_data(backup: Backup) -> dict[str, object]:
    """For JSON. `archive` is null where an archive is not certain; `size` and `since_last` where they aren't known."""
    return {
        "configuration": backup.configuration,
        "repository": backup.repository,
        "archive": backup.archive or None,
        "missing": backup.is_missing,
        "hidden": backup.hidden or None,
        "size": size_data(backup.size),
        **backup.growth._asdict(),
        "last": size_data(backup.last),
        "files": tally_data(backup.tally),
        "seconds": None if backup.seconds is None else round(backup.seconds, 3),
    }
