"""What commands share: from arguments to a compilation, and saying what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import partial

from ...compiler.borg.action_inputs import Existence, Seen
from ...compiler.driver.compile import Compilation, plan_of
from ...compiler.driver.sources import Sources, read
from ...compiler.lower.selection import Facts
from ...compiler.plan.actions import Action
from ...compiler.shell.passwords import hidden
from ...compiler.source.diagnostic import Diagnostic, Diagnostics, Severity, in_order
from ...compiler.source.folding import folded
from ...compiler.source.span import COMMAND_LINE
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from ..cli.arguments import Arguments, request_of
from ..system.host import RealHost

if TYPE_CHECKING:
    from typing import IO, TextIO

    from ...compiler.plan.model import Plan
    from ..report.style import Paint, Style


class Session(NamedTuple):
    """One command's surroundings."""

    arguments: Arguments
    host: RealHost

    def style(self, stream: IO[str], compilation: Compilation | None = None) -> Style:
        """`color: false` in a configuration counts unless the command line says otherwise."""
        configurations = compilation.configurations if compilation else ()
        return self.style_with(stream, (c.settings.boolean("color") for c in configurations))

    def style_with(self, stream: IO[str], colour: Iterable[bool | None]) -> Style:
        """`colour`: what each configuration says about it."""
        from ..report.style import style_for

        choice = self.arguments.color
        if choice == "auto" and any(said is False for said in colour):
            choice = "never"
        return style_for(stream, choice, self.host.environment)

    def show(self, compilation: Compilation, stream: IO[str]) -> None:
        """All diagnostics of a compilation, as text; where little is to be said, no notes."""
        found = folded(
            item
            for item in in_order(compilation.diagnostics)
            if item.severity is not Severity.NOTE
            or not (self.arguments.apply.quiet or self.arguments.apply.plain)
        )
        if not found:
            return
        if self.arguments.apply.log_format == "json":
            self._log(found)
            return
        from ..render.diagnostics import render

        style = self.style(stream, compilation)
        try:
            stream.write(render(found, compilation.texts, style))
            stream.flush()
        except OSError:
            return

    def complain(self, found: Diagnostics) -> None:
        """Of a file that is no configuration, and none of whose lines is shown."""
        from ..render.diagnostics import render

        try:
            sys.stderr.write(render(folded(in_order(found)), {}, self.style(sys.stderr)))
        except OSError:
            return

    def _log(self, found: list[Diagnostic]) -> None:
        """For `--log-format json`: a line each, for programs."""
        from ..render.diagnostics import as_data
        from ..report.logfile import StandardError
        from ..report.writer import Writer

        log = StandardError(Writer(), errors_only=self.arguments.apply.quiet)
        for item in found:
            what = f"{item.span}: {item.severity.word} {item.code} {as_data(item)['message']}"
            log.line(what, error=item.severity is Severity.ERROR)


def session_of(arguments: Arguments, inner: RealHost | None = None) -> Session:
    """The session of a command that only looks. `inner`: the host, if it isn't this machine alone. Raises
    SystemExit (2), after saying why, for facts that can't be used."""
    host = inner or RealHost()
    if arguments.elsewhere:
        from .elsewhere import host_of

        host = host_of(arguments, host)
    return Session(arguments, host)


def left_out(session: Session) -> list[str]:
    """Where the plan is of another machine, lines on what was not looked at."""
    if not session.arguments.elsewhere:
        return []
    from .elsewhere import not_looked_at

    return not_looked_at(session.arguments, session.host)


def compile_all(session: Session, *, to_run: bool = False, claims: bool = True) -> Compilation:
    """Everything the arguments name, compiled; asks Borg about repositories only where it may.

    `to_run`: what of it `apply` would run; without the files that need something not implemented.
    `claims`: see `lowered`.
    """
    arguments = session.arguments
    diagnostics = Diagnostics()
    sources = read(
        request_of(arguments), session.host, diagnostics,
        secret_overrides=arguments.secret_overrides,
    )  # fmt: skip
    if to_run and any(c.unimplemented for c in sources.configurations):
        from ...compiler.driver.left_out import leave_out

        leave_out(sources, diagnostics)
    if not arguments.words:
        _check_default_actions(sources, diagnostics)
    compilation = plan_of(
        sources, session.host, diagnostics, _facts(session, sources, diagnostics),
        presence=not arguments.offline, runs=arguments.command == "apply", claims=claims,
    )  # fmt: skip
    if not arguments.elsewhere:
        return compilation
    from .elsewhere import with_unknown

    return with_unknown(compilation, session.host)


def plan_of_arguments(session: Session) -> Plan | None:
    """The plan that the arguments name: of configurations, or one in a file. None after saying why there is
    none; a plan without the files that have errors comes after those errors."""
    from ..journal.saved_plans import is_plan, load_plan

    paths = session.arguments.configs
    if len(paths) == 1 and is_plan(paths[0]):
        found = Diagnostics()
        plan = load_plan(paths[0], session.host, found)
        session.complain(found)
        return plan
    compilation = compile_all(session)
    session.show(compilation._replace(diagnostics=compilation.errors), sys.stderr)
    return compilation.plan


