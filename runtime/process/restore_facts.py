"""What a restore is planned from: the newest archive, what it holds, and what servers and clients say. Changes nothing."""

from __future__ import annotations

import os
import subprocess
from tempfile import TemporaryFile

from ...compiler.borg.action_inputs import LATEST
from ...compiler.borg.action_options import ActionOptions
from ...compiler.borg.target import Target, target_of
from ...compiler.borg.versions import ASSUMED
from ...compiler.config.databases import Database
from ...compiler.databases.aims import container_of, is_file, wanted_by
from ...compiler.databases.archive_layout import Dump, Layout, layout_of, metadata_paths
from ...compiler.databases.archive_questions import content, latest, listing, name_of
from ...compiler.databases.choosing import chosen
from ...compiler.databases.client import Client
from ...compiler.databases.containers import ENGINES, address_in
from ...compiler.databases.containers import question as inspection
from ...compiler.databases.dump_formats import HEAD, Format, Told
from ...compiler.databases.found import Found, Server, items_of, server_of
from ...compiler.databases.kinds import kind_of, told_by
from ...compiler.databases.restore_questions import key_of, process_of, question
from ...compiler.databases.roles import roles_in, roles_listed
from ...compiler.driver.secret_values import secrets_of
from ...compiler.driver.sources import Sources
from ...compiler.lower.selection import Facts, selects
from ...compiler.plan.claims import REPOSITORY, Claim, Mode
from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import (
    Effect,
    Phase,
    Resume,
    Status,
    Step,
    Trigger,
)
from ...compiler.plan.scratch import Scratch, ScratchKind
from ...compiler.plan.work import Process
from ...compiler.source.host import Host
from ...compiler.source.span import COMMAND_LINE
from ..engine.runner import Result
from ..engine.wording import ending
from .enough import Enough
from .runner import ProcessRunner
from .signals import Relay, Signals

_KEEP = Effect(Status.FAILED, Resume.NEXT)
_MOST = 64 << 20  # bytes of an answer
_LONGEST = 60  # seconds that a server has for its answer
_SCOPE = "the question"


class _Unanswered(Exception):  # noqa: N818  # it says why, and is no error of the program
    """Something could not be found out; says why."""


class _Answer:
    """Keeps what a command prints, to the first `most` bytes; then it has printed enough."""

    def __init__(self, most: int, enough: Enough | None) -> None:
        self.data = bytearray()
        self._most = most
        self._enough = enough

    def output(self, data: bytes) -> None:
        del data

    def answer(self, data: bytes) -> None:
        self.data += data[: self._most - len(self.data)]
        if len(self.data) >= self._most and self._enough is not None:
            self._enough.reached = True


def with_archives(facts: Facts, sources: Sources, host: Host) -> Facts:
    """With what is known of the archive of each repository that is selected, by location. Raises SystemExit with 128+n
    when signal n asks to stop."""
    found: dict[str, Found] = {}
    request = sources.request
    if sources.generations is None:
        return facts
    with Signals() as signals:
        for configuration in sources.configurations:
            for repository in configuration.repositories:
                if not selects(request.repository, repository):
                    continue
                profile = sources.generations.of(configuration.path)
                target = target_of(configuration, repository, profile, host, ASSUMED)
                target = target._replace(version=facts.versions.get(target.borg, ASSUMED))
                found[target.location] = _Questions(target, request.options, signals).found()
    return facts._replace(restores=found)


