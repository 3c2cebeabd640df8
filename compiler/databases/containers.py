"""The address of a container, as docker or podman tells it. Source: borgmatic 2.1.10, measured with a stand-in."""

from __future__ import annotations

import json

from ..plan.words import ForEach, Listed, Printed, Value, Word
from ..support.regex import lazily

NAME = lazily(r"[A-Za-z0-9][A-Za-z0-9_.-]*")  # of a container, as docker has it
_ADDRESS = lazily(r"[0-9A-Fa-f.:]+")
# Prints docker's answer if it knows an address, else podman's.
_ASK = r'docker "$@" | grep -E "IPAddress\W+[0-9A-Fa-f]+[.:]" || podman "$@"'
ENGINES = ("docker", "podman")  # the second is asked if the first doesn't know


def question(engine: str, container: str) -> tuple[str, ...]:
    """What asks an engine; it prints JSON."""
    return (engine, "container", "inspect", "--format={{json .NetworkSettings}}", container)


def address_in(answer: str) -> str:
    """The first address that an engine tells; empty if there is none."""
    try:
        settings = json.loads(answer)
        networks = (settings.get("Networks") or {}).values()
        found = [settings.get("IPAddress"), *(network.get("IPAddress") for network in networks)]
    except (ValueError, AttributeError):
        return ""
    texts = (address for address in found if isinstance(address, str))
    return next((address for address in texts if _ADDRESS.fullmatch(address)), "")


def inspection(container: str) -> tuple[Word, ...]:
    """The command that asks the engines, one after the other; it prints JSON."""
    _, *words = question("", container)
    return ("sh", "-c", _ASK, "sh", *words)


def address_word(value: Value, *, spared: bool) -> Word:
    """The address in what `inspection` has printed, as a word of a command. `spared`: see `Listed`."""
    return (ForEach(Listed(value, Printed.ADDRESS, spared=spared)),)
