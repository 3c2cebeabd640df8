"""Hooks as configured: which kind, and its commands with their places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from .source import Span


class Text(NamedTuple):
    """A text that stands somewhere."""

    text: str
    span: Span


class HookKind(Enum):
    """The kinds of hook; the value is the option's name."""

    BEFORE_EVERYTHING = "before_everything"
    BEFORE_BACKUP = "before_backup"
    AFTER_BACKUP = "after_backup"
    ON_ERROR = "on_error"
    AFTER_EVERYTHING = "after_everything"


@dataclass(frozen=True, slots=True)
class Hook:
    """The commands of one hook option, in order."""

    kind: HookKind
    commands: tuple[Text, ...]
    span: Span
