"""Pushover: a message as a form."""

from __future__ import annotations

from ..plan.words import Word
from ..plan.work import Request
from .telling import WARNED, Telling

_URL = "https://api.pushover.net/1/messages.json"
_OPTIONS = (
    "device",
    "expire",
    "html",
    "priority",
    "retry",
    "sound",
    "title",
    "ttl",
    "url",
    "url_title",
)
_ROOM = 600  # bytes for what came of the run: a message has 1024 characters
_REPEATED = 2  # the priority that is told again and again
_USUAL = {"expire": 600, "retry": 30}  # seconds, of such


def requests(telling: Telling) -> tuple[Request, ...]:
    if telling.state.value == "log":
        return ()
    given = {name: telling.of_state(name) for name in _OPTIONS}
    given = {name: value for name, value in given.items() if value is not None}
    if given.get("priority") == _REPEATED:
        given |= {name: usual for name, usual in _USUAL.items() if name not in given}
    else:
        given = {name: value for name, value in given.items() if name not in _USUAL}
    title, text = telling.usual(telling.state.value, _ROOM)
    if telling.said is not None:
        given = {"title": title, **given}
    fields: list[tuple[str, Word]] = [
        ("token", (telling.secret("token"),)),
        ("user", (telling.secret("user"),)),
        ("message", str(telling.of_state("message") or "") or text),
        *((name, _written(value)) for name, value in given.items()),
    ]
    return (Request("POST", _URL, WARNED, form=tuple(fields), summary=telling.summary),)


def _written(value: object) -> Word:
    if isinstance(value, tuple):
        return value
    return str(int(value)) if isinstance(value, bool) else str(value)
