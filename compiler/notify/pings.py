"""healthchecks.io, and Watchgoose, which is told in the same way."""

from __future__ import annotations

from ..config.services import has_uuid
from ..plan.words import Word, joined
from ..plan.work import Request
from ..semantics.monitoring import State
from .telling import Telling, get, post, shortened

_BASES = {"healthchecks": "https://hc-ping.com/", "watchgoose": "https://watchgoose.com/"}
_LIMITS = {"healthchecks": 100_000, "watchgoose": 10_000}  # bytes
_BEHIND = {
    State.START: "/start", State.LOG: "/log", State.FINISH: "", State.FAIL: "/fail",
    State.SKIP: "/log",
}  # fmt: skip


def requests(telling: Telling) -> tuple[Request, ...]:
    """POST to the check's URL, with what the run has told as body."""
    service = telling.service
    verify = service.options.get("verify_tls") is not False
    url = _url(telling)
    if telling.monitoring.ping == "GET":
        return (get(telling, url, verify=verify),)
    limit = service.options.get("ping_body_limit", _LIMITS[service.name])
    logs = None if telling.state is State.START else telling.logs(limit)
    if telling.said is not None:
        return (post(telling, url, joined(telling.said.text, telling.came(limit)), verify=verify),)
    return (post(telling, url, logs or telling.nothing(), verify=verify),)


def _url(telling: Telling) -> Word:
    name, behind = telling.service.name, _BEHIND[telling.state]
    url = telling.text("ping_url")
    creates = telling.service.options.get("create_slug") is True and not has_uuid(url)
    query = "create=1" if creates else ""
    if "://" in url:
        return telling.address("ping_url", behind, query)
    secret = telling.secret("ping_url", shortened(url))
    return joined(_BASES[name], (secret,), behind, f"?{query}" if query else "")
