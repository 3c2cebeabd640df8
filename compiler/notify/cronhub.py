"""Cronhub: GET with the state in the middle of the monitor's URL."""

from __future__ import annotations

from ..plan.words import Share
from ..plan.work import Request
from .telling import Telling, get, shortened

_STATES = ("start", "ping")


def requests(telling: Telling) -> tuple[Request, ...]:
    """A URL without a state in it can only be asked for as it is."""
    if telling.state.value == "log":
        return ()
    before, state, name = _parts(telling.text("ping_url"))
    if state not in _STATES:
        return (get(telling, telling.address("ping_url")),)
    secret = telling.secret("ping_url", shortened(name), Share.NAME)
    return (get(telling, (f"{before}/{telling.state.value}/", secret)),)


def _parts(url: str) -> tuple[str, str, str]:
    rest, _, name = url.partition("?")[0].rstrip("/").rpartition("/")
    before, _, state = rest.rpartition("/")
    return before, state, name
