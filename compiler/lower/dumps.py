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


def dumps_of(target: Target, place: Place, extent: Extent, host: Host, names: Names) -> Dumped:
    """The dumps of a configuration's databases, for the archive of one repository. `place`: of the action; `extent`:
    what else the archive gets; `names` makes ids."""
    inside = runs_inside(target, extent, host)
    return _Dumps(target, place, host, names).all(extent.roots, inside=inside)


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

    def all(self, roots: tuple[str, ...], *, inside: bool) -> Dumped:
        named, steps = self._named(), self._steps
        for database in self._target.configuration.databases:
            kind_of(database.kind).dump(steps, database, named.get(_server(database), ()))
        steps.finish()
        rules: tuple[Word, ...] = ()
        if steps.feeds and roots and not self._target.settings.boolean("read_special"):
            rules = self._find_special(roots)
        base = base_of(self._target.settings, self._host)
        scratch, patterns = steps.files.finish(base, rules, inside=inside)
        hides = steps.keeps or bool(steps.feeds)
        where: Word = steps.files.top if inside else ""
        beside = Beside(patterns, bool(steps.feeds), tuple(steps.feeds), hides, where)
        return Dumped(
            tuple(steps.before), scratch, beside, Phase.EXIT if steps.keeps else Phase.BODY
        )

    def _named(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The databases with an entry of their own, by server: a list of names doesn't dump them again."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for database in self._target.configuration.databases:
            if not database.several:
                key = _server(database)
                found[key] = (*found.get(key, ()), database.name)
        return found

    def _find_special(self, roots: tuple[str, ...]) -> tuple[Word, ...]:
        """Pattern lines that exclude what Borg must not open although it is told to read special files."""
        inside = bool(self._target.settings.boolean("one_file_system"))
        command = finder(roots, self._target.directory, one_file_system=inside)
        first = self._target.configuration.databases[0]
        title = "pipes and devices among the sources"
        step = self._steps.add(
            "special-files", title, command, "Borg reads none of them", first.span
        )
        return (excluded(step),)


def _server(database: Database) -> tuple[str, str]:
    return database.kind, layout.identifier(database)
