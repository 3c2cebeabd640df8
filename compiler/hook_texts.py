"""The commands of all hooks, constants filled in, each once, however often an alias repeats it."""

from __future__ import annotations

from collections.abc import Iterable

from .config import Configuration
from .filled import filled_in
from .hooks import Text


def hook_texts(configurations: Iterable[Configuration]) -> list[tuple[Text, ...]]:
    """The lists of commands, in the order of the files; those of single repositories too."""
    found: dict[tuple[Text, ...], None] = {}
    for configuration in configurations:
        for hook in configuration.hooks:
            found[filled_in(hook.commands, configuration)] = None
        for entry in configuration.commands:
            found[filled_in(entry.commands, configuration)] = None
        for repository in configuration.repositories:
            if repository.own is not None:
                for own in repository.own.commands or ():
                    found[filled_in(own.commands, configuration)] = None
    return list(found)
