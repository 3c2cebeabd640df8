"""What Borg commands have in common: the repository, flags from options, environment, passphrase."""

from __future__ import annotations

import shlex
from functools import cache

from ..config.model import Configuration, Repository
from ..config.options import OPTIONS, Option, Type, Zero
from ..config.settings import Settings
from ..plan.actions import Action
from ..plan.exits import ExitCodes, Ranges
from ..plan.words import Secret, SecretOption, Word, as_pattern, joined
from ..plan.work import Output, Process
from ..semantics.profile import Profile
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..source.span import COMMAND_LINE
from ..support.record import NamedTuple
from .action_options import OF_BORG_2, ActionOptions
from .progress import progress_at
from .versions import MATCH_ARCHIVES, NO_SAVE_SPACE, OLDEST, SEPARATE_REPOSITORY, SERIES, Version

DEFAULT_ARCHIVE_NAME = "{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}"

_BY_KEY = {option.key: option for option in OPTIONS}
_FLAGS = {
    key: option
    for key, option in _BY_KEY.items()
    if option.flag or option.name.startswith("extra_borg_options.")
}
_VARIABLES = tuple((option.key, option.variable) for option in OPTIONS if option.variable)


class Target(NamedTuple):
    """One repository of one configuration, as the commands need it; see `target_of`.

    `version`: of Borg, known or assumed. `settings`: of the file, with this repository's own. `location`:
    the repository for Borg; a leading `~` is expanded, which Borg itself doesn't do. `bare`: what all its
    commands have in common.
    """

    configuration: Configuration
    repository: Repository
    profile: Profile
    host: Host
    version: Version
    settings: Settings
    location: str
    bare: Process

    @property
    def borg(self) -> str:
        return self.settings.text("local_path") or "borg"

    @property
    def directory(self) -> str | None:
        """Where Borg runs; None for where borgplan was started."""
        return self.bare.directory

    @property
    def archive_name(self) -> str:
        """The name of new archives, for Borg to fill in."""
        default = "{hostname}" if self.version.knows(SERIES) else DEFAULT_ARCHIVE_NAME
        return self.settings.text("archive_name_format") or default

    def at(self, *archives: Word, location: str = "") -> tuple[Word, ...]:
        """The repository, or archives of it, as the last words of a command line."""
        place = location or self.location
        if self.version.knows(SEPARATE_REPOSITORY):
            names = [self._by_id(word) for word in archives]
            return ("--repo", place, *names)
        if not archives:
            return (place,)
        first, *others = archives
        return (joined(f"{place}::", first), *others)

    def _by_id(self, archive: Word) -> Word:
        """From the release on in which archives share names, the newest one is found by its id."""
        late = not isinstance(archive, str)
        return joined("aid:", archive) if late and self.version.knows(SERIES) else archive

    def chosen(self, pattern: Word) -> tuple[Word, ...]:
        """The flag that chooses the archive of this name, for commands that take none as a word."""
        if self.version.knows(MATCH_ARCHIVES):
            return (joined("--match-archives=", self._by_id(pattern)),)
        return (joined("--glob-archives=", as_pattern(pattern)),)

    def command(
        self,
        argv: tuple[Word, ...],
        dry_argv: tuple[Word, ...] | None,
        output: Output = Output(),  # noqa: B008  # immutable
    ) -> Process:
        """`argv`, without the executable, as a command in the environment this repository needs."""
        borg = self.bare.argv
        at = progress_at(argv)
        return self.bare._replace(
            argv=borg + argv,
            dry_argv=None if dry_argv is None else borg + dry_argv,
            output=output,
            json_log="--log-json" in argv,
            progress_at=at and len(borg) + at,
        )


