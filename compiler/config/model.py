"""A configuration file as typed values, every place kept."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMap

from ..source.span import Span, Text
from ..support.record import TYPE_CHECKING, NamedTuple
from .hooks import CommandHook, Hook
from .settings import Settings

if TYPE_CHECKING:
    from .databases import Database
    from .services import Service

_PASSPHRASE, _PASSCOMMAND = "encryption_passphrase", "encryption_passcommand"


class Own(NamedTuple):
    """Options that an entry of `repositories` has for itself; `commands` is None if it has none."""

    settings: Settings
    commands: tuple[CommandHook, ...] | None
    span: Span


class Repository(NamedTuple):
    """A repository to back up to; `path` as configured, `label` for people, or empty.

    `number`: its place in the list, from 0. `creation`: how repo-create is to make it
    (`options.REPOSITORY_OPTIONS`). `own`: what is different for this one.
    """

    path: str
    label: str
    span: Span
    number: int = 0
    creation: Settings = Settings({})
    own: Own | None = None


class Configuration(NamedTuple):
    """One file.

    `empty_hooks`: hook options without a value. `lenient`: what only old releases take, in words.
    `unimplemented`: the options it uses that borgplan knows by name only. `renamed`: older names of
    options, as they stand there. `services`: what monitoring services it names. `databases`: what
    it dumps, kinds in the order of their names. `whole`: whether all that it includes is known.
    """

    path: str
    sectioned: bool
    settings: Settings
    repositories: tuple[Repository, ...]
    hooks: tuple[Hook, ...]
    commands: tuple[CommandHook, ...]
    constants: ReadOnlyMap[str, str]
    constants_at: Span | None
    empty_hooks: tuple[Text, ...]
    lenient: tuple[Text, ...]
    unimplemented: tuple[Text, ...]
    renamed: tuple[Text, ...]
    span: Span
    services: tuple[Service, ...] = ()
    databases: tuple[Database, ...] = ()
    whole: bool = True

    def of(self, repository: Repository) -> Configuration:
        """The file as one of its repositories has it: that one's own options replace the file's."""
        own = repository.own
        if own is None:
            return self
        merged = {**self.settings.by_key, **own.settings.by_key}
        if _PASSCOMMAND in own.settings.by_key and _PASSPHRASE not in own.settings.by_key:
            merged.pop(_PASSPHRASE, None)
        settings = Settings(merged)
        if own.commands is None:
            return self._replace(settings=settings)
        # Hook options are commands in another spelling, and a list replaces a list.
        return self._replace(settings=settings, commands=own.commands, hooks=())
