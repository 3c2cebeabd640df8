"""Uptime Kuma: GET of the push URL, up or down."""

from __future__ import annotations

from ..plan.work import Request
from ..semantics.monitoring import State
from .telling import Telling, get

_STATUS = {State.START: "up", State.FINISH: "up", State.FAIL: "down"}
_OF_THE_COPY = frozenset(("status", "msg", "ping", ""))  # what a copied push URL brings along


def requests(telling: Telling) -> tuple[Request, ...]:
    status = _STATUS.get(telling.state)
    if status is None:
        return ()
    query = f"status={status}&msg={telling.state.value}"
    word = telling.address("push_url", query=query)
    own = telling.text("push_url").partition("?")[2]
    if {pair.partition("=")[0] for pair in own.split("&")} <= _OF_THE_COPY:
        word = word[:2]  # the state takes the place of what was copied
    verify = telling.service.options.get("verify_tls") is not False
    return (get(telling, word, verify=verify),)
