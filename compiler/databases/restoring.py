"""The plan of a restore: of dumps in an archive, entries of the configuration and what is known of servers to steps.

All dumps are read once to their ends before the first database is touched; then each is restored, in the archive's order.
Source of the clients' words: borgmatic 2.1.10, measured; what differs is said where it is made.
"""

from __future__ import annotations

from ..borg.action_options import ActionOptions
from ..borg.target import Target
from ..config.databases import Database
from ..plan.claims import DATABASE, REPOSITORY, Claim, Mode
from ..plan.model import Fact
from ..plan.scratch import ScratchKind
from ..plan.titles import listed
from ..plan.words import ScratchPath, Word
from ..plan.work import Output, OutputUse, Process, Upstream, upstream_of
from ..source.diagnostic import Diagnostics
from ..support.record import NamedTuple
from . import restore_sqlite
from .aims import connection_of, database_of, file_of, thing
from .archive_layout import Dump
from .archive_questions import content, files
from .client import Client
from .dump_formats import Format
from .found import Found, Server
from .kind import Kind, Restoring
from .kinds import kind_of
from .processes import plain
from .restore_checks import Restorable, restorable

_DISCARDED = Output(OutputUse.DISCARD)
_WITH_CONTENTS = (Format.CUSTOM, Format.TAR)  # a table of them: not all that follows need be read
_FOLDER = "FOLDER"  # stands for a scratch folder where people read
_TEMPORARY = "/var/tmp"  # noqa: S108  # a folder of its own is made there
_BYTES = (("LC_ALL", "C"),)  # text of any encoding passes through filters as it is

Lines = tuple[Word, ...]


class Text(NamedTuple):
    """A scratch text, or folder in the directory `path`, that steps read: see `Scratch`."""

    name: str
    kind: ScratchKind
    lines: Lines = ()
    path: str = ""


class Planned(NamedTuple):
    """A step: what names it among others, its title, its command and what that claims."""

    name: str
    title: str
    command: Process
    claims: tuple[Claim, ...]


class Restore(NamedTuple):
    """The steps of a restore, the scratch files that they need, and what is known beforehand."""

    steps: tuple[Planned, ...] = ()
    scratch: tuple[Text, ...] = ()
    facts: tuple[Fact, ...] = ()


def restore(
    target: Target, options: ActionOptions, found: Found, scope: str, diagnostics: Diagnostics
) -> Restore:
    """What restores the dumps that are asked for from the archive that was found. None of it, after errors, where
    one of them can't be restored. `scope`: for the names of scratch files."""
    before = len(diagnostics)
    items = restorable(target, options, found, diagnostics)
    if any(d.severity.value == 0 for d in diagnostics[before:]):
        return Restore()
    works = [
        _Work(target, options, found, item, f"{scope} {number}")
        for number, item in enumerate(items, 1)
    ]
    checks = [step for work in works for step in work.checks()]
    steps = [step for work in works for step in work.steps()]
    lost = [lost_thing for work in works if (lost_thing := work.overwrites)]
    return Restore(
        (*checks, *_with_consent(steps, lost)),
        tuple(text for work in works for text in work.scratch),
        tuple(fact for work in works for fact in work.facts()),
    )  # fmt: skip


def _with_consent(steps: list[Planned], lost: list[str]) -> list[Planned]:
    """Steps of which the first needs consent to all that is lost."""
    if not lost:
        return steps
    first, *others = steps
    consent = f"overwrites {listed(list(dict.fromkeys(lost)))}"
    return [first._replace(command=first.command._replace(consent=consent)), *others]


