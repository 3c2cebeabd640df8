"""What keeps dumps from being restored, found before anything is."""

from __future__ import annotations

from ..borg.action_options import ActionOptions
from ..borg.target import Target
from ..config.databases import Database
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE
from ..support.record import NamedTuple
from .aims import container_of, database_of, is_file, thing, wanted_by
from .archive_layout import Dump
from .choosing import Choice, chosen
from .dump_formats import Format
from .found import Found, Server
from .kinds import kind_of
from .restore_questions import server_of_entry
from .roles import missing_roles

_MOST_NAMED = 8


class Restorable(NamedTuple):
    """A dump, the entry that says how it is restored, its form, and what the server says; None if it isn't asked."""

    dump: Dump
    entry: Database
    format: Format
    server: Server | None


def restorable(
    target: Target, options: ActionOptions, found: Found, diagnostics: Diagnostics
) -> list[Restorable]:
    """The dumps to restore; errors where there is none, or one of them can't be."""
    place = target.repository.span
    if found.problem:
        hint = "a restore is planned from what the archive holds; if a hook makes the repository available, run it first"
        diagnostics.error("BP390", f"{target.location}: {found.problem}", place, hint)
        return []
    for problem in found.layout.problems:
        diagnostics.warning("BP399", f"{found.archive}: {problem}", place)
    if not found.layout.dumps:
        diagnostics.error(
            "BP390", f"{target.location}: archive {found.archive} holds no dumps", place
        )
        return []
    choice = chosen(wanted_by(options), found.layout.dumps, target.configuration.databases)
    _check_choice(choice, found, target, diagnostics)
    items = []
    for dump, entry in choice.pairs:
        form = _format(dump, entry, found, diagnostics)
        server = server_of_entry(entry, target, options, found)
        _check_options(dump, entry, form, options, diagnostics)
        if form is not None:
            items.append(Restorable(dump, entry, form, server))
            _check_server(items[-1], target, options, found, diagnostics)
    _check_same(items, target, options, diagnostics)
    return items


def _check_choice(choice: Choice, found: Found, target: Target, diagnostics: Diagnostics) -> None:
    names = [dump.title for dump in found.layout.dumps]
    shown = ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
    for name in choice.missing:
        message = f"archive {found.archive} holds no dump of a database `{name}`"
        diagnostics.error("BP391", message, COMMAND_LINE, f"it holds: {shown}")
    if not choice.missing and not (choice.pairs or choice.unconfigured or choice.ambiguous):
        message = f"archive {found.archive} holds no dump that fits"
        diagnostics.error("BP391", message, COMMAND_LINE, f"it holds: {shown}")
    for dump in choice.unconfigured:
        diagnostics.error(
            "BP392", f"no entry of the configuration fits the dump of {dump.title}",
            target.configuration.span,
            f"restore others with --database, or add an entry to `{dump.kind}_databases`; "
            "options `restore_hostname` and the like say where to, if the server has changed",
        )  # fmt: skip
    for dump in choice.ambiguous:
        diagnostics.error(
            "BP393", f"several entries of the configuration fit the dump of {dump.title}",
            target.configuration.span, "give them labels",
        )  # fmt: skip


def _format(dump: Dump, entry: Database, found: Found, diagnostics: Diagnostics) -> Format | None:
    """What the dump is, by its first bytes; an error (BP394) if nothing can be made of it."""
    told = found.told.get(dump.path)
    if dump.size == 0:
        why = "it is empty"
    elif told is None or told.format is None:
        why = f"it doesn't begin like a dump of {dump.kind}"
    else:
        return told.format
    diagnostics.error("BP394", f"the dump of {dump.title} can't be restored: {why}", entry.span)
    return None


def _check_options(
    dump: Dump,
    entry: Database,
    form: Format | None,
    options: ActionOptions,
    diagnostics: Diagnostics,
) -> None:
    """BP395: what can't be had for this dump."""
    in_parts = form in (Format.CUSTOM, Format.TAR, Format.DIRECTORY, Format.ARCHIVE)
    problems = {
        "--schema": bool(options.schemas)
        and not in_parts
        and "it holds SQL, which is restored as a whole",
        "--to": bool(options.to) and _why_not_renamed(dump, form),
        "--restore-path": bool(options.restore_path)
        and not is_file(dump.kind)
        and "it is no SQLite database",
    }
    for flag, problem in problems.items():
        if problem:
            message = f"{flag} is not possible for the dump of {dump.title}: {problem}"
            diagnostics.error(
                "BP395", message, COMMAND_LINE if flag.startswith("-") else entry.span
            )


def _why_not_renamed(dump: Dump, form: Format | None) -> str:
    if dump.name == "all" or form is Format.CLUSTER:
        return "it is of several databases"
    return kind_of(dump.kind).not_renamed(dump)


def _check_server(
    item: Restorable, target: Target, options: ActionOptions, found: Found, diagnostics: Diagnostics
) -> None:
    server, dump, entry = item.server, item.dump, item.entry
    container = container_of(entry, options)
    if container and container not in found.addresses and not is_file(dump.kind):
        message = f"neither docker nor podman knows the address of the container {container}"
        diagnostics.error("BP396", message, entry.span, f"docker container inspect {container}")
        return
    if server is None:
        return
    if server.problem:
        message = (
            f"the server of {thing(dump, entry, target, options)} can't be asked: {server.problem}"
        )
        diagnostics.error("BP396", message, entry.span)
        return
    needed = () if entry.boolean("no_owner") else found.roles.get(dump.path, ())
    for role in sorted(missing_roles(needed, server.roles)):
        diagnostics.error(
            "BP397", f"the dump of {dump.title} needs the role `{role}`, which the server doesn't have",
            entry.span, f'create it first: CREATE ROLE "{role}"; or set `no_owner: true`',
        )  # fmt: skip
    _check_versions(item, server, found, diagnostics)


def _check_versions(
    item: Restorable, server: Server, found: Found, diagnostics: Diagnostics
) -> None:
    """BP398: something that is older than what it has to do with. Only PostgreSQL's programs mind."""
    told, tools = found.told[item.dump.path], kind_of(item.dump.kind).tools(item.entry, item.format)
    if not tools:
        return
    where = f"restoring {item.dump.title}"
    for tool in tools:
        client = found.clients.get(tool, "")
        for other, what in (
            (server.version, "the server"),
            (told.tool, "the pg_dump that made the dump"),
        ):
            if client and other and _major(client) < _major(other):
                message = f"{where}: {tool[0]} {client} is older than {what}, {other}"
                diagnostics.warning("BP398", message, item.entry.span, "install the newer client")
    if told.server and server.version and _major(server.version) < _major(told.server):
        message = f"{where}: the server, {server.version}, is older than the dump's, {told.server}"
        diagnostics.warning("BP398", message, item.entry.span)


def _major(version: str) -> int:
    first = version.partition(".")[0]
    return int(first) if first.isdigit() else 0


def _check_same(
    items: list[Restorable], target: Target, options: ActionOptions, diagnostics: Diagnostics
) -> None:
    """BP395: two dumps that would be restored into one place, the second over the first."""
    places: dict[tuple[str, str], Dump] = {}
    for item in items:
        key = thing(item.dump, item.entry, target, options), database_of(item.dump, options)
        other = places.setdefault(key, item.dump)
        if other is not item.dump:
            message = (
                f"{other.title} and {item.dump.title} would be restored into the same {key[0]}"
            )
            diagnostics.error(
                "BP395", message, COMMAND_LINE, "choose one with --database or --original-..."
            )
