"""`borgplan bootstrap`: configuration files out of an archive, for a machine that has none any more."""

from __future__ import annotations

import argparse
import os
import sys

from ...compiler.borg import bootstrap
from ...compiler.borg.target import Target
from ...compiler.borg.versions import ASSUMED
from ...compiler.plan.claims import FILES, REPOSITORY, Claim, Mode
from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import Effect, Phase, Resume, Role, Status, Step, Trigger
from ...compiler.plan.work import Process
from ...compiler.shell.printable import printable
from ...compiler.source.span import COMMAND_LINE
from ...compiler.support.record import NamedTuple
from ..engine.wording import ending
from ..process.borg_version import versions_of
from ..process.prompts import answered
from ..process.signals import Signals
from ..run.session import say, write
from ..system.host import RealHost

_ANSWERS = ("BORG_PASSPHRASE", "BORG_PASSCOMMAND", "BORG_PASSPHRASE_FD")
_HOW_TO_ANSWER = "\n    hint: if the repository is encrypted, set BORG_PASSPHRASE or BORG_PASSCOMMAND, or run this at a terminal"
_NO_EFFECT = Effect(Status.FAILED, Resume.NEXT)


class _RefusedError(Exception):
    """Why nothing is written, in words."""


class _Files(NamedTuple):
    """`paths`: as the manifest has them. `places`: where they come to lie."""

    archive: bootstrap.Found
    paths: tuple[str, ...]
    places: tuple[str, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--repository",
        required=True,
        metavar="PATH",
        help="the repository, as Borg takes it (required)",
    )
    add("--archive", default="latest", metavar="NAME",
        help="the archive with the configuration files (default: latest)")  # fmt: skip
    add("--destination", default="/", metavar="DIRECTORY",
        help="where to write them (default: /, so that each comes to its old place)")  # fmt: skip
    add("--strip-components", default="", type=_components, metavar="N",
        help="remove the first N parts of paths, or all but the last")  # fmt: skip
    add("--local-path", default="", metavar="PATH", help="the Borg executable (default: borg)")
    add(
        "--remote-path", default="", metavar="PATH", help="the Borg executable on the other machine"
    )
    add("--ssh-command", default="", metavar="COMMAND", help="the ssh command that Borg uses")
    add("--user-runtime-directory", default="", metavar="DIRECTORY",
        help="where the manifest was made, for archives of Borg 1.2 (default: this machine's)")  # fmt: skip
    add("--borgmatic-source-directory", default="", metavar="DIRECTORY",
        help="where old borgmatic releases put the manifest (default: ~/.borgmatic)")  # fmt: skip
    add("--progress", action="store_true", help=argparse.SUPPRESS)  # files are listed anyway
    add(
        "-n", "--dry-run", action="store_true", help="show what would be written, and write nothing"
    )
    add("-y", "--yes", action="store_true", help="write without asking")


def _components(text: str) -> str:
    if text not in ("", "all") and not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("takes a number, or all")
    return text


def run(namespace: argparse.Namespace) -> int:
    """0 the files are written, or shown; 1 Borg failed; 2 nothing was written; 128+n a signal."""
    host = RealHost()
    options = {
        name: getattr(namespace, name) for name in ("local_path", "remote_path", "ssh_command")
    }
    versions = versions_of([namespace.local_path or "borg"], host.environment, ask=True)
    version = next(iter(versions.values()), ASSUMED)
    target = bootstrap.target(namespace.repository, options, host, version)
    _ask_for_passphrase(target.location)
    try:
        with Signals() as signals:
            files = _files(namespace, target, host, signals)
            destination = os.path.abspath(namespace.destination)
            write(_shown(files, destination))
            if namespace.dry_run:
                return 0
            _agree(namespace, destination)
            return _extract(namespace, target, files, destination, signals)
    except _RefusedError as refusal:
        say(f"borgplan bootstrap: {refusal}")
        return 2


def _ask_for_passphrase(location: str) -> None:
    """Where the environment has none: at a terminal, once for all of Borg's commands."""
    if not _is_at_terminal() or not os.environ.keys().isdisjoint(_ANSWERS):
        return
    from getpass import getpass

    try:
        typed = getpass(f"Passphrase of {printable(location)} (without one, press Enter): ")
    except EOFError:
        typed = ""
    if typed:
        os.environ["BORG_PASSPHRASE"] = typed