class _Work:
    """What restores one dump."""

    def __init__(
        self, target: Target, options: ActionOptions, found: Found, item: Restorable,
        name: str,
    ) -> None:  # fmt: skip
        self._target = target
        self._options = options
        self._found = found
        self._dump: Dump = item.dump
        self._entry: Database = item.entry
        self._format: Format = item.format
        self._server: Server | None = item.server
        self._name = name
        self._kind: Kind = kind_of(item.dump.kind)
        self._database = database_of(item.dump, options)
        self._thing = thing(item.dump, item.entry, target, options)
        self.scratch: list[Text] = []
        self._folder: Word = ""
        if self._format is Format.DIRECTORY:
            base = target.host.environment.get("TMPDIR") or _TEMPORARY
            self.scratch.append(Text(f"{name} files", ScratchKind.FOLDER, path=base))
            self._folder = (ScratchPath(f"{name} files", _FOLDER),)
        self._item = Restoring(
            item.dump, item.entry, item.format,
            connection_of(item.entry, target, options, f"{name} password", found.addresses),
            self._database, options.schemas, self._folder, options.to,
        )  # fmt: skip

    def facts(self) -> list[Fact]:
        """What becomes of what is there."""
        told = self._found.told[self._dump.path]
        made = f" of {self._dump.kind} {told.server}" if told.server else ""
        what = f"{self._format.value} dump{made}, {self._dump.size} bytes"
        return [
            Fact(f"{self._dump.title} in {self._found.archive}", what),
            Fact(self._thing, self._fate),
        ]

    @property
    def _fate(self) -> str:
        is_there = self._is_there
        if is_there is None:
            return "not known whether it exists: overwritten if it does"
        return "exists: overwritten" if is_there else "does not exist: created"

    @property
    def _is_there(self) -> bool | None:
        if self._kind.restore is None:
            return self._target.host.is_there(self._file)
        if self._server is None or self._server.problem or self._format is Format.CLUSTER:
            return None
        return self._database in self._server.databases or (
            None if self._dump.name == "all" else False
        )

    @property
    def _file(self) -> str:
        return file_of(self._entry, self._target, self._options)

    def checks(self) -> list[Planned]:
        """What reads the dump to its end, and changes nothing; one of several files is there afterwards."""
        title = f"check the dump of {self._dump.title}"
        if self._folder:
            return [self._extract(), *self._check_of_folder(title)]
        if self._kind.read is not None and self._format in _WITH_CONTENTS:
            whole = plain(self._kind.read(self._entry, ""), (), self._dumped())
            return [self._step("check", title, whole._replace(skims=True))]
        mark = self._kind.mark(self._format, self._entry)
        renames = self._filter if self._options.to else ()  # fails for a dump that names others
        if not mark:
            read = plain(renames, _BYTES, self._dumped()) if renames else self._content()
            return [self._step("check", title, read._replace(output=_DISCARDED))]
        end = upstream_of(plain(self._kind.end, _BYTES))
        check = plain(mark, _BYTES, (*self._dumped(renames), end))._replace(output=_DISCARDED)
        return [self._step("check", title, check)]

    def _extract(self) -> Planned:
        work = files(self._target, self._found.archive, self._dump.path, self._location)
        title = f"extract the dump of {self._dump.title}"
        # The folder is made only when the step runs.
        there: tuple[Word, ...] = ("sh", "-c", 'cd -- "$0" && exec "$@"', self._folder)
        return self._step("extract", title, work._replace(argv=(*there, *work.argv)))

    def _check_of_folder(self, title: str) -> list[Planned]:
        if self._kind.read is None:
            return []
        words = self._kind.read(self._entry, self._folder)
        return [self._step("check", title, plain(words)._replace(dry_argv=None))]

    @property
    def _location(self) -> str:
        location, base = (
            self._target.location,
            self._target.directory or self._target.host.directory,
        )
        is_relative = not location.startswith("/") and ":" not in location
        return f"{base}/{location}" if is_relative else location

    def steps(self) -> list[Planned]:
        """What restores it."""
        if self._kind.restore is None:
            return self._of_file()
        title = f"restore {self._dump.title}"
        if self._database != self._dump.name:
            title += f" into {self._database}"
        client = self._kind.restore(self._item)
        upstream = () if self._folder else self._dumped(self._filter)
        work = self._process_of(client, upstream)._replace(skims=self._format in _WITH_CONTENTS)
        main = self._step("restore", title, work, self._claim())
        return [*self._created(), main, *self._analyzed()]

    @property
    def _filter(self) -> tuple[str, ...]:
        """What a text goes through on its way, as a command; empty for nothing."""
        return self._kind.filtered(self._item)

    def _created(self) -> list[Planned]:
        """Where a client restores only into a database that is there."""
        if self._kind.created is None or self._is_there is not False:
            return []
        work = self._process_of(self._kind.created(self._item))
        return [self._step("create", f"create the database {self._database}", work, self._claim())]

    def _analyzed(self) -> list[Planned]:
        if self._kind.analyzed is None:
            return []
        work = self._process_of(self._kind.analyzed(self._item))
        return [self._step("analyze", f"analyze {self._dump.title}", work, self._claim())]

    def _of_file(self) -> list[Planned]:
        entry, path = self._entry, self._file
        status = self._target.host.status(path)
        *before, swap = restore_sqlite.steps(entry, path, self._dump, self._dumped(), status)
        claim = Claim(DATABASE, path, Mode.WRITE)
        found = [self._step(part, text, work, claim) for part, text, work in before]
        return [*found, self._step(*swap, self._claim())]

    def _claim(self) -> Claim:
        return Claim(DATABASE, self._thing, Mode.WRITE)

    @property
    def overwrites(self) -> str:
        """What is lost; empty if it is known that nothing is there."""
        return "" if self._is_there is False else self._thing

    def _content(self) -> Process:
        return content(self._target, self._found.archive, self._dump.path)

    def _dumped(self, tidied: tuple[str, ...] = ()) -> tuple[Upstream, ...]:
        """The dump as it comes from Borg, through a filter if there is one."""
        source = upstream_of(self._content())
        return (source, upstream_of(plain(tidied, _BYTES))) if tidied else (source,)

    def _process_of(self, client: Client, upstream: tuple[Upstream, ...] = ()) -> Process:
        known = {text.name for text in self.scratch}
        self.scratch += [
            Text(name, ScratchKind.TEXT, lines) for name, lines in client.files if name not in known
        ]
        work = plain(client.argv, client.environment, upstream)
        # Standard output is a line for each statement.
        return work._replace(dry_argv=None, directory=self._target.directory, output=_DISCARDED)

    def _step(self, part: str, title: str, work: Process, claim: Claim | None = None) -> Planned:
        """`claim`: of what it changes; without one it runs in a dry run, too."""
        if claim is not None:
            work = work._replace(dry_argv=None)
        reads = Claim(REPOSITORY, self._target.location, Mode.READ)
        claims = (reads,) if work.upstream or part == "extract" or work.json_log else ()
        name = f"{part}-{self._dump.kind}-{self._dump.identifier}-{self._dump.name}"
        return Planned(name, title, work, (*claims, *([claim] if claim else [])))
