"""PagerDuty: an incident when a run fails, resolved by the next that doesn't."""

from __future__ import annotations

from ..plan.words import Known, Use
from ..plan.work import Request
from ..semantics.monitoring import State
from ..support.digest import sha256
from .telling import Telling, post_json

_URL = "https://events.pagerduty.com/v2/enqueue"
_LIMIT = 10_000  # bytes
_HOST = Use(Known.HOST, otherwise="")
_TIME = Use(Known.TIME, otherwise="")
_SINCE_LOGS = (1, 9)


def requests(telling: Telling) -> tuple[Request, ...]:
    if telling.state not in (State.FAIL, State.FINISH, State.SKIP):
        return ()
    key = telling.secret("integration_key")
    about = telling.file if telling.said is None else f"{telling.file}\0{telling.said.about}"
    same = ("borgplan-", _HOST, "-", sha256(about.encode()).hexdigest()[:16])
    if telling.state is State.FINISH:
        body: dict[str, object] = {
            "routing_key": key,
            "event_action": "resolve",
            "dedup_key": same,
        }
        return (post_json(telling, _URL, body),)
    details: dict[str, object] = {
        "hostname": _HOST,
        "configuration filename": telling.file,
        "server time": _TIME,
    }
    if telling.monitoring.first >= _SINCE_LOGS or not telling.monitoring.headers:
        details["logs"] = telling.logs(_LIMIT) or ""
    if telling.said is not None:
        details["backups"] = telling.came(_LIMIT)
    body = {
        "routing_key": key,
        "event_action": "trigger",
        "dedup_key": same,
        "payload": {
            "summary": ("backup failed on ", _HOST) if telling.said is None else telling.said.text,
            "severity": "error" if telling.state is State.FAIL else "warning",
            "source": _HOST,
            "timestamp": _TIME,
            "component": "borgmatic",
            "group": "backups",
            "class": "backup failure",
            "custom_details": details,
        },
    }
    return (post_json(telling, _URL, body),)
