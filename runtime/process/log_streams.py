"""Requests that are streams: a configuration's log, sent while it goes on; see `Stream`.

Whatever becomes of the server, lines are taken at once, in bounded memory. What isn't taken is said at the end, of the
step that ends the stream.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, ScopeId, ScopeKind, Step
from ...compiler.plan.streams import Stream
from ...compiler.plan.words import Known, Value, Word
from ...compiler.plan.work import Request
from ...compiler.support.record import NamedTuple
from ..engine.runner import AbortedError, Result
from .http import ANSWERED, REFUSED, Around, as_unsent, deliver, in_full, seconds_for, send
from .http_wire import Outgoing
from .line_stream import Line, LineStream

_PLACE = "\0lines\0"  # of the lines in a body; JSON has no such character

AroundWith = Callable[[Mapping[Value, str]], Around]


class _Open(NamedTuple):
    lines: LineStream
    errors_only: bool


class LogStreams:
    """The streams of a run; a `Log` that passes lines on to that of the configuration that they are from."""

    def __init__(self, plan: Plan) -> None:
        tree = index(plan)
        around = {step.id: tree.around(step.scope, ScopeKind.CONFIGURATION) for step in plan.steps}
        self._files = {step: file.id for step, file in around.items() if file is not None}
        self._open: dict[ScopeId | None, _Open] = {}

    def line(self, text: str, *, error: bool, step: str = "") -> None:
        """Lines of no step are for all."""
        for file, stream in tuple(self._open.items()):
            if self._files.get(step, file) == file and (error or not stream.errors_only):
                stream.lines.line(text)

    def begin(self, step: Step, lines: LineStream, *, errors_only: bool) -> None:
        self._open[self._files.get(step.id)] = _Open(lines, errors_only)

    def end(self, step: Step) -> LineStream | None:
        """The one that a step ends; None if it hasn't begun."""
        stream = self._open.pop(self._files.get(step.id), None)
        return None if stream is None else stream.lines


def send_lines(
    step: Step,
    request: Request,
    stream: Stream,
    values: Mapping[Value, str],
    around_with: AroundWith,
    streams: LogStreams | None,
) -> Result:
    """Begin a stream, or end one. Without `streams`, and where none has begun, a step's own lines are sent by themselves.
    Raises AbortedError when a second signal comes."""
    request = request._replace(timeout=seconds_for(step, request))
    around = around_with({**values, Known.LINES: _PLACE})
    outgoing = in_full(request, around)
    if isinstance(outgoing, Result):
        return as_unsent(request, outgoing)
    own = _text(stream.line, around)
    if streams is not None and not stream.ends:
        begun = _begun(request, outgoing, around)
        if isinstance(begun, LineStream):
            begun.line(own)
            streams.begin(step, begun, errors_only=stream.errors_only)
            return Result(request.exits.outcome(ANSWERED), ANSWERED)
        return begun
    ending = streams.end(step) if streams is not None else None
    if ending is not None:
        ending.line(own)
        return _ended(request, ending, around)
    texts = [*_text(stream.missed, around).split("\n"), own]
    now = time.time_ns() - len(texts)
    told = _as_json((now + number, text) for number, text in enumerate(texts) if text)
    return send(step, request, around_with({**values, Known.LINES: told}))


def _begun(request: Request, outgoing: Outgoing, around: Around) -> LineStream | Result:
    """A stream that sends lines in the place for them in the request's body."""
    before, _, behind = (outgoing.body or b"").partition(_PLACE.encode())

    def portion(lines: Sequence[Line]) -> str:
        masks = around.masks()
        told = _as_json((line.nanoseconds, masks.text(line.text)) for line in lines)
        whole = outgoing._replace(body=before + told.encode() + behind)
        return deliver(request, whole, around)

    try:
        return LineStream(portion)
    except RuntimeError:
        note = "was not sent: the system gives no thread"
        return Result(request.exits.outcome(REFUSED), REFUSED, note=note)


def _ended(request: Request, lines: LineStream, around: Around) -> Result:
    started = time.monotonic()

    def look() -> None:
        if around.signals.second is not None:
            raise AbortedError(around.signals.second)

    lines.close(request.timeout, look)
    code = REFUSED if lines.lost else ANSWERED
    lost = f"{lines.lost} line{'' if lines.lost == 1 else 's'}"
    note = f"{lines.why}; {lost} of the log did not arrive" if lines.lost else ""
    seconds = time.monotonic() - started
    return Result(
        request.exits.outcome(code), code, note=around.masks().text(note), seconds=seconds
    )


def _text(word: Word, around: Around) -> str:
    text = around.resolve(word)
    return text if isinstance(text, str) else ""


def _as_json(lines: Iterable[tuple[int, str]]) -> str:
    """As members of a list."""
    return ", ".join(json.dumps([str(when), text]) for when, text in lines)
