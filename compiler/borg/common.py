"""What Borg commands have in common: flags from options, environment, the choice of archives."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..actions import Action
from ..config import Configuration, Repository
from ..host import Host
from ..options import OPTIONS, Option, Type, Zero
from ..plan import Command, ExitCodes, Late, Ranges, Secret, SecretOption, Word
from ..semantics.profile import Profile
from ..settings import Settings

DEFAULT_ARCHIVE_NAME = "{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}"

# Exactly borgmatic's: `{unixtime}`, and formats with other characters, stay and match little.
_CLOCK_OR_PROCESS = re.compile(r"\{(?:now|utcnow|pid)[:%\w.-]*\}")


class Target(NamedTuple):
    """One repository of one configuration, as the commands need it."""

    configuration: Configuration
    repository: Repository
    profile: Profile
    host: Host

    @property
    def settings(self) -> Settings:
        """Of the file, with this repository's own."""
        return self.configuration.of(self.repository).settings

    @property
    def location(self) -> str:
        """The repository for Borg; a leading `~` is expanded, which Borg itself doesn't do."""
        return expand_home(self.repository.path, self.host.home)

    @property
    def borg(self) -> str:
        return self.settings.text("local_path") or "borg"

    @property
    def directory(self) -> str | None:
        """Where Borg runs; None for where borgplan was started."""
        directory = self.settings.text("working_directory")
        return expand_home(directory, self.host.home) if directory else None

    def command(
        self,
        argv: tuple[Word, ...],
        dry_argv: tuple[Word, ...] | None,
        captures: Late | None = None,
    ) -> Command:
        """`argv`, without the executable, as a command in the environment this repository needs."""
        return Command(
            argv=(self.borg, *argv),
            dry_argv=None if dry_argv is None else (self.borg, *dry_argv),
            exits=self.exits,
            environment=_environment(self.settings, self.profile),
            unset=_unset(self.settings),
            passphrase=passphrase(self.configuration, self.repository, self.host),
            captures=captures,
            directory=self.directory,
        )

    @property
    def exits(self) -> ExitCodes:
        return with_rules(self.profile.borg_exits, self.settings)


def expand_home(path: str, home: str) -> str:
    """A leading `~/` replaced; other users' homes (`~name`) are left alone."""
    return home + path[1:] if path == "~" or path.startswith("~/") else path


def flags(
    settings: Settings, action: Action, without: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """The flags that the options table declares for `action`, in the table's order."""
    words: list[str] = []
    for option in OPTIONS:
        if action in option.actions and option.flag and option.key not in without:
            words += _flag(option, settings)
    return tuple(words)


def _flag(option: Option, settings: Settings) -> list[str]:
    match option.type:
        case Type.BOOLEAN:
            value = settings.boolean(option.key)
            return [option.flag] if value is not None and value != option.inverted else []
        case Type.INTEGER:
            number = settings.integer(option.key)
            unset = number is None or (number == 0 and option.zero is Zero.UNSET)
            return [] if unset else [option.flag, str(number)]
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
        case Type.TEXT:
            text = settings.text(option.key)
            return [option.flag, text] if text else []


def archive_filter(target: Target, prefix_key: str) -> tuple[str, ...]:
    """Which archives prune and check look at: those of a prefix, else those the name format makes.

    Source: borgmatic 2.1.10 derives the filter from `archive_name_format`; 1.3.25 takes the prefix,
    by default `{hostname}-`, which is the same archives for the default format.
    """
    settings = target.settings
    prefix = settings.text(prefix_key)
    if prefix:
        return ("--glob-archives", f"{prefix}*")
    if prefix == "" and target.profile.empty_prefix_is_all:
        return ()
    name_format = settings.text("archive_name_format") or DEFAULT_ARCHIVE_NAME
    pattern = _CLOCK_OR_PROCESS.sub("*", name_format)
    return () if pattern == "*" else ("--glob-archives", pattern)


def _environment(settings: Settings, profile: Profile) -> tuple[tuple[str, str], ...]:
    variables = {"BORG_EXIT_CODES": profile.borg_codes}
    for option in OPTIONS:
        if not option.variable:
            continue
        if option.type is Type.BOOLEAN:
            value = settings.boolean(option.key)
            if value is not None:
                variables[option.variable] = "yes" if value else "no"
        elif text := settings.text(option.key):
            variables[option.variable] = text
    passcommand = settings.text("encryption_passcommand")
    if passcommand and settings.text("encryption_passphrase") is None:
        variables["BORG_PASSCOMMAND"] = passcommand
    return tuple(sorted(variables.items()))


def _unset(settings: Settings) -> tuple[str, ...]:
    """What is inherited must not win over what is configured: Borg asks BORG_PASSPHRASE first."""
    if settings.text("encryption_passphrase") is not None:
        return ("BORG_PASSCOMMAND", "BORG_PASSPHRASE")
    if settings.text("encryption_passcommand"):
        return ("BORG_PASSPHRASE", "BORG_PASSPHRASE_FD")
    return ()


def passphrase(configuration: Configuration, repository: Repository, host: Host) -> Secret | None:
    """Where the pass phrase of a repository is; None if none is configured."""
    option = "encryption_passphrase"
    settings = configuration.of(repository).settings
    value = settings.text(option)
    if value is None:
        return None
    if value.startswith("{credential"):
        from ..credentials import Reference, reference, secret

        found = reference(value)
        if isinstance(found, Reference):
            return secret(found, settings, host)
    own = repository.own
    if own is not None and option in own.settings.by_key:
        option = f"repositories[{repository.number}].{option}"
    return SecretOption(configuration.path, option)


def with_rules(exits: ExitCodes, settings: Settings) -> ExitCodes:
    """`exits` with what `borg_exit_codes` says; the last entry for a code counts.

    An error of code 75 stays the soft failure it is for borgmatic.
    """
    for rule in settings.exit_rules("borg_exit_codes"):
        warning = without(exits.warning, rule.code)
        if rule.is_error:
            exits = exits._replace(warning=warning)
        else:
            one = ((rule.code, rule.code),)
            soft = without(exits.soft, rule.code)
            exits = exits._replace(warning=tuple(sorted((*warning, *one))), soft=soft)
    return exits


def without(ranges: Ranges, code: int) -> Ranges:
    """Inclusive ranges that don't hold `code`."""
    pieces = [
        piece
        for low, high in ranges
        for piece in ((low, min(high, code - 1)), (max(low, code + 1), high))
        if piece[0] <= piece[1]
    ]
    return tuple(dict.fromkeys(pieces))
