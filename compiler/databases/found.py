"""What is known, before a restore is planned, of the archive, the clients and the servers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from ..support.record import NamedTuple
from .archive_layout import Item, Layout
from .dump_formats import Told


class Server(NamedTuple):
    """What a server says. `version`: as it writes it. `databases`, `roles`: their names. `problem`: why it could not be
    asked, in words; then nothing else is known."""

    version: str = ""
    user: str = ""
    databases: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    problem: str = ""


class Found(NamedTuple):
    """What was found out of one repository. `archive`: its name, as commands take it. `told`: what each dump is, by
    path. `roles`: that a dump needs, by path, as far as they are known. `servers`: by the words of the question
    (`key_of`). `clients`: versions by the program's words. `addresses`: of containers. `problem`: why the archive could not be read."""

    archive: str = ""
    layout: Layout = Layout(())
    told: Mapping[str, Told] = MappingProxyType({})
    roles: Mapping[str, frozenset[str]] = MappingProxyType({})
    servers: Mapping[str, Server] = MappingProxyType({})
    clients: Mapping[tuple[str, ...], str] = MappingProxyType({})
    addresses: Mapping[str, str] = MappingProxyType({})
    problem: str = ""


def items_of(answer: bytes) -> list[Item]:
    """The paths of a listing with a line of JSON each."""
    found = []
    for line in answer.splitlines():
        entry = json.loads(line)
        path, size = entry["path"], entry.get("size")
        found.append(Item(path, entry.get("type") == "d", size if isinstance(size, int) else 0))
    return found


def server_of(answer: str) -> Server:
    """A server by its answer: lines of a word, a tab and a name."""
    lines = [line.partition("\t") for line in answer.splitlines()]

    def names(word: str) -> frozenset[str]:
        return frozenset(name for key, _, name in lines if key == word)

    first = {key: name for key, _, name in reversed(lines)}
    version = first.get("version", "").partition(" ")[0]
    return Server(version, first.get("user", ""), names("database"), names("role"))
