"""ntfy: a message to a topic, as JSON or, before 2.1, in headers."""

from __future__ import annotations

from ..plan.words import Part, Word
from ..plan.work import Request
from .telling import WARNED, Telling, post_json

_SERVER = "https://ntfy.sh"
_ROOM = 3000  # bytes for what came of the run: a message has 4096
_PRIORITIES = {"min": 1, "low": 2, "default": 3, "high": 4, "max": 5, "urgent": 5}


def requests(telling: Telling) -> tuple[Request, ...]:
    if telling.state.value == "log":
        return ()
    server = (telling.text("server") or _SERVER).rstrip("/")
    title, message = telling.usual(
        f"A {telling.monitoring.name} {telling.state.name} event happened", _ROOM
    )
    if telling.monitoring.headers and telling.said is None:
        message = title  # a header is one line
    tag = "borgmatic" if telling.said is None else "borgplan"
    usual = {"title": title, "message": message, "priority": "default", "tags": tag}
    said = {name: telling.of_state(name) for name in usual}
    if not telling.is_set(telling.state.value):
        said = {**usual}
    elif telling.said is not None:
        said = {name: usual[name] if text is None else text for name, text in said.items()}
    if telling.monitoring.headers:
        headers = [(f"X-{name.capitalize()}", str(text)) for name, text in said.items() if text]
        request = Request(
            "POST", f"{server}/{telling.text('topic')}", WARNED, tuple(headers), "",
            summary=telling.summary,
        )  # fmt: skip
    else:
        tags = [tag.strip() for tag in str(said["tags"] or "").split(",") if tag.strip()]
        body = {
            "topic": telling.text("topic"),
            "title": said["title"],
            "message": said["message"],
            "priority": _PRIORITIES[str(said["priority"] or "default")],
            "tags": tags,
        }
        request = post_json(telling, f"{server}/", body)
    return (_authenticated(telling, request),)


def _authenticated(telling: Telling, request: Request) -> Request:
    if telling.is_set("access_token"):
        token: tuple[Part, ...] = ("Bearer ", telling.secret("access_token"))
        return request._replace(headers=(*request.headers, ("Authorization", token)))
    if telling.is_set("username") and telling.is_set("password"):
        lent = "username" in telling.lent
        user: Word = (telling.secret("username"),) if lent else telling.text("username")
        return request._replace(user=user, password=(telling.secret("password"),))
    return request
