"""What a kind's module gives: clients with their words, and what their dumps have to look like."""

from __future__ import annotations

import shlex

from ..config.databases import Database
from ..plan.feeds import Sound
from ..plan.words import Escape, ScratchPath, Secret, SecretUse, Word
from ..support.record import NamedTuple


class Client(NamedTuple):
    """A program of a database. `files`: the lines of texts that it reads, by name; a word refers to one with
    `options_file`."""

    argv: tuple[Word, ...]
    environment: tuple[tuple[str, Word], ...] = ()
    files: tuple[tuple[str, tuple[Word, ...]], ...] = ()


class Connection(NamedTuple):
    """How a client reaches the server. Empty: its own default. `hostname` may be a late value, of a container;
    `password` a secret. `file`: how the text file is called that a client reads the password from."""

    hostname: Word = ""
    port: str = ""
    username: Word = ""
    password: Word = ""
    socket: str = ""
    tls: bool | None = None
    file: str = ""


ANYTHING = Sound()
_OPTIONS = "CLIENT-OPTIONS"  # what people read in place of the path


class Dumping(NamedTuple):
    """How a dump is made. `folder`: the client writes files into this scratch folder's path, which is a word of it;
    else it writes to its standard output. `content`: the file in that folder that must not be empty; "": any of them.
    `copied`: it is made of a copy, whose moment it is of."""

    client: Client
    sound: Sound = ANYTHING
    folder: bool = False
    content: str = ""
    copied: bool = False


def program(database: Database, option: str, otherwise: str) -> tuple[str, ...]:
    """The words of a configured command, or the usual program."""
    return tuple(shlex.split(database.text(option))) or (otherwise,)


def words(database: Database, option: str) -> tuple[str, ...]:
    """The words of an option such as `options`."""
    return tuple(shlex.split(database.text(option)))


def flag(name: str, value: Word) -> tuple[Word, ...]:
    """A flag with its value; nothing without one."""
    return (name, value) if value else ()


def options_file(connection: Connection) -> ScratchPath:
    """The path of the text file that a client reads user and password from."""
    return ScratchPath(connection.file, _OPTIONS)


def escaped(word: Word, escape: Escape) -> Word:
    """A word whose secrets stand in a text that needs this escape."""
    if isinstance(word, str):
        return word
    return tuple(
        part._replace(escape=escape) if isinstance(part, SecretUse) else part for part in word
    )


def of_secret(secret: Secret) -> Word:
    return (SecretUse(secret),)
