"""Steps before an archive that make dumps, and what feeds it: the same for each kind of database."""

from __future__ import annotations

from collections.abc import Callable

from ..borg.target import Target, expand_home
from ..config.databases import Database
from ..databases import layout
from ..databases.access import connection
from ..databases.client import Client, Connection, Dumping
from ..databases.containers import address_word, inspection
from ..databases.layout import Dump
from ..plan.claims import FILES, Claim, Mode
from ..plan.evidence import Product
from ..plan.exits import ExitCodes
from ..plan.feeds import Feed
from ..plan.ids import Names
from ..plan.model import (
    Effect,
    Phase,
    Resume,
    Role,
    ScopeKind,
    Status,
    Step,
    StepId,
    Trigger,
)
from ..plan.words import EACH, Listed, Printed, Use, Value, Word, joined
from ..plan.work import Output, OutputUse, Process
from ..source.host import Host
from ..source.span import Span
from .dump_files import DumpFiles
from .dumping import OnDumpFailure
from .dumps_apart import (
    PLACEHOLDER,
    copying,
    copying_all,
    copying_together,
    for_each,
    moving,
    with_placeholder,
)
from .places import Place

_NAMES, _ADDRESS, _ATTRIBUTES = "names", "address", "attributes"
_MOMENT = "each dump is of the moment when it begins"
_ENDS = Effect(Status.FAILED, Resume.LEAVE)
_GOES_ON = Effect(Status.FAILED, Resume.NEXT)


