"""The check `spot`: the steps that compare a sample of the sources with the newest archive.

Borg itself says which sources a backup would have now (`create --dry-run --list`), and what the archive has. Layout and
order as borgmatic 2.1.10 has them; what is stored beside the sources, such as the bootstrap manifest, doesn't count.
"""

from __future__ import annotations

import shlex
from posixpath import basename

from ..config.settings import CheckEntry, SpotCheck
from ..plan.actions import Action
from ..plan.claims import Mode
from ..plan.exits import ExitCodes
from ..plan.spot import Spot, Stage
from ..plan.words import ForEach, Listed, Printed, Value, Word
from ..plan.work import Form, Output, OutputUse, Process
from .action_inputs import NEWEST_ARCHIVE, Extent, NamedCommand, newest, paths, repository_flags
from .target import Target, extra, flags

_SOURCES, _SAMPLE, _SUMS = Value("", "sources"), Value("", "sample"), Value("", "sums")
_EACH = Listed(_SAMPLE, Printed.NULLS)
# Dumps, manifests and the folders that they were made in, of borgmatic and of borgplan.
_OWN = ("borgmatic/*", "*/borgmatic-*/borgmatic/*", "*/.borgmatic/*", "*/borgplan-*/borgmatic/*")


def spot(
    target: Target, extent: Extent, entry: CheckEntry, noted: tuple[str, ...]
) -> list[NamedCommand]:
    """The newest archive, which has to be there, and the steps that compare. `noted`: the files that note success."""
    asked = entry.spot
    assert asked is not None  # noqa: S101  # the decoder makes no entry without
    reason = extent.called_for
    first = newest(target, reason)
    first = first._replace(command=first.command._replace(dry_argv=None))
    listed = _of_archive(target, "--format", "{type}{path}{NUL}")
    archive = target.command(listed, None, _kept(_SAMPLE))
    compared = target.command(
        _of_archive(target, "--json-lines", "--format", "{xxh64}{path}{linktarget}{target}", names=True),
        None, _kept(Value("", "compared"), Form.JSON_LINES),
    )  # fmt: skip
    count = Spot(Stage.COUNT, asked.count_tolerance, asked.sample, _OWN, _SOURCES)
    compare = Spot(Stage.COMPARE, asked.tolerance, asked.sample, (), _SOURCES, _SAMPLE, _SUMS)
    name, program = "list", basename(shlex.split(asked.command)[0])
    return [
        first,
        NamedCommand("create --dry-run", _sources(target, extent), reason, Mode.ALONE),
        NamedCommand(name, archive._replace(spot=count, required=True), reason, Mode.READ),
        NamedCommand(program, _sums(asked, target), reason, None, title=program),
        NamedCommand(
            name, compared._replace(spot=compare, required=True, records=noted, checks=("spot",)), reason, Mode.READ
        ),
    ]  # fmt: skip


def _kept(value: Value, form: Form = Form.TEXT) -> Output:
    return Output(OutputUse.KEEP, value.name, form)


def _sources(target: Target, extent: Extent) -> Process:
    """What a backup would have now, as Borg's log."""
    sources = extent.spot
    argv: tuple[Word, ...] = (
        "create", *sources.patterns, *flags(target, Action.CREATE), "--log-json", "--list", "--filter", "AME-",
        "--dry-run", *extra(target, "create"), *target.at(target.archive_name), *paths(sources.arguments),
    )  # fmt: skip
    process = target.command(argv, None, _kept(_SOURCES))
    return process._replace(spot=Spot(Stage.SOURCES), needs=sources.needed)


def _of_archive(target: Target, *words: str, names: bool = False) -> tuple[Word, ...]:
    """`borg list` of the newest archive, or of the sample's files in it by their exact paths."""
    each: tuple[Word, ...] = ((ForEach(_EACH, before="pf:"),),) if names else ()
    start = ("list", "--log-json", *repository_flags(target), *words, *extra(target, "list"))
    return (*start, *target.at(NEWEST_ARCHIVE), *each)


def _sums(asked: SpotCheck, target: Target) -> Process:
    """A program that isn't Borg, and gets nothing of what Borg gets."""
    argv: tuple[Word, ...] = (*shlex.split(asked.command), (ForEach(_EACH),))
    return Process(
        argv, None, ExitCodes(), output=_kept(_SUMS), directory=target.directory, required=True,
        spot=Spot(Stage.SUMS, sample=_SAMPLE),
    )  # fmt: skip
