"""Dumps of databases around `borg create`: what lists and copies before it, what feeds it, what it gets.

The archive has a name that Borg hides (`.checkpoint`) until all has been judged; then it is renamed, by the name that
Borg reported. Layout and names: `databases/layout.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from ..borg.action_inputs import Beside, NamedCommand, logging, repository_flags
from ..borg.create import UNJUDGED
from ..borg.target import Target, expand_home, extra
from ..borg.versions import SEPARATE_REPOSITORY
from ..config.databases import Database
from ..databases import layout, mongodb, mysql, postgresql, sqlite
from ..databases.access import connection
from ..databases.client import Client, Connection, Dumping
from ..databases.containers import address_word, inspection
from ..databases.layout import Dump
from ..plan.claims import FILES, Claim, Mode
from ..plan.exits import ExitCodes
from ..plan.feeds import Feed
from ..plan.ids import Names
from ..plan.model import Effect, Phase, Resume, Role, Status, Step, StepId, Trigger
from ..plan.scratch import Scratch
from ..plan.words import (
    EACH,
    ForEach,
    Listed,
    Printed,
    Use,
    Value,
    Word,
)
from ..plan.work import MADE, Output, OutputUse, Process
from ..source.host import Host
from ..source.span import Span, Text
from ..support.record import NamedTuple
from .dump_files import DumpFiles, base_of
from .special_files import excluded, finder

_NAMES, _ADDRESS = "names", "address"


class Dumped(NamedTuple):
    """All that the dumps of an action need. `before`: steps before `borg create`; `scratch`: what they share;
    `beside`: what the archive gets."""

    before: tuple[Step, ...]
    scratch: tuple[Scratch, ...]
    beside: Beside


def dumps_of(
    target: Target, scope: str, roots: tuple[str, ...], host: Host, names: Names
) -> Dumped:
    """The dumps of a configuration's databases, for the archive of one repository. `scope`: of the action; `roots`:
    what else the archive gets; `names` makes ids. What failures of its steps do, the caller says."""
    return _Dumps(target, scope, host, names).all(roots)


def lacking(target: Target) -> list[Text]:
    """What this Borg has no way for, by name: 2 has no name that hides an archive."""
    if not target.version.knows(SEPARATE_REPOSITORY):
        return []
    return [Text("databases with Borg 2", target.configuration.databases[0].span)]


def renamed(target: Target, made_by: StepId, reason: str) -> NamedCommand:
    """The command that gives an archive its name, once all that is in it has been judged."""
    made = Value(made_by, MADE)
    words: tuple[Word, ...] = (
        *("rename", *logging(target), *repository_flags(target), *extra(target, "rename")),
        *target.at((Use(made),)),
        (Use(made, without=UNJUDGED),),
    )
    command = target.command(words, None)._replace(required=True, once=True)
    return NamedCommand("rename", command, reason)


class _Dumps:
    """Collects steps, feeds and files, kind by kind."""

    def __init__(self, target: Target, scope: str, host: Host, names: Names) -> None:
        self._target = target
        self._scope = scope
        self._host = host
        self._names = names
        self._files = DumpFiles(scope)
        self._before: list[Step] = []
        self._feeds: list[Feed] = []
        self._addresses: dict[str, Word] = {}  # of containers

    def all(self, roots: tuple[str, ...]) -> Dumped:
        named = self._named()
        for database in self._target.configuration.databases:
            _OF_KIND[database.kind](self, database, named.get(_server(database), ()))
        rules: tuple[Word, ...] = ()
        if self._feeds and roots and not self._target.settings.boolean("read_special"):
            rules = self._find_special(roots)
        scratch, patterns = self._files.finish(base_of(self._target.settings, self._host), rules)
        beside = Beside(patterns, bool(self._feeds), tuple(self._feeds))
        return Dumped(tuple(self._before), scratch, beside)

    def _named(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The databases with an entry of their own, by server: a list of names doesn't dump them again."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for database in self._target.configuration.databases:
            if not database.several:
                key = _server(database)
                found[key] = (*found.get(key, ()), database.name)
        return found

    # Each kind

    def postgresql(self, database: Database, named: tuple[str, ...]) -> None:
        reach = self._connection(database)
        if not postgresql.is_listed(database):
            dumping = postgresql.dump(
                database, database.name, reach, self._files.path(Dump(database, database.name))
            )
            self._dump(database, database.name, dumping)
            return
        listing = postgresql.listing(database, reach)
        names = self._listed(database, listing, Printed.CSV, (*postgresql.SYSTEM, *named))
        self._dump_each(database, postgresql.dump(database, (Use(EACH),), reach, ""), names)

    def mysql(self, database: Database, named: tuple[str, ...]) -> None:
        reach = self._connection(database)
        if not mysql.is_listed(database):
            system = mysql.is_of_users(database, database.name)
            words: tuple[Word, ...] = () if system else (database.name,)
            self._dump(database, database.name, mysql.dump(database, words, reach, system=system))
            return
        listing = mysql.listing(database, reach)
        left_out = mysql.left_out(database)
        users = mysql.is_of_users(database, "mysql") and "mysql" not in left_out
        if mysql.is_one_dump(database):
            without = (*left_out, *(["mysql"] if users else []))
            names = self._listed(database, listing, Printed.LINES, without)
            each: tuple[Word, ...] = ((ForEach(names),),)
            self._dump(database, "all", mysql.dump(database, each, reach, system=users))
            return
        users = users and database.name == "all" and "mysql" not in named
        if users:
            self._dump(database, "mysql", mysql.dump(database, (), reach, system=True))
        without = (*left_out, *named, *(["mysql"] if users else []))
        names = self._listed(database, listing, Printed.LINES, without)
        self._dump_each(database, mysql.dump(database, ((Use(EACH),),), reach, system=False), names)

    def mongodb(self, database: Database, named: tuple[str, ...]) -> None:
        del named  # one dump is of one or of all
        path = self._files.path(Dump(database, database.name))
        dumping = mongodb.dump(database, database.name, self._connection(database), path)
        self._dump(database, database.name, dumping)

    def sqlite(self, database: Database, named: tuple[str, ...]) -> None:
        del named  # each entry is a file
        copied = self._files.beside("sqlite", str(database.number))
        path = expand_home(database.text("path"), self._host)
        title = f"copy of {layout.Dump(database, database.name).title}"
        client = sqlite.copy(database, path, copied)
        self._step(database, title, client, "one moment of the database")
        self._dump(database, database.name, sqlite.dump(database, copied))

    # What they have in common

    def _connection(self, database: Database) -> Connection:
        file = self._files.name_of(f"{database.option}[{database.number}]")
        address = self._address(database)
        return connection(database, self._target.configuration, self._host, address, file)

    def _address(self, database: Database) -> Word:
        """The address of the container in which the server runs, found once; empty without one."""
        container = database.text("container")
        if container and container not in self._addresses:
            title = f"address of the container {container}"
            output = Output(OutputUse.KEEP, _ADDRESS)
            client = Client(inspection(container))
            step = self._step(database, title, client, "where its databases are reached", output)
            self._addresses[container] = address_word(Value(step, _ADDRESS))
        return self._addresses.get(container, "")

    def _step(
        self,
        database: Database,
        title: str,
        client: Client,
        reason: str,
        output: Output | None = None,
    ) -> StepId:
        """A step before the archive."""
        command = Process(
            client.argv, None, ExitCodes(), client.environment, output=output or Output(),
            directory=self._target.directory, required=True,
        )  # fmt: skip
        self._files.take(client)
        name = f"{database.option}[{database.number}] {title.split()[0]}"
        return self._add(name, title, command, reason, database.span)

    def _add(self, name: str, title: str, command: Process, reason: str, origin: Span) -> StepId:
        step = self._names.borg(self._scope, name)
        effect = Effect(Status.FAILED, Resume.EXIT)
        claims = (Claim(FILES, "", Mode.READ),)
        self._before.append(
            Step(
                step, self._scope, Phase.BODY, Trigger.SUCCESS, command, effect, effect, reason,
                origin, title=title, role=Role.DUMP, claims=claims,
            )
        )  # fmt: skip
        return step

    def _listed(
        self, database: Database, client: Client, printed: Printed, without: tuple[str, ...]
    ) -> Listed:
        title = f"databases of {database.kind} {layout.identifier(database)}"
        reason = f"the databases that `{database.name}` means"
        step = self._step(database, title, client, reason, Output(OutputUse.KEEP, _NAMES))
        fits = "" if database.name == "all" else database.name
        return Listed(Value(step, _NAMES), printed, fits, tuple(dict.fromkeys(without)))

    def _dump(self, database: Database, name: str, dumping: Dumping) -> None:
        """One dump whose name is known."""
        one = Dump(database, name)
        self._files.add(one)
        if dumping.folder:
            self._files.add_folder(database)
            self._step(database, f"dump of {one.title}", dumping.client, "a dump that is a folder")
            return
        self._files.take(dumping.client)
        self._feed(dumping, one.title, self._files.path(one))

    def _dump_each(self, database: Database, dumping: Dumping, names: Listed) -> None:
        """A dump for each of the names that are listed."""
        self._files.add_each(database, names)
        self._files.take(dumping.client)
        title = Dump(database, "*").title
        self._feed(dumping, title, self._files.path_of_each(database), names)

    def _feed(self, dumping: Dumping, title: str, path: Word, each: Listed | None = None) -> None:
        client = dumping.client
        self._feeds.append(Feed(title, path, client.argv, client.environment, dumping.sound, each))

    def _find_special(self, roots: tuple[str, ...]) -> tuple[Word, ...]:
        """Pattern lines that exclude what Borg must not open although it is told to read special files."""
        inside = bool(self._target.settings.boolean("one_file_system"))
        command = finder(roots, self._target.directory, one_file_system=inside)
        first = self._target.configuration.databases[0]
        title = "pipes and devices among the sources"
        step = self._add("special-files", title, command, "Borg reads none of them", first.span)
        return (excluded(step),)


_OF_KIND: dict[str, Callable[[_Dumps, Database, tuple[str, ...]], None]] = {
    "mariadb": _Dumps.mysql,
    "mongodb": _Dumps.mongodb,
    "mysql": _Dumps.mysql,
    "postgresql": _Dumps.postgresql,
    "sqlite": _Dumps.sqlite,
}


def _server(database: Database) -> tuple[str, str]:
    return database.kind, layout.identifier(database)