class DumpSteps:
    """Collects steps, feeds and files. `keeps`: a dump that fails costs that dump alone. `feeds`: of `borg create`.

    `place`: of the action whose archive gets the dumps, or of the file whose repositories all do.
    """

    def __init__(self, target: Target, place: Place, host: Host, names: Names) -> None:
        self.keeps = place.request.dumps.on_failure is OnDumpFailure.KEEP_FILES
        self._is_once = place.kind is ScopeKind.CONFIGURATION
        self.files = DumpFiles(place.scope)
        self.before: list[Step] = []
        self.feeds: list[Feed] = []
        self._together: list[Feed] = []
        self._target = target
        self._place = place
        self._host = host
        self._names = names
        self._addresses: dict[str, Word] = {}  # of containers

    def connection(self, database: Database) -> Connection:
        file = self.files.name_of(f"{database.option}[{database.number}]")
        address = self._address(database)
        return connection(database, self._target.configuration, self._host, address, file)

    def _address(self, database: Database) -> Word:
        """The address of the container in which the server runs, found once; empty without one."""
        container = database.text("container")
        if container and container not in self._addresses:
            title = f"address of the container {container}"
            output = Output(OutputUse.KEEP, _ADDRESS)
            client = Client(inspection(container))
            step = self.step(
                database, title, client, "the address at which its databases are reached", output
            )
            self._addresses[container] = address_word(Value(step, _ADDRESS), spared=self.keeps)
        return self._addresses.get(container, "")

    def path(self, database: Database) -> Word:
        """Where a client makes a dump that is a folder."""
        return self.files.path(Dump(database, database.name))

    def path_of_each(self, database: Database) -> Word:
        """The same for each of several names."""
        return self.files.path_of_each(database)

    def file(self, database: Database) -> str:
        """The path of a database that is a file."""
        return expand_home(database.text("path"), self._host)

    def attributes(self, database: Database, client: Client) -> None:
        """The mode and the owners of such a file, for the archive."""
        one = Dump(database, database.name)
        title = f"mode and owner of {one.title}"
        output = Output(OutputUse.KEEP, _ATTRIBUTES)
        reason = "the mode and owner that a restore sets"
        step = self.step(database, title, client, reason, output)
        self.files.add_attributes(one, Value(step, _ATTRIBUTES))

    def copied(self, database: Database, client: Callable[[Word], Client]) -> Word:
        """Where the client that is given this place copies such a file to, before it is dumped."""
        place = self.files.beside(database.kind, str(database.number))
        title = Dump(database, database.name).title
        why = f"the dump of {title} is of the moment of this copy"
        self.step(database, f"copy of {title}", client(place), why)
        return place

    def step(
        self,
        database: Database,
        title: str,
        client: Client,
        reason: str,
        output: Output | None = None,
        feeds: tuple[Feed, ...] = (),
        leaves: tuple[Product, ...] = (),
    ) -> StepId:
        """A step before the archive."""
        command = Process(
            client.argv, None, ExitCodes(), client.environment, output=output or Output(),
            directory=self._target.directory, required=True, feeds=feeds, leaves=leaves,
        )  # fmt: skip
        self.files.take(client)
        name = f"{database.option}[{database.number}] {title.split()[0]}"
        return self.add(name, title, command, reason, database.span)

    def add(self, name: str, title: str, command: Process, reason: str, origin: Span) -> StepId:
        step = self._names.borg(self._place.scope, name)
        phase = Phase.ENTER if self._is_once else Phase.BODY
        # Some releases have no hooks there, so no effects.
        effects = self._place.profile.effects
        soft, hard = effects.get((self._place.kind, phase), (_ENDS, _ENDS))
        if self.keeps:
            soft = hard = _GOES_ON
        claims = (Claim(FILES, "", Mode.READ),)
        self.before.append(
            Step(
                step, self._place.scope, phase, Trigger.SUCCESS, command, soft, hard, reason,
                origin, title=title, role=Role.DUMP, claims=claims,
            )
        )  # fmt: skip
        return step

    def listed(
        self, database: Database, client: Client, printed: Printed, without: tuple[str, ...]
    ) -> Listed:
        title = f"databases of {database.kind} {layout.identifier(database)}"
        reason = f"the databases that `{database.name}` means"
        step = self.step(database, title, client, reason, Output(OutputUse.KEEP, _NAMES))
        fits = "" if database.name == "all" else database.name
        left_out = tuple(dict.fromkeys(without))
        return Listed(Value(step, _NAMES), printed, fits, left_out, spared=self.keeps)

    def dump(self, database: Database, name: str, dumping: Dumping) -> None:
        """One dump whose name is known."""
        one = Dump(database, name)
        self.files.add(one)
        if dumping.folder:
            self.files.add_folder(database)
            left = Product(_content(dumping, self.files.path(one)))
            client, why = self._apart(one, dumping), self._why(dumping)
            self.step(database, f"dump of {one.title}", client, why, leaves=(left,))
            return
        self.files.take(dumping.client)
        self._stream(database, dumping, one.title, self.files.path(one), name)

    def dump_each(self, database: Database, dumping: Dumping, names: Listed) -> None:
        """A dump for each of the names that are listed."""
        self.files.add_each(database, names)
        self.files.take(dumping.client)
        title = Dump(database, "*").title
        if dumping.folder:
            self.files.add_folder(database)
            argv = tuple(map(with_placeholder, dumping.client.argv))
            dumping = dumping._replace(client=dumping.client._replace(argv=argv))
            client = self._apart(Dump(database, PLACEHOLDER), dumping)
            argv = for_each(client.argv, self.files.add_names(database, names))
            left = Product(_content(dumping, self.files.path_of_each(database)), names)
            client, why = client._replace(argv=argv), self._why(dumping)
            self.step(database, f"dump of {title}", client, why, leaves=(left,))
            return
        path = self.files.path_of_each(database)
        self._stream(database, dumping, title, path, (Use(EACH),), names)

    def _why(self, dumping: Dumping) -> str:
        """Why a dump is made before the archive, and when."""
        moment = "it is of the moment of its copy" if dumping.copied else _MOMENT
        return f"{moment}; its failure doesn't cost the files" if self.keeps else moment

    def _apart(self, dump: Dump, dumping: Dumping) -> Client:
        """A client that makes a folder; one that may stay although others go into the archive gets there once it is
        whole."""
        client = dumping.client
        if not self.keeps:
            return client
        final, apart = self.files.path(dump), self.files.apart(dump.database, dump.name)
        words = tuple(apart if word == final else word for word in client.argv)
        return client._replace(argv=moving(words, apart, _content(dumping, apart), final))

    def _stream(
        self, database: Database, dumping: Dumping, title: str, path: Word, name: Word,
        each: Listed | None = None,
    ) -> None:  # fmt: skip
        """Dumps that Borg reads at `path`, or that steps before it make there, as files."""
        client = dumping.client
        feed = Feed(title, path, client.argv, client.environment, dumping.sound, each)
        together = self._place.request.dumps.together
        if not (self.keeps or together or self._is_once):
            self.feeds.append(feed)
            return
        self.files.add_folder(database)
        feed = feed._replace(path=self.files.apart(database, name))
        if together:
            self._together.append(feed)
            return
        final, pipes = self.files.folder(database), self.files.apart(database, "")
        argv = copying(final, feed.path) if each is None else copying_all(final, pipes)
        self.step(database, f"dump of {title}", Client(argv), self._why(dumping), feeds=(feed,))

    def finish(self) -> None:
        """Once all are known: those that begin together are one step."""
        if not self._together:
            return
        first = self._target.configuration.databases[0]
        client = Client(copying_together(self.files.all_apart()))
        why = "all of these dumps begin together, before Borg reads the first file"
        self.step(first, "dumps of all databases", client, why, feeds=tuple(self._together))


def _content(dumping: Dumping, folder: Word) -> Word:
    """What of a dump's folder must not be empty."""
    return joined(folder, f"/{dumping.content}") if dumping.content else folder
