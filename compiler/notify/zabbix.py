"""Zabbix: a value pushed to an item by JSON-RPC, within a session where a user is named."""

from __future__ import annotations

from ..plan.words import Use, Value
from ..plan.work import Check, Output, OutputUse, Request
from .telling import Telling, post_json

_KIND = "application/json-rpc"
TOKEN = Value("", "token")  # of the request before it that logs in; lowering says which that is


def requests(telling: Telling) -> tuple[Request, ...]:
    """With a key one request; with a user a login, the value and a logout."""
    if telling.state.value == "log" or not _has_item(telling):
        return ()
    if telling.is_set("api_key"):
        return (_call(telling, "history.push", _item(telling), telling.secret("api_key")),)
    if not (telling.is_set("username") and telling.is_set("password")):
        return ()
    user = telling.secret("username") if "username" in telling.lent else telling.text("username")
    who = {"username": user, "password": telling.secret("password")}
    login = _call(telling, "user.login", who, None)
    return (
        login._replace(output=Output(OutputUse.KEEP, TOKEN.name)),
        _call(telling, "history.push", _item(telling), Use(TOKEN)),
        _call(telling, "user.logout", [], Use(TOKEN)),
    )


def _has_item(telling: Telling) -> bool:
    return telling.is_set("itemid") or (telling.is_set("host") and telling.is_set("key"))


def _item(telling: Telling) -> dict[str, object]:
    value = telling.of_state("value")
    value = telling.state.value if value is None else value
    if telling.is_set("itemid"):
        return {"itemid": telling.service.options["itemid"], "value": value}
    return {"host": telling.text("host"), "key": telling.text("key"), "value": value}


def _call(telling: Telling, method: str, params: object, token: object) -> Request:
    body = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
    request = post_json(telling, telling.text("server"), body, (), _KIND, Check.JSON_RPC)
    if token is None:
        return request
    bearer = ("Bearer ", token)
    return request._replace(headers=(*request.headers, ("Authorization", bearer)))  # type: ignore[arg-type]
