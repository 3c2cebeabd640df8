"""Grafana Loki: lines to a stream with labels; with `send_logs` those of the run while it goes on."""

from __future__ import annotations

from ..plan.streams import Stream
from ..plan.words import Known, Use, Word, joined
from ..plan.work import Request
from ..semantics.monitoring import State
from .telling import Telling, as_json, post, post_json

_LINES = {
    State.START: "Started backup", State.FINISH: "Finished backup", State.FAIL: "Failed backup",
}  # fmt: skip
_LIMIT = 100_000  # bytes
_JSON = ("Content-Type", "application/json")


def requests(telling: Telling) -> tuple[Request, ...]:
    own = _LINES.get(telling.state, "")
    line = telling.usual(own)[1]
    if not line:
        return ()
    labels = {name: _label(text, telling.file) for name, text in telling.service.options["labels"]}
    if telling.streams:
        request = _streamed(telling, labels, line)
    else:
        now = Use(Known.NANOSECONDS, otherwise="0")
        body = {"streams": [{"stream": labels, "values": [[now, line]]}]}
        request = post_json(telling, telling.text("url"), body)
    return (
        request._replace(
            certificate=telling.text("tls.cert_path"), key=telling.text("tls.key_path")
        ),
    )


def _streamed(telling: Telling, labels: dict[str, object], line: Word) -> Request:
    lines = (Use(Known.LINES, otherwise=""),)
    body = joined('{"streams": [{"stream": ', as_json(labels), ', "values": [', lines, "]}]}")
    request = post(telling, telling.text("url"), body)._replace(headers=(_JSON,))
    is_end = telling.state is not State.START
    missed = telling.logs(_LIMIT) if telling.state is State.FAIL else None
    return request._replace(stream=Stream(line, is_end, telling.verbosity < 1, missed or ""))


def _label(text: str, file: str) -> object:
    """The values that stand for something else, as whole values."""
    return {
        "__hostname": Use(Known.HOST, otherwise=""),
        "__config": file.rpartition("/")[2],
        "__config_path": file,
    }.get(text, text)