def _facts(session: Session, sources: Sources, diagnostics: Diagnostics) -> Facts:
    """What Borg says, where it may be asked: its version, and whether repositories exist for
    repo-create and `--probe`."""
    arguments = session.arguments
    if sources.generations is None:
        return Facts()
    ask = not (arguments.offline or arguments.elsewhere)
    from ..process.borg_version import borg_facts

    versions = borg_facts(sources.configurations, session.host, ask=ask)
    existence: Mapping[str, Existence] = {}
    creating = Action.REPO_CREATE in arguments.actions
    if (creating or arguments.plan.probe) and ask:
        from ..process.probe import existence_of

        existence = existence_of(
            sources.configurations,
            sources.generations,
            session.host,
            versions,
            arguments.options,
            diagnostics,
            pattern=arguments.repository,
            creating=creating,
        )
        for location, known in existence.items():
            session.host.fact("repository", location, partial(Seen, known))
        _leave_out(sources, {d.span.file for d in diagnostics if d.code == "BP422"})
    facts = Facts(existence, versions, asked=ask)
    if ask and Action.RESTORE in arguments.actions:
        from ..process.restore_facts import with_archives

        facts = with_archives(facts, sources, session.host)
    return _with_volumes(facts, sources, session.host) if ask or arguments.elsewhere else facts


def _with_volumes(facts: Facts, sources: Sources, host: RealHost) -> Facts:
    """With what is known of the machine's volumes, where a configuration takes snapshots of them."""
    from ...compiler.config.option_names import SNAPSHOT_NAMES

    files = sources.configurations
    named = {
        key for c in files for s in (c, *map(c.of, c.repositories)) for key in s.settings.by_key
    }
    if named.isdisjoint(SNAPSHOT_NAMES):
        return facts
    from ..process.probe_volumes import settings_with_snapshots, volumes_of

    volumes, mounts = volumes_of(settings_with_snapshots(files), host)
    return facts._replace(volumes=volumes, mounts=mounts)


def _leave_out(sources: Sources, files: set[str]) -> None:
    """What was found out speaks against these files."""
    sources.broken += [c.path for c in sources.configurations if c.path in files]
    sources.configurations = [c for c in sources.configurations if c.path not in files]


def _check_default_actions(sources: Sources, diagnostics: Diagnostics) -> None:
    """`default_actions: false` in all files: a command line with nothing on it does nothing (BP410)."""
    found = [c.settings.by_key.get("default_actions") for c in sources.configurations]
    if found and all(setting is not None and setting.value is False for setting in found):
        diagnostics.error(
            "BP410",
            "`default_actions: false`: without arguments nothing runs",
            found[0].span if found[0] else COMMAND_LINE,
            "name the actions: --actions create,prune",
        )
        sources.generations = None


def shown(text: str) -> str:
    """A message as it may be written: what it names comes from files and arguments."""
    text = hidden(text)
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    from ...compiler.shell.printable import printable_lines

    return printable_lines(text)


def say(text: str, paint: Paint | None = None) -> None:
    """Lines to standard error, that fit a terminal, in a colour if it has any. A reader that has gone away must not end a
    backup."""
    text = shown(text)
    try:
        if sys.stderr.isatty():
            text = _for_terminal(text, paint)
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):  # ValueError: it was closed
        return


def _for_terminal(text: str, paint: Paint | None) -> str:
    import os

    from ..report.style import style_for
    from ..report.wrapping import fitted

    style = style_for(sys.stderr, "auto", os.environ)
    lines = (style.paint(line, paint) if paint else line for line in text.split("\n"))
    return fitted(lines, style.columns).removesuffix("\n")


def write_json(data: object) -> None:
    """A result as data, to standard output."""
    import json

    write(json.dumps(data, indent=2, sort_keys=True) + "\n")


def write(text: str, stream: TextIO | None = None) -> None:
    """A result, to standard output or another stream, whatever characters the terminal can't show or a reader doesn't see;
    without the passwords in it."""
    stream = stream or sys.stdout
    text = hidden(text)
    if not text.isascii():
        from ...compiler.support.unseen import escape, is_unseen

        # Our own colours stay. Control characters in what files say have been dealt with by who put them in.
        text = "".join(
            escape(letter) if letter != "\x1b" and is_unseen(letter) else letter for letter in text
        )
    data = text.encode(stream.encoding or "utf-8", "backslashreplace")
    stream.flush()
    stream.buffer.write(data)
    stream.buffer.flush()


def refused_for_debts(session: Session, plan: Plan) -> str:
    """Lines on why `apply` would refuse a plan just now; none if it wouldn't."""
    if session.arguments.elsewhere:
        return ""
    from ..journal.marks import marked
    from ..system.paths import journal_path

    journal = journal_path(session.host.environment, session.host.home)
    if not marked(journal):
        return ""
    from ..journal.interrupted import refusal

    return refusal(journal, plan)
