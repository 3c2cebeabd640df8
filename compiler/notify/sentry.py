"""Sentry: a check-in of a cron monitor; the address follows from the DSN."""

from __future__ import annotations

from urllib.parse import quote

from ..plan.words import Share
from ..plan.work import Request
from ..semantics.monitoring import State
from .telling import Telling, post

_STATUS = {State.START: "in_progress", State.FINISH: "ok", State.FAIL: "error"}


def requests(telling: Telling) -> tuple[Request, ...]:
    status = _STATUS.get(telling.state)
    if status is None:
        return ()
    scheme, _, rest = telling.text("data_source_name_url").partition("://")
    user, at, place = rest.partition("@")
    server, _, project = place.rstrip("/").rpartition("/")
    if not (at and user and server and project):
        return ()  # lint says so
    key = telling.secret("data_source_name_url", share=Share.USER, shown="…")
    query = f"?status={status}"
    if telling.is_set("environment"):
        query += f"&environment={quote(telling.text('environment'), safe='')}"
    slug = telling.text("monitor_slug")
    before = f"{scheme}://{server}/api/{project}/cron/{slug}/"
    return (post(telling, (before, key, f"/{query}")),)
