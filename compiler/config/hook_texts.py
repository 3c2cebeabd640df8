"""The commands of all hooks, constants filled in, each once, however often an alias repeats it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..source.span import Text
from ..support.record import NamedTuple
from .filled import filled, filled_in, origins
from .model import Configuration


class Written(NamedTuple):
    """A command as it stands in the file, and the constants that were filled in."""

    text: Text
    constants: Mapping[str, str]

    @property
    def origins(self) -> list[int]:
        """For each character of the command with its constants, the offset in the text."""
        return origins(self.text.text, self.constants)


def hook_texts(configurations: Iterable[Configuration]) -> list[tuple[Text, ...]]:
    """The lists of commands, in the order of the files; those of single repositories too."""
    return list(dict.fromkeys(filled_in(hook, c) for c, hook in _hooks(configurations)))


def as_written(configurations: Iterable[Configuration]) -> dict[Text, Written]:
    """For each command in which something was filled in, how it is written."""
    found = {}
    for configuration, hook in _hooks(configurations):
        constants = configuration.constants
        for command in hook if constants else ():
            with_values = filled(command, constants)
            if with_values is not command:
                found[with_values] = Written(command, constants)
    return found


def _hooks(
    configurations: Iterable[Configuration],
) -> Iterator[tuple[Configuration, tuple[Text, ...]]]:
    for configuration in configurations:
        for hook in configuration.hooks:
            yield configuration, hook.commands
        for entry in configuration.commands:
            yield configuration, entry.commands
        for repository in configuration.repositories:
            if repository.own is not None:
                for own in repository.own.commands or ():
                    yield configuration, own.commands
