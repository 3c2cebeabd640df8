"""Who else can replace what a run reads or starts: owners and folders, beside the modes of the files themselves.

Who can replace a file of configuration, a script or a program that the run starts runs commands as whoever runs
it, most often root.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from ...driver.compile import Compilation
from ...plan.model import Plan, Step
from ...plan.words import Secret, SecretCommand, SecretFile, text_of
from ...plan.work import Process, Shell
from ...source.diagnostic import Diagnostics
from ...source.host import Exposure, Host
from ...source.span import Span
from ...support.regex import lazily
from ..rule import Rule

_PROGRAMS = ("BORG_RSH", "BORG_PASSCOMMAND")  # variables that are commands
_FILES = ("BORG_KEY_FILE",)
_AS_SOMEBODY = lazily(
    r"\b(?:runuser|su|setpriv|(?:sudo|doas)\s+(?:-\w+\s+)*-u)\b"
)  # with their own rights
_HINT = "only root and the user who runs the backup should have write access: chown, chmod go-w"


def owners(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP632: of a file of configuration. BP633: of what the plan starts."""
    of_files(compilation.texts, host, diagnostics)
    if compilation.plan is not None:
        of_programs(compilation.plan, host, diagnostics)


def of_files(paths: Iterable[str], host: Host, diagnostics: Diagnostics) -> None:
    """BP632, for each of these files. What its own mode allows is BP602."""
    for path in paths:
        found = host.exposure(path)
        if found is not None and not found.by_mode:
            diagnostics.warning(
                "BP632",
                f"another user can replace this file and so run commands as the user who runs the backup: {found.why}",
                Span(path),
                _HINT,
            )


def of_programs(plan: Plan, host: Host, diagnostics: Diagnostics) -> None:
    """BP633, for each program, script, key and secret of a plan's steps: once for a file and what others can write."""
    told: set[tuple[str, str]] = set()
    for step in plan.steps:
        for path in _paths(step, host):
            found = host.exposure(path)
            if found is None or _is_told_elsewhere(found, step):
                continue
            place = step.origin.file, found.place
            if place not in told:
                told.add(place)
                diagnostics.warning(
                    "BP633",
                    f"another user can replace {path}, which this run uses: {found.why}",
                    step.origin,
                    _HINT,
                )


def _is_told_elsewhere(found: Exposure, step: Step) -> bool:
    """The mode of a hook's script is BP603."""
    return found.by_mode and isinstance(step.work, Shell)


def _paths(step: Step, host: Host) -> Iterator[str]:
    work = step.work
    if isinstance(work, Shell):
        from .programs import names
        from .script_modes import scripts

        if not _AS_SOMEBODY.search(work.written):
            yield from scripts(work.written, host)
        for name in names(work.written):
            yield from _program(name, host)
    elif isinstance(work, Process):
        yield from _program(str(work.argv[0]), host)
        for name, value in work.environment:
            if name in _PROGRAMS:
                yield from _in_words(text_of(value), host)
            elif name in _FILES:
                yield text_of(value)
        if work.passphrase is not None:
            yield from _of_secret(work.passphrase, host)


def _of_secret(secret: Secret, host: Host) -> Iterator[str]:
    match secret:
        case SecretFile(path):
            yield path
        case SecretCommand(argv):
            yield from _in_words(shlex.join(argv), host)
        case _:
            return


def _in_words(command: str, host: Host) -> Iterator[str]:
    """The program of a command, and all files among its words: a script, a key, another program."""
    try:
        program, *words = shlex.split(command)
    except ValueError:
        return
    yield from _program(program, host)
    for word in words:
        # `PATH`, `-iPATH`, `--file=PATH`, `-oProxyCommand=COMMAND`
        rest = word[2:] if word.startswith("-") else ""
        for each in dict.fromkeys((word, rest, word.partition("=")[2])):
            if " " in each:
                yield from _in_words(each, host)
                continue
            path = host.home + each[1:] if each.startswith("~/") else each
            status = host.status(path) if "/" in path else None
            if status is not None and status.regular:
                yield path


def _program(name: str, host: Host) -> Iterator[str]:
    """Where a program is, and where one of its name would be found before it."""
    if "/" in name:
        yield host.home + name[1:] if name.startswith("~/") else name
        return
    path = host.environment.get("PATH") or "/usr/local/bin:/usr/bin:/bin"
    places = [f"{folder}/{name}" for folder in path.split(":") if folder]
    there = [host.exists(place) for place in places]
    if True in there:
        yield from places[: there.index(True) + 1]


RULES = (Rule(("BP632", "BP633"), owners),)
