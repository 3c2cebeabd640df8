"""Grafana Loki: a line to a stream with labels."""

from __future__ import annotations

from ..plan.words import Known, Use
from ..plan.work import Request
from ..semantics.monitoring import State
from .telling import Telling, post_json

_LINES = {
    State.START: "Started backup", State.FINISH: "Finished backup", State.FAIL: "Failed backup",
}  # fmt: skip
_LIMIT = 100_000  # bytes


def requests(telling: Telling) -> tuple[Request, ...]:
    line: object = _LINES.get(telling.state)
    if telling.said is not None:
        line = telling.said.text
    elif nothing := telling.nothing():
        line = (line, *nothing)
    if line is None:
        return ()
    labels = {name: _label(text, telling.file) for name, text in telling.service.options["labels"]}
    now = Use(Known.NANOSECONDS, otherwise="0")
    said: list[object] = [[now, line]]
    logs = telling.logs(_LIMIT) if telling.monitoring.log_state else None
    if logs is not None and telling.state is not State.START and _asked(telling):
        said = [[now, logs], *said]
    body = {"streams": [{"stream": labels, "values": said}]}
    request = post_json(telling, telling.text("url"), body)
    return (
        request._replace(
            certificate=telling.text("tls.cert_path"), key=telling.text("tls.key_path")
        ),
    )


def _asked(telling: Telling) -> bool:
    return telling.service.options.get("send_logs") is True


def _label(text: str, file: str) -> object:
    """The values that stand for something else, as whole values."""
    return {
        "__hostname": Use(Known.HOST, otherwise=""),
        "__config": file.rpartition("/")[2],
        "__config_path": file,
    }.get(text, text)
