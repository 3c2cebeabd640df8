"""Dumps of databases around `borg create`: what lists and copies before it, what feeds it, what it gets.

The archive has a name that Borg hides (`.checkpoint`) until all has been judged; then it is renamed, by the name that
Borg reported. Layout and names: `databases/layout.py`.
"""

from __future__ import annotations

from ..borg.action_inputs import Beside, Extent, NamedCommand, logging, repository_flags
from ..borg.create import UNJUDGED
from ..borg.target import Target, extra
from ..borg.versions import SEPARATE_REPOSITORY
from ..config.databases import Database
from ..databases import layout
from ..databases.kinds import kind_of
from ..plan.ids import Names
from ..plan.model import Phase, Step, StepId
from ..plan.scratch import Scratch
from ..plan.words import Use, Value, Word
from ..plan.work import MADE
from ..source.host import Host
from ..source.span import Text
from ..support.record import NamedTuple
from .dump_files import DumpFiles
from .dump_root import runs_inside
from .dump_steps import DumpSteps
from .places import Place
from .runtime_folder import base_of
from .special_files import excluded, finder


class Dumped(NamedTuple):
    """All that the dumps of an action need. `before`: steps before `borg create`; `scratch`: what they share;
    `beside`: what the archive gets. `naming`: the phase in which it gets its name."""

    before: tuple[Step, ...]
    scratch: tuple[Scratch, ...]
    beside: Beside
    naming: Phase


class DumpedOnce(NamedTuple):
    """The dumps that the archives of all repositories of a file get. `before`: steps before the first of these;
    `scratch`: what they share."""

    before: tuple[Step, ...]
    scratch: tuple[Scratch, ...]
    files: DumpFiles


def dumps_of(target: Target, place: Place, extent: Extent, host: Host, names: Names) -> Dumped:
    """The dumps of a configuration's databases, for the archive of one repository. `place`: of the action; `extent`:
    what else the archive gets; `names` makes ids."""
    dumps = _Dumps(target, place, host, names)
    steps = dumps.make()
    rules: tuple[Word, ...] = ()
    if steps.feeds and extent.roots and not target.settings.boolean("read_special"):
        rules = dumps.find_special(extent.roots)
    beside, patterns = _beside(steps.files, target, place, extent, host, rules)
    hides = steps.keeps or bool(steps.feeds)
    beside = beside._replace(special=bool(steps.feeds), feeds=tuple(steps.feeds), hides=hides)
    scratch = (*steps.files.finish(base_of(target.settings, host)), patterns)
    naming = Phase.EXIT if steps.keeps else Phase.BODY
    return Dumped(tuple(steps.before), scratch, beside, naming)


def dumps_once(target: Target, place: Place, host: Host, names: Names) -> DumpedOnce:
    """The dumps of a configuration's databases, for all its repositories. `target`: one of these; `place`: of the file."""
    steps = _Dumps(target, place, host, names).make()
    return DumpedOnce(
        tuple(steps.before), steps.files.finish(base_of(target.settings, host)), steps.files
    )


def dumped_before(
    files: DumpFiles, target: Target, place: Place, extent: Extent, host: Host
) -> Dumped:
    """What the archive of one repository needs to get dumps that have been made before its turn. `place`: of the action."""
    beside, patterns = _beside(files, target, place, extent, host, ())
    return Dumped((), (patterns,), beside, Phase.BODY)


def _beside(
    files: DumpFiles, target: Target, place: Place, extent: Extent, host: Host, rules: tuple[Word, ...]
) -> tuple[Beside, Scratch]:  # fmt: skip
    """What an archive gets, if all of it is files, and the text that says so. `rules`: more pattern lines."""
    inside = runs_inside(target, extent, host)
    patterns, words = files.given(place.scope, rules, inside=inside)
    where: Word = files.top if inside else ""
    return Beside(words, special=False, feeds=(), hides=False, inside=where), patterns


def lacking(target: Target) -> list[Text]:
    """What this Borg has no way for, by name: 2 has no name that hides an archive."""
    if not target.version.knows(SEPARATE_REPOSITORY):
        return []
    return [Text("databases with Borg 2", target.configuration.databases[0].span)]


def renamed(target: Target, made_by: StepId, naming: Phase) -> NamedCommand:
    """The command that gives an archive its name, once all that is in it has been judged: on the way out it runs only
    after all dumps have been whole, and there may be none to name."""
    made = Value(made_by, MADE)
    words: tuple[Word, ...] = (
        *("rename", *logging(target), *repository_flags(target), *extra(target, "rename")),
        *target.at((Use(made),)),
        (Use(made, without=UNJUDGED),),
    )
    command = target.command(words, None)._replace(required=naming is Phase.BODY, once=True)
    return NamedCommand(
        "rename",
        command,
        "the archive gets its final name once all dumps are checked",
        phase=naming,
    )


class _Dumps:
    """Each database as its kind has it."""

    def __init__(self, target: Target, place: Place, host: Host, names: Names) -> None:
        self._target = target
        self._host = host
        self._steps = DumpSteps(target, place, host, names)

    def make(self) -> DumpSteps:
        """What dumps all of them."""
        named, steps = self._named(), self._steps
        for database in self._target.configuration.databases:
            kind_of(database.kind).dump(steps, database, named.get(_server(database), ()))
        steps.finish()
        return steps

    def _named(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The databases with an entry of their own, by server: a list of names doesn't dump them again."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for database in self._target.configuration.databases:
            if not database.several:
                key = _server(database)
                found[key] = (*found.get(key, ()), database.name)
        return found

    def find_special(self, roots: tuple[str, ...]) -> tuple[Word, ...]:
        """Pattern lines that exclude what Borg must not open although it is told to read special files."""
        inside = bool(self._target.settings.boolean("one_file_system"))
        command = finder(roots, self._target.directory, one_file_system=inside)
        first = self._target.configuration.databases[0]
        title = "pipes and devices among the sources"
        step = self._steps.add(
            "special-files",
            title,
            command,
            "what Borg is not to read among the sources",
            first.span,
        )
        return (excluded(step),)


def _server(database: Database) -> tuple[str, str]:
    return database.kind, layout.identifier(database)
