"""Cronitor: GET with the state behind the monitor's URL."""

from __future__ import annotations

from ..plan.work import Request
from ..semantics.monitoring import State
from .telling import Telling, get

_BEHIND = {State.START: "/run", State.FINISH: "/complete", State.FAIL: "/fail"}


def requests(telling: Telling) -> tuple[Request, ...]:
    behind = _BEHIND.get(telling.state)
    return () if behind is None else (get(telling, telling.address("ping_url", behind)),)
