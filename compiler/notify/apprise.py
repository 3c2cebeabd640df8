"""Apprise: a message to each of its services, by the library of that name.

No server has an address that anybody but the library understands: `Request.method` is then `APPRISE`, and the form
holds what the library is given.
"""

from __future__ import annotations

from ..plan.words import Escape, SecretUse, Word, joined
from ..plan.work import Request
from ..semantics.monitoring import State
from .telling import WARNED, Telling

METHOD = "APPRISE"
_LIMIT = 100_000  # bytes
_TYPES = {
    State.START: "info", State.LOG: "info", State.FINISH: "success", State.FAIL: "failure",
    State.SKIP: "warning",
}  # fmt: skip


def requests(telling: Telling) -> tuple[Request, ...]:
    own = telling.usual(f"A borgmatic {telling.state.name} event happened")
    is_free = telling.said is not None or not telling.is_set(telling.state.value)
    title, body = (
        str(given or "") if given is not None or not is_free else usual
        for given, usual in zip(map(telling.of_state, ("title", "body")), own, strict=True)
    )
    limit = telling.service.options.get("logs_size_limit", _LIMIT)
    logs = None if telling.state is State.START else telling.logs(limit, Escape.NONE)
    text = body if logs is None else joined(body, "\n\n", logs)
    form: tuple[tuple[str, Word], ...] = (
        ("title", title), ("body", text), ("type", _TYPES[telling.state]),
    )  # fmt: skip
    return tuple(
        Request(METHOD, (_url(telling, number, label, url.text),), WARNED, form=form, summary=telling.summary)
        for number, (url, label) in enumerate(telling.service.options["services"])
    )  # fmt: skip


def _url(telling: Telling, number: int, label: str, url: str) -> SecretUse:
    scheme = url.partition("://")[0]
    place = telling.place(f"services[{number}].url")
    return SecretUse(place, f"{scheme}://… ({label})" if label else f"{scheme}://…")
