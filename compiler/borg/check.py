"""check: which checks are due, in which Borg commands, and where their times are noted.

Times are kept as borgplan's own state: an empty file for each check of a repository, whose time of change
is when it last went well; those of archives and data apart by which archives they are about.
"""

import shlex
from functools import lru_cache
from zlib import crc32

from ..config.settings import CheckEntry
from ..plan.actions import Action
from ..plan.claims import Mode
from ..plan.words import Word
from ..plan.work import Process
from ..shell.passwords import hidden
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE
from ..support.regex import lazily
from .action_inputs import (
    KNOWN_LATER,
    NEWEST_ARCHIVE,
    Due,
    Extent,
    NamedCommand,
    logging,
    newest,
    repository_flags,
    save_space,
)
from .action_options import ActionOptions
from .archive_filters import archive_filter
from .target import Target, expand_home, extra, flags, with_rules

_DEFAULT = ("repository", "archives")
_DAY = 24 * 3600
_SPOT = "spot"
_OF_ARCHIVES = frozenset({"archives", "data"})
_ODD = lazily(r"[^A-Za-z0-9]+")


def check(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand] | None:
    """Those of `extent.checks` that are due; None where `check_repositories` leaves this repository out. One that can't
    run without being configured, and isn't, is an error (BP423)."""
    if not _applies(target):
        return None
    names = {due.name for due in extent.checks if due.is_due}
    mode = Mode.WRITE if extent.options.repair else Mode.ALONE
    found = [
        NamedCommand("check", command, extent.called_for, mode)
        for command in _commands(target, extent, names)
    ]
    if "extract" in names:
        found += _extract_check(target, extent)
    if _SPOT in names:
        found += _spot_check(target, extent, diagnostics)
    return found


def wants_spot(target: Target, options: ActionOptions) -> bool:
    """Whether the check of that name may run."""
    only = options.only or tuple(entry.name for entry in _entries(target))
    return _SPOT in only and any(entry.spot is not None for entry in _entries(target))


