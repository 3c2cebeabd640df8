"""Every service by the name of its option, with what makes its requests."""

from __future__ import annotations

from collections.abc import Callable

from ..plan.work import Request
from . import (
    apprise,
    cronhub,
    cronitor,
    loki,
    ntfy,
    pagerduty,
    pings,
    pushover,
    sentry,
    uptime_kuma,
    zabbix,
)
from .telling import Telling

REQUESTS: dict[str, Callable[[Telling], tuple[Request, ...]]] = {
    "apprise": apprise.requests,
    "cronhub": cronhub.requests,
    "cronitor": cronitor.requests,
    "healthchecks": pings.requests,
    "loki": loki.requests,
    "ntfy": ntfy.requests,
    "pagerduty": pagerduty.requests,
    "pushover": pushover.requests,
    "sentry": sentry.requests,
    "uptime_kuma": uptime_kuma.requests,
    "watchgoose": pings.requests,
    "zabbix": zabbix.requests,
}
