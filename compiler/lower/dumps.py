"""Dumps of databases around `borg create`: what lists and copies before it, what feeds it, what it gets.

The archive has a name that Borg hides (`.checkpoint`) until all has been judged; then it is renamed, by the name that
Borg reported. Layout and names: `databases/layout.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from ..borg.action_inputs import Beside, Extent, NamedCommand, logging, repository_flags
from ..borg.create import UNJUDGED
from ..borg.target import Target, expand_home, extra
from ..borg.versions import SEPARATE_REPOSITORY
from ..config.databases import Database
from ..databases import influxdb, layout, mongodb, mysql, openldap, postgresql, sqlite
from ..databases.layout import Dump
from ..plan.ids import Names
from ..plan.model import Phase, Step, StepId
from ..plan.scratch import Scratch
from ..plan.words import EACH, ForEach, Printed, Use, Value, Word
from ..plan.work import MADE
from ..source.host import Host
from ..source.span import Text
from ..support.record import NamedTuple
from .dump_files import base_of
from .dump_root import runs_inside
from .dump_steps import DumpSteps
from .places import Place
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
    """Each kind of database by its own programs."""

    def __init__(self, target: Target, place: Place, host: Host, names: Names) -> None:
        self._target = target
        self._host = host
        self._steps = DumpSteps(target, place, host, names)

    def all(self, roots: tuple[str, ...], *, inside: bool) -> Dumped:
        named = self._named()
        for database in self._target.configuration.databases:
            _OF_KIND[database.kind](self, database, named.get(_server(database), ()))
        steps = self._steps
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

    def postgresql(self, database: Database, named: tuple[str, ...]) -> None:
        reach = self._steps.connection(database)
        if not postgresql.is_listed(database):
            dumping = postgresql.dump(
                database,
                database.name,
                reach,
                self._steps.files.path(Dump(database, database.name)),
            )
            self._steps.dump(database, database.name, dumping)
            return
        listing = postgresql.listing(database, reach)
        names = self._steps.listed(database, listing, Printed.CSV, (*postgresql.SYSTEM, *named))
        self._steps.dump_each(database, postgresql.dump(database, (Use(EACH),), reach, ""), names)

    def mysql(self, database: Database, named: tuple[str, ...]) -> None:
        reach = self._steps.connection(database)
        if not mysql.is_listed(database):
            system = mysql.is_of_users(database, database.name)
            words: tuple[Word, ...] = () if system else (database.name,)
            self._steps.dump(
                database, database.name, mysql.dump(database, words, reach, system=system)
            )
            return
        listing = mysql.listing(database, reach)
        left_out = mysql.left_out(database)
        users = mysql.is_of_users(database, "mysql") and "mysql" not in left_out
        if mysql.is_one_dump(database):
            without = (*left_out, *(["mysql"] if users else []))
            names = self._steps.listed(database, listing, Printed.LINES, without)
            each: tuple[Word, ...] = ((ForEach(names),),)
            self._steps.dump(database, "all", mysql.dump(database, each, reach, system=users))
            return
        users = users and database.name == "all" and "mysql" not in named
        if users:
            self._steps.dump(database, "mysql", mysql.dump(database, (), reach, system=True))
        without = (*left_out, *named, *(["mysql"] if users else []))
        names = self._steps.listed(database, listing, Printed.LINES, without)
        self._steps.dump_each(
            database, mysql.dump(database, ((Use(EACH),),), reach, system=False), names
        )

    def mongodb(self, database: Database, named: tuple[str, ...]) -> None:
        del named  # one dump is of one or of all
        path = self._steps.files.path(Dump(database, database.name))
        dumping = mongodb.dump(database, database.name, self._steps.connection(database), path)
        self._steps.dump(database, database.name, dumping)

    def influxdb(self, database: Database, named: tuple[str, ...]) -> None:
        del named
        folder = self._steps.files.path(Dump(database, database.name))
        dumping = influxdb.dump(database, self._steps.connection(database), folder)
        self._steps.dump(database, database.name, dumping)

    def openldap(self, database: Database, named: tuple[str, ...]) -> None:
        del named
        self._steps.dump(database, database.name, openldap.dump(database))

    def sqlite(self, database: Database, named: tuple[str, ...]) -> None:
        del named  # each entry is a file
        copied = self._steps.files.beside("sqlite", str(database.number))
        path = expand_home(database.text("path"), self._host)
        self._steps.attributes(database, path)
        title = f"copy of {layout.Dump(database, database.name).title}"
        client = sqlite.copy(database, path, copied)
        self._steps.step(database, title, client, "one moment of the database")
        self._steps.dump(database, database.name, sqlite.dump(database, copied))

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


_OF_KIND: dict[str, Callable[[_Dumps, Database, tuple[str, ...]], None]] = {
    "influxdb": _Dumps.influxdb,
    "mariadb": _Dumps.mysql,
    "mongodb": _Dumps.mongodb,
    "mysql": _Dumps.mysql,
    "openldap": _Dumps.openldap,
    "postgresql": _Dumps.postgresql,
    "sqlite": _Dumps.sqlite,
}


def _server(database: Database) -> tuple[str, str]:
    return database.kind, layout.identifier(database)