def target_of(
    configuration: Configuration,
    repository: Repository,
    profile: Profile,
    host: Host,
    version: Version,
) -> Target:
    """A repository with what its commands ask for again and again."""
    settings = configuration.of(repository).settings
    directory = settings.text("working_directory")
    bare = Process(
        argv=(settings.text("local_path") or "borg",),
        dry_argv=None,
        exits=with_rules(profile.borg_exits, settings),
        environment=_environment(settings, profile),
        unset=_unset(settings),
        passphrase=passphrase(configuration, repository, host),
        directory=expand_home(directory, host) if directory else None,
    )
    location = expand_home(repository.path, host)
    return Target(configuration, repository, profile, host, version, settings, location, bare)


def expand_home(path: str, host: Host) -> str:
    """A leading `~` or `~name` replaced, as Python's `expanduser` does; left alone if nobody is called so."""
    if not path.startswith("~"):
        return path
    name, slash, rest = path[1:].partition("/")
    home = host.home_of(name) if name else host.home
    return path if home is None else f"{home}{slash}{rest}"


def flags(
    target: Target, action: Action, *, without: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """The flags that the options table declares for `action`, in the table's order."""
    settings = target.settings
    words: list[str] = []
    for key, option in _given(action):
        if key not in settings.by_key or key in without:
            continue
        if option.until and not target.version.knows(until=option.until):
            continue
        words += _flag(option, settings)
    return tuple(words)


@cache
def _given(action: Action) -> tuple[tuple[str, Option], ...]:
    """The options that are flags of an action, with their keys."""
    return tuple(
        (key, option) for key, option in _BY_KEY.items() if option.flag and action in option.actions
    )


def extra(target: Target, name: str) -> tuple[str, ...]:
    """The words of `extra_borg_options.NAME`."""
    text = target.settings.text(f"extra_borg_options.{name}")
    try:
        return tuple(shlex.split(text)) if text else ()
    except ValueError:
        return ()  # `check_flags` has recorded it


def verbosity(target: Target) -> tuple[str, ...]:
    """How much Borg is to say."""
    level = target.settings.integer("verbosity") or 0
    return {1: ("--info",), 2: ("--debug", "--show-rc")}.get(level, ())


def check_flags(
    target: Target, actions: tuple[Action, ...], options: ActionOptions, diagnostics: Diagnostics
) -> None:
    """Warn of flags that this Borg doesn't know (BP411); record extra words that can't be split (BP412)."""
    settings = target.settings
    if not target.version.knows(OLDEST):
        diagnostics.error(
            "BP418",
            f"Borg {target.version} is too old; {OLDEST} or later is needed",
            target.repository.span,
        )
    _check_options(target, options, diagnostics)
    if options.save_space and not target.version.knows(until=NO_SAVE_SPACE):
        diagnostics.warning(
            "BP411",
            f"Borg {target.version} has no --save-space; the option is dropped",
            COMMAND_LINE,
        )
    given = [
        (option, settings.by_key[key]) for key, option in _FLAGS.items() if key in settings.by_key
    ]
    for option, setting in given:
        asked = option.flag and any(action in option.actions for action in actions)
        if (
            asked
            and _flag(option, settings)
            and not target.version.knows(option.since, option.until)
        ):
            dropped = bool(option.until) and not target.version.knows(until=option.until)
            diagnostics.warning(
                "BP411",
                f"Borg {target.version} has no {option.flag} (`{option.name}`): "
                + ("the option is dropped" if dropped else "the command will fail"),
                setting.span,
                f"it needs Borg {option.since} or later" if option.since and not dropped else "",
            )
        if option.name.startswith("extra_borg_options."):
            try:
                shlex.split(settings.text(option.key) or "")
            except ValueError:
                diagnostics.error("BP412", f"`{option.name}`: unclosed quotes", setting.span)


def _check_options(target: Target, options: ActionOptions, diagnostics: Diagnostics) -> None:
    """BP414: what the command line asks for, and only Borg 2 can."""
    if target.version.knows(SEPARATE_REPOSITORY):
        return
    for name in OF_BORG_2:
        if getattr(options, name):
            flag = f"--{name.replace('_', '-')}"
            message = f"{flag} needs Borg 2; this is {target.version}"
            diagnostics.error("BP414", message, COMMAND_LINE)


def _flag(option: Option, settings: Settings) -> list[str]:
    match option.type:
        case Type.BOOLEAN:
            value = settings.boolean(option.key)
            return [option.flag] if value is not None and value != option.inverted else []
        case Type.INTEGER:
            number = settings.integer(option.key)
            unset = number is None or (number == 0 and option.zero is Zero.UNSET)
            return [] if unset else [option.flag, str(number)]
        case Type.TEXT | Type.CHOICE:
            text = settings.text(option.key)
            return [option.flag, text] if text else []
        case Type.UMASK:
            mask = settings.integer(option.key)
            return [option.flag, f"{mask:04o}"] if mask else []
        case (
            Type.COMMAND_HOOKS
            | Type.EXIT_CODES
            | Type.CONSTANTS
            | Type.TEXTS
            | Type.TEXT_OR_TEXTS
            | Type.COMMANDS
            | Type.CHECKS
            | Type.REPOSITORIES
        ):
            return [
                word for text in settings.texts(option.key) for word in (option.flag, text.text)
            ]


def _environment(settings: Settings, profile: Profile) -> tuple[tuple[str, str], ...]:
    variables = {"BORG_EXIT_CODES": profile.borg_codes}
    for key, variable in _VARIABLES:
        setting = settings.by_key.get(key)
        if setting is None:
            continue
        if isinstance(setting.value, bool):
            variables[variable] = "yes" if setting.value else "no"
        elif text := str(setting.value):
            variables[variable] = text
    passcommand = settings.text("encryption_passcommand")
    if passcommand and settings.text("encryption_passphrase") is None:
        variables["BORG_PASSCOMMAND"] = passcommand
    return tuple(sorted(variables.items()))


def _unset(settings: Settings) -> tuple[str, ...]:
    """What is inherited must not win over what is configured: Borg asks BORG_PASSPHRASE first."""
    if settings.text("encryption_passphrase") is not None:
        return ("BORG_NEW_PASSPHRASE", "BORG_PASSCOMMAND", "BORG_PASSPHRASE")
    if settings.text("encryption_passcommand"):
        return ("BORG_NEW_PASSPHRASE", "BORG_PASSPHRASE", "BORG_PASSPHRASE_FD")
    return ()


def passphrase(configuration: Configuration, repository: Repository, host: Host) -> Secret | None:
    """Where the passphrase of a repository is; None if none is configured."""
    option = "encryption_passphrase"
    settings = configuration.of(repository).settings
    value = settings.text(option)
    if value is None:
        return None
    if value.startswith("{credential"):
        from ..config.credentials import Reference, reference, secret

        found = reference(value)
        if isinstance(found, Reference):
            return secret(found, settings, host)
    own = repository.own
    if own is not None and option in own.settings.by_key:
        option = f"repositories[{repository.number}].{option}"
    return SecretOption(configuration.path, option)


def with_rules(exits: ExitCodes, settings: Settings) -> ExitCodes:
    """`exits` with what `borg_exit_codes` says; the last entry for a code counts.

    An error of code 75 stays the soft failure it is for borgmatic. What is called a warning here is one even
    where Borg tells an error.
    """
    for rule in settings.exit_rules("borg_exit_codes"):
        warning = without_code(exits.warning, rule.code)
        forgiven = without_code(exits.forgiven, rule.code)
        if rule.is_error:
            exits = exits._replace(warning=warning, forgiven=forgiven)
        else:
            one = (rule.code, rule.code)
            exits = exits._replace(
                soft=without_code(exits.soft, rule.code),
                warning=tuple(sorted((*warning, one))),
                forgiven=tuple(sorted((*forgiven, one))),
            )
    return exits


def without_code(ranges: Ranges, code: int) -> Ranges:
    """Inclusive ranges that don't hold `code`."""
    pieces = [
        piece
        for low, high in ranges
        for piece in ((low, min(high, code - 1)), (max(low, code + 1), high))
        if piece[0] <= piece[1]
    ]
    return tuple(dict.fromkeys(pieces))