def _spot_check(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    entry = next((entry for entry in _entries(target) if entry.spot is not None), None)
    if entry is None:
        diagnostics.error(
            "BP423",
            "the check `spot` is not configured",
            COMMAND_LINE,
            "it is an entry of `checks` with the percentages that it needs",
        )
        return []
    from .spot import spot

    return spot(target, extent, entry, _noted(target, {_SPOT}, extent.options))


def due_checks(target: Target, extent: Extent) -> list[Due]:
    """Every check that is wanted, and whether it is to run now."""
    entries = _entries(target)
    if any(entry.name == "disabled" for entry in entries):
        return []
    only = extent.options.only
    names = dict.fromkeys(only or (entry.name for entry in entries))
    if extent.options.force or extent.options.repair:
        return [Due(name, is_due=True, why="requested") for name in names]
    found = []
    for name in names:
        own = [entry for entry in entries if entry.name == name]
        verdicts = [_due(target, entry, extent.options) for entry in own] or [
            Due(name, is_due=True, why="requested")
        ]
        # A check that stands there twice runs if either is due.
        found.append(next((verdict for verdict in verdicts if verdict.is_due), verdicts[0]))
    return found


def _entries(target: Target) -> tuple[CheckEntry, ...]:
    setting = target.settings.by_key.get("checks")
    if setting is None:
        frequency = target.profile.check_frequency
        return tuple(CheckEntry(name, target.repository.span, frequency) for name in _DEFAULT)
    entries = target.settings.checks()
    return entries or tuple(CheckEntry(name, setting.span) for name in _DEFAULT)


def _due(target: Target, entry: CheckEntry, options: ActionOptions) -> Due:
    now = target.host.now
    if entry.only_run_on and _weekday(now) not in entry.only_run_on:
        days = " or ".join(_DAYS[day] for day in sorted(entry.only_run_on))
        return Due(entry.name, is_due=False, why=f"runs on {days} only")
    if not entry.frequency:
        return Due(entry.name, is_due=True, why="runs every time")
    times = [target.host.modified(path) for path in time_files(target, entry.name, options)[:1]]
    last, by = next((time for time in times if time is not None), None), ""
    if last is None:
        from .borgmatic_notes import last_time

        last, by = last_time(target, entry.name), " by borgmatic"
    if last is None:
        files = time_files(target, entry.name)[:1]
        if any(target.host.is_there(path) is None for path in files):
            return Due(entry.name, is_due=True, why=KNOWN_LATER)
        return Due(entry.name, is_due=True, why="has not run yet")
    then = last + entry.frequency
    return Due(
        entry.name, is_due=now >= then, why=f"last ran{by} {_date(last)}, is due from {_date(then)}"
    )


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _weekday(seconds: float) -> int:
    import time

    return time.localtime(seconds).tm_wday


def _date(seconds: float) -> str:
    import time

    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def time_files(
    target: Target,
    name: str,
    options: ActionOptions = ActionOptions(),  # noqa: B008  # immutable
) -> tuple[str, ...]:
    """Where the times of a check are noted; first its own, then those of what it includes.

    Those of archives by which archives: with another filter they have not been checked yet.
    """
    settings, host = target.settings, target.host
    state = settings.text("user_state_directory") or host.environment.get("XDG_STATE_HOME")
    base = expand_home(state or "~/.local/state", host)
    directory = f"{base}/borgplan/checks/{_as_name(target.location)}"
    if name not in _OF_ARCHIVES:
        return (f"{directory}/{name}",)
    about = shlex.join(map(str, (*_archives(target, options), *extra(target, "check"))))
    included = ("data", "archives") if name == "data" else ("archives",)
    return tuple(f"{directory}/{one}-{_as_name(about)}" for one in included)


@lru_cache(maxsize=64)
def _as_name(text: str) -> str:
    """A file name that people recognise, and that only this text gives; no password is part of it."""
    digest = crc32(text.encode("utf-8", "surrogateescape"))
    return f"{_ODD.sub('-', hidden(text)).strip('-')[-60:]}-{digest:08x}"


def _archives(target: Target, options: ActionOptions) -> tuple[Word, ...]:
    """Which archives are checked."""
    last = target.settings.integer("check_last")
    return (
        *(("--last", str(last)) if last else ()),
        *archive_filter(target, "check_prefix", options),
    )


def _applies(target: Target) -> bool:
    only = {text.text for text in target.settings.texts("check_repositories")}
    if only and not target.profile.check_repositories_match:
        return False
    repository = target.repository
    return not only or bool(only & {repository.path, repository.label} - {""})


def _commands(target: Target, extent: Extent, names: set[str]) -> list[Process]:
    """One command, or two where only the check of the repository has a time limit."""
    of_repository, of_archives = names & {"repository"}, names & _OF_ARCHIVES
    limit = extent.options.max_duration or next(
        (e.max_duration for e in _entries(target) if e.name == "repository" and e.max_duration), 0
    )
    if limit and of_repository and of_archives:
        groups = [(of_archives, 0), (of_repository, limit)]
    else:
        groups = [(of_repository | of_archives, limit if of_repository else 0)]
    return [_command(target, extent, group, seconds) for group, seconds in groups if group]


def _command(target: Target, extent: Extent, names: set[str], limit: int) -> Process:
    with_archives = bool(names & _OF_ARCHIVES)
    argv: tuple[Word, ...] = (
        "check",
        *(["--repair"] if extent.options.repair else []),
        *(["--max-duration", str(limit)] if limit else []),
        *save_space(target, extent),
        *([] if "repository" in names else ["--archives-only"]),
        *([] if with_archives else ["--repository-only"]),
        *(["--verify-data"] if "data" in names else []),
        *(_archives(target, extent.options) if with_archives else ()),
        *logging(target, progress=extent),
        *flags(target, Action.CHECK),
        *extra(target, "check"),
        *target.at(),
    )
    exits = with_rules(target.profile.check_exits, target.settings)
    if extent.options.repair:
        exits = exits._replace(forgiven=((0, 0), *exits.forgiven))  # what it tells of, it mends
    noted = () if extent.options.repair else _noted(target, names, extent.options)
    command = target.command(argv, None)
    return command._replace(exits=exits, records=noted, checks=tuple(sorted(names)))


def _noted(target: Target, names: set[str], options: ActionOptions) -> tuple[str, ...]:
    files = [path for name in sorted(names) for path in time_files(target, name, options)]
    return tuple(dict.fromkeys(files))


def _extract_check(target: Target, extent: Extent) -> list[NamedCommand]:
    """Whether the newest archive can be extracted; no archive, nothing to extract."""
    argv: tuple[Word, ...] = (
        "extract",
        "--dry-run",
        *logging(target, progress=extent),
        *repository_flags(target),
        *extra(target, "extract"),
        *target.at(NEWEST_ARCHIVE),
    )
    command = target.command(argv, None)._replace(
        records=_noted(target, {"extract"}, extent.options), checks=("extract",)
    )
    first = newest(target, extent.called_for)
    first = first._replace(command=first.command._replace(dry_argv=None))
    return [first, NamedCommand("extract", command, extent.called_for, Mode.READ)]
