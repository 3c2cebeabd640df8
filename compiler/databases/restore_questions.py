"""What clients and servers are asked before a restore: commands that change nothing."""

from __future__ import annotations

from collections.abc import Mapping

from ..borg.action_options import ActionOptions
from ..borg.target import Target
from ..config.databases import Database
from ..plan.exits import ExitCodes
from ..plan.words import text_of
from ..plan.work import SHOWN, Process
from .aims import connection_of, container_of
from .client import Client
from .found import Found, Server
from .kinds import kind_of

PASSWORD = "password of the question"  # noqa: S105  # the name of a scratch text


def question(
    entry: Database, target: Target, options: ActionOptions, addresses: Mapping[str, str]
) -> Client | None:
    """What asks a server for its version, databases and roles; None where it isn't asked."""
    asks = kind_of(entry.kind).question
    container = container_of(entry, options)
    if asks is None or (container and container not in addresses):
        return None
    return asks(entry, connection_of(entry, target, options, PASSWORD, addresses))


def process_of(client: Client, target: Target) -> Process:
    """A question as it is asked."""
    work = Process(client.argv, None, ExitCodes(), client.environment, output=SHOWN)
    return work._replace(directory=target.directory)


def key_of(client: Client) -> str:
    """What tells one server and user from another."""
    words = (*client.argv, *(word for pair in client.environment for word in pair))
    lines = (line for _, text in client.files for line in text)
    return "\0".join(map(text_of, (*words, *lines)))


def server_of_entry(
    entry: Database, target: Target, options: ActionOptions, found: Found
) -> Server | None:
    """What the server of an entry said; None if it wasn't asked."""
    client = question(entry, target, options, found.addresses)
    return None if client is None else found.servers.get(key_of(client))
