"""Hooks as configured: which kind, and its commands with their places."""

from __future__ import annotations

from ..plan.words import Value
from ..source.span import Span, Text
from ..support.enums import Enum
from ..support.record import NamedTuple


class Script(NamedTuple):
    """Text for `/bin/sh -c`, and the environment variables in it that are filled in at run time."""

    text: str
    late: tuple[tuple[str, Value], ...] = ()


class HookKind(Enum):
    """The kinds of hook that have an option of their own; the value is the option's name."""

    BEFORE_EVERYTHING = "before_everything"
    BEFORE_ACTIONS = "before_actions"
    BEFORE_BACKUP = "before_backup"
    BEFORE_PRUNE = "before_prune"
    BEFORE_COMPACT = "before_compact"
    BEFORE_CHECK = "before_check"
    BEFORE_EXTRACT = "before_extract"
    AFTER_BACKUP = "after_backup"
    AFTER_PRUNE = "after_prune"
    AFTER_COMPACT = "after_compact"
    AFTER_CHECK = "after_check"
    AFTER_EXTRACT = "after_extract"
    AFTER_ACTIONS = "after_actions"
    ON_ERROR = "on_error"
    AFTER_EVERYTHING = "after_everything"


HOOKS: dict[HookKind, str] = {  # what each is for, as it is documented
    HookKind.BEFORE_EVERYTHING: "Once, before any configuration file.",
    HookKind.BEFORE_ACTIONS: "Before the actions on a repository.",
    HookKind.BEFORE_BACKUP: "Before a backup.",
    HookKind.BEFORE_PRUNE: "Before prune.",
    HookKind.BEFORE_COMPACT: "Before compact.",
    HookKind.BEFORE_CHECK: "Before check.",
    HookKind.BEFORE_EXTRACT: "Before extract.",
    HookKind.AFTER_BACKUP: "After a backup.",
    HookKind.AFTER_PRUNE: "After prune.",
    HookKind.AFTER_COMPACT: "After compact.",
    HookKind.AFTER_CHECK: "After check.",
    HookKind.AFTER_EXTRACT: "After extract.",
    HookKind.AFTER_ACTIONS: "After the actions on a repository.",
    HookKind.ON_ERROR: "After a failure in this file.",
    HookKind.AFTER_EVERYTHING: "Once, after all configuration files.",
}


class Hook(NamedTuple):
    """The commands of one hook option, in order."""

    kind: HookKind
    commands: tuple[Text, ...]
    span: Span


class Position(Enum):
    """Where an entry of `commands:` hangs: the value is its key and what stands there."""

    BEFORE_EVERYTHING = "before everything"
    BEFORE_CONFIGURATION = "before configuration"
    BEFORE_REPOSITORY = "before repository"
    BEFORE_ACTION = "before action"
    AFTER_ACTION = "after action"
    AFTER_REPOSITORY = "after repository"
    AFTER_CONFIGURATION = "after configuration"
    AFTER_EVERYTHING = "after everything"
    AFTER_ERROR = "after error"

    @property
    def in_repositories(self) -> bool:
        """Whether a repository may have such an entry of its own."""
        return self.value.endswith((" repository", " action"))


class CommandHook(NamedTuple):
    """An entry of `commands:`. `when` (actions) and `states` are None where they aren't given."""

    position: Position
    when: tuple[str, ...] | None
    states: tuple[str, ...] | None
    commands: tuple[Text, ...]
    span: Span