def _is_at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _files(
    namespace: argparse.Namespace, target: Target, host: RealHost, signals: Signals
) -> _Files:
    archive = _archive(namespace.archive, target, signals)
    runtime, old = namespace.user_runtime_directory, namespace.borgmatic_source_directory
    answer = b""
    for question in bootstrap.manifests(target, archive.id, host, runtime, old):
        _, answer = _ask(question, target, signals)
        if answer.strip():
            break
    else:
        raise _RefusedError(
            f"{archive.name} has no configuration files: no {bootstrap.MANIFEST} was found in it"
        )
    try:
        paths = bootstrap.read_manifest(answer)
    except ValueError as error:
        raise _RefusedError(f"{archive.name}: {error}") from None
    places = bootstrap.stripped(paths, namespace.strip_components)
    if not places:
        raise _RefusedError("nothing is left of the paths: use a smaller --strip-components")
    return _Files(archive, paths, places)


def _archive(name: str, target: Target, signals: Signals) -> bootstrap.Found:
    """The archive that is meant; of several series none is."""
    if name != "latest":
        return bootstrap.Found(name, name, "")
    why, answer = _ask(bootstrap.archives(target), target, signals)
    found = bootstrap.newest(bootstrap.read_archives(target, answer))
    if why:
        raise _RefusedError(why)
    if not found:
        raise _RefusedError(f"{target.location} holds no archives")
    if len(found) > 1:
        names = "".join(f"\n  --archive {printable(one.name)}" for one in found)
        raise _RefusedError(
            f"there are {len(found)} kinds of archives; choose the newest of one:{names}"
        )
    return found[0]


def _step(work: Process, target: Target, *claims: Claim) -> Step:
    reads = Claim(REPOSITORY, target.location, Mode.READ)
    return Step(
        "bootstrap", "", Phase.BODY, Trigger.SUCCESS, work, _NO_EFFECT, _NO_EFFECT, "", COMMAND_LINE,
        role=Role.BORG, title="borg extract", claims=(reads, *claims),
    )  # fmt: skip


def _ask(question: Process, target: Target, signals: Signals) -> tuple[str, bytes]:
    """Why there is no answer, or nothing; and the answer."""
    result, answer = answered(_step(question, target), {}, signals)
    if result.outcome is Outcome.DONE:
        return "", answer
    hint = _HOW_TO_ANSWER if os.environ.keys().isdisjoint(_ANSWERS) else ""
    return f"{target.location}: {ending(result)}{_said(result.note)}{hint}", b""


def _said(note: str) -> str:
    return f": {note}" if note else ""


def _shown(files: _Files, destination: str) -> str:
    """What would be written, a line each."""
    lines = [f"From archive {printable(files.archive.name)}, into {printable(destination)}:"]
    for place in files.places:
        path = os.path.join(destination, place)
        state = "exists, and is replaced" if os.path.lexists(path) else "new"
        lines.append(f"  {printable(path)} ({state})")
    return "".join(f"{line}\n" for line in lines)


def _agree(namespace: argparse.Namespace, destination: str) -> None:
    if not os.path.isdir(destination):
        raise _RefusedError(f"{destination} is not a directory")
    if namespace.yes:
        return
    if not _is_at_terminal():
        raise _RefusedError("nothing was written: that needs --yes, or a terminal")
    say("To write these files, type yes")
    if sys.stdin.readline().strip() != "yes":
        raise _RefusedError("nothing was written")


def _extract(
    namespace: argparse.Namespace, target: Target, files: _Files, destination: str, signals: Signals
) -> int:
    work = bootstrap.extraction(
        target, files.archive.id, files.paths, destination, namespace.strip_components
    )
    step = _step(work, target, Claim(FILES, destination, Mode.WRITE))
    result, _ = answered(step, {}, signals)
    missing = [p for p in files.places if not os.path.lexists(os.path.join(destination, p))]
    if result.outcome is not Outcome.DONE:
        say(f"borgplan bootstrap: borg extract {ending(result)}{_said(result.note)}")
        return 1
    if missing:
        say(f"borgplan bootstrap: not in the archive: {', '.join(map(printable, missing))}")
        return 1
    write(f"Written: {len(files.places)} configuration file{'s' * (len(files.places) != 1)}.\n")
    return 0
