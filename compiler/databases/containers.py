"""The address of a container, as docker or podman tells it. Source: borgmatic 2.1.10, measured with a stand-in."""

from __future__ import annotations

import json

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
    return next((address for address in found if isinstance(address, str) and address), "")