class _Questions:
    """Asks about one repository."""

    def __init__(self, target: Target, options: ActionOptions, signals: Signals) -> None:
        self._target = target
        self._options = options
        self._signals = signals
        self._secrets = secrets_of((target.configuration,), target.host)

    def found(self) -> Found:
        """What is known; what isn't, and why."""
        try:
            return self._with_dumps(self._archive())
        except _Unanswered as error:
            return Found(problem=str(error))

    def _archive(self) -> Found:
        wanted = self._options.archive or LATEST
        name = wanted
        if wanted == LATEST:
            result, _ = self._asked(latest(self._target))
            name = name_of(self._target, LATEST, result.captured)
        if not name:
            raise _Unanswered("there is no archive")
        return Found(archive=name, layout=self._layout(name))

    def _layout(self, archive: str) -> Layout:
        _, answer = self._asked(listing(self._target, archive), forgiven=True)
        items = items_of(answer)
        old = self._target.settings.text("borgmatic_source_directory") or ""
        texts = {}
        for path in metadata_paths(items, old):
            _, texts[path] = self._asked(content(self._target, archive, path))
        return layout_of(items, texts, old)

    def _with_dumps(self, found: Found) -> Found:
        """With what is known of those dumps that would be restored, and of where to."""
        entries = self._target.configuration.databases
        pairs = chosen(wanted_by(self._options), found.layout.dumps, entries).pairs
        told: dict[str, Told] = {}
        roles: dict[str, frozenset[str]] = {}
        servers: dict[str, Server] = {}
        clients: dict[tuple[str, ...], str] = {}
        addresses: dict[str, str] = {}
        for dump, entry in pairs:
            head = b"" if dump.is_directory else self._head(found.archive, dump)
            told[dump.path] = told_by(dump.kind, head, is_directory=dump.is_directory)
            form = told[dump.path].format
            if form is not None:
                roles[dump.path] = _roles(form, head)
                for tool in kind_of(dump.kind).tools(entry, form):
                    if tool not in clients:
                        clients[tool] = _version(tool)
            self._find_container(entry, addresses)
            self._ask_server(entry, servers, addresses)
        return found._replace(
            told=told, roles=roles, servers=servers, clients=clients, addresses=addresses
        )

    def _head(self, archive: str, dump: Dump) -> bytes:
        if not dump.size:
            return b""
        enough = Enough(self._signals)
        _, data = self._asked(content(self._target, archive, dump.path), HEAD, enough)
        return data

    def _find_container(self, entry: Database, addresses: dict[str, str]) -> None:
        container = container_of(entry, self._options)
        if not container or container in addresses or is_file(entry.kind):
            return
        for engine in ENGINES:
            address = address_in(_printed(inspection(engine, container)))
            if address:
                addresses[container] = address
                return

    def _ask_server(
        self, entry: Database, servers: dict[str, Server], addresses: dict[str, str]
    ) -> None:
        client = question(entry, self._target, self._options, addresses)
        if client is None or key_of(client) in servers:
            return
        try:
            _, answer = self._asked(process_of(client, self._target), client=client)
            servers[key_of(client)] = server_of(answer.decode("utf-8", "replace"))
        except _Unanswered as error:
            servers[key_of(client)] = Server(problem=str(error))

    def _asked(
        self, work: Process, most: int = _MOST, enough: Enough | None = None,
        client: Client | None = None, *, forgiven: bool = False,
    ) -> tuple[Result, bytes]:  # fmt: skip
        """How a command ended, and its answer. `forgiven`: it may warn. Raises _Unanswered."""
        claims = () if client else (Claim(REPOSITORY, self._target.location, Mode.READ),)
        step = Step(
            _SCOPE, "", Phase.BODY, Trigger.SUCCESS, work, _KEEP, _KEEP, "", COMMAND_LINE,
            claims=claims, timeout=_LONGEST if client else None,
        )  # fmt: skip
        files = client.files if client else ()
        scratch = tuple(Scratch(name, _SCOPE, ScratchKind.TEXT, lines) for name, lines in files)
        sink = _Answer(most, enough)
        signals: Signals | Relay = enough or self._signals  # type: ignore[assignment]  # as `Relay`
        runner = ProcessRunner(scratch, self._secrets, signals, sink, readable=False)
        runner.foresee((step,))
        result = runner.run(step, {})
        if self._signals.first is not None:
            raise SystemExit(128 + self._signals.first)
        has_enough = enough is not None and enough.reached
        if result.outcome is not Outcome.DONE and not has_enough:
            nothing_fits = forgiven and result.code in (1, 101) and not sink.data
            if not nothing_fits:
                raise _Unanswered(f"{work.program} {result.note or ending(result)}")
        return result, bytes(sink.data)


def _roles(form: Format, head: bytes) -> frozenset[str]:
    """The roles that a dump needs, as far as its first bytes tell."""
    if form is Format.PLAIN:
        return roles_in(head.decode("utf-8", "replace"))
    if form is not Format.CUSTOM:
        return frozenset()
    with TemporaryFile() as file:
        file.write(head)
        file.flush()
        return roles_listed(
            _printed(("pg_restore", "--list", f"/dev/fd/{file.fileno()}"), file.fileno())
        )


def _version(tool: tuple[str, ...]) -> str:
    """The version that a program tells; empty if it doesn't."""
    words = _printed((*tool, "--version")).split()
    return next((word for word in words if word[0].isdigit()), "")


def _printed(argv: tuple[str, ...], descriptor: int | None = None) -> str:
    """What a command without effects prints; empty if it fails."""
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=_LONGEST, check=True, pass_fds=() if descriptor is None else (descriptor,),
            env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError, ValueError):
        return ""
    return done.stdout.decode("utf-8", "replace")
