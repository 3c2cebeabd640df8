"""Hooks as configured: which kind, and its commands with their places."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from .plan import Late
from .source import Span


class Text(NamedTuple):
    """A text that stands somewhere."""

    text: str
    span: Span


class Script(NamedTuple):
    """Text for `/bin/sh -c`, and the environment variables in it that are filled in at run time."""

    text: str
    late: tuple[tuple[str, Late], ...] = ()


class HookKind(Enum):
    """The kinds of hook; the value is the option's name."""

    BEFORE_EVERYTHING = "before_everything"
    BEFORE_BACKUP = "before_backup"
    AFTER_BACKUP = "after_backup"
    ON_ERROR = "on_error"
    AFTER_EVERYTHING = "after_everything"


class Hook(NamedTuple):
    """The commands of one hook option, in order."""

    kind: HookKind
    commands: tuple[Text, ...]
    span: Span
