"""A `Request` as a step: made of its parts, sent, awaited no longer than its time, and how it counts.

Loaded when the first request is sent, and with it the library for HTTP.
"""

from __future__ import annotations

import json
import re
import select
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import LEAVING, Step
from ...compiler.plan.words import Word
from ...compiler.plan.work import Check, OutputUse, Request
from ...compiler.support.record import NamedTuple
from ..engine.runner import AbortedError, Result
from ..system.host import reason
from ..system.streams import Tail
from ..system.version import VERSION
from .http_client import basic, converse
from .http_exchange import FIRST_BAD_STATUS, Answer, Exchange, Trouble
from .http_surroundings import Trust
from .http_wire import APPRISE, Outgoing
from .reasons import in_short
from .redact import Masks
from .secrets import LACKS
from .signals import LET_RUN, Relay, Signals, announced

ANSWERED, REFUSED, UNSENT = 0, 1, 2  # the codes that `Request.exits` reads
USER_AGENT = f"borgplan/{VERSION}"
_FORM = "application/x-www-form-urlencoded"
_LOOK_EVERY = 200  # milliseconds: the end of the time may come nearer while one waits
_LACKS_TEXT = (
    "was redirected, and its text did not arrive there: configure the address it is redirected to"
)
_SHORTEST_PIECE = 8  # characters of a secret address by which it could be known

Resolve = Callable[[Word], "str | Result | None"]


class Around(NamedTuple):
    """What a request needs of the run.

    `resolve`: a word in full; None if it lacks a late value, a `Result` if a secret can't be had. `masks`: of the
    secrets that are known by then. `learn`: takes another. `tell`: is told when a signal ends it.
    """

    resolve: Resolve
    masks: Callable[[], Masks]
    learn: Callable[[str], None]
    signals: Signals | Relay
    environment: Mapping[str, str]
    tell: Callable[[str], None] | None = None


def send(step: Step, request: Request, around: Around) -> Result:
    """Send a request. `request`: the work of `step`. Raises AbortedError when a second signal comes."""
    started = time.monotonic()
    outgoing = in_full(request, around)
    if isinstance(outgoing, Result):
        return as_unsent(request, outgoing)
    needs_all = request.check is not Check.STATUS or _keeps(request)
    seconds = seconds_for(step, request)
    if request.method == APPRISE:
        from .apprise_sender import load

        load()
    talk = Exchange(seconds, needs_all=needs_all)
    try:
        talk.start(_task(outgoing, request, around, talk))
    except RuntimeError:
        talk.finish(is_done=False)
        return _unsent(request, "was not sent: the system gives no thread")
    is_done = False
    try:
        is_done = _awaited(talk, around, let_run=step.phase in LEAVING)
    finally:
        talk.finish(is_done=is_done)
    is_stopped = (
        not is_done
        and around.signals.first is not None
        and step.phase not in LEAVING
        and (needs_all or talk.answer is None)  # else it has done what it is for
    )
    ended = _ended(request, talk, seconds)
    outcome = Outcome.INTERRUPTED if is_stopped else request.exits.outcome(ended.code)
    if _keeps(request) and ended.kept:
        around.learn(ended.kept)  # it may open a session
    masks = _masks(request, outgoing.url, around)
    return Result(
        outcome=outcome,
        code=ended.code,
        output="" if _keeps(request) else masks(_shown(talk.answer)),
        captured=ended.kept,
        note="" if is_stopped else in_short(masks(ended.note)),
        seconds=time.monotonic() - started,
        stopped=is_stopped,
    )


def seconds_for(step: Step, request: Request) -> int:
    """How long it may take: a step's own limit can only shorten that."""
    return request.timeout if step.timeout is None else min(request.timeout, step.timeout)


def _task(
    outgoing: Outgoing, request: Request, around: Around, talk: Exchange
) -> Callable[[], None]:
    if request.method == APPRISE:
        from .apprise_sender import notify

        return lambda: notify(outgoing, talk)
    return lambda: converse(outgoing, request.tries, around.environment, talk)


def _keeps(request: Request) -> bool:
    return request.output.use in (OutputUse.KEEP, OutputUse.LAST_LINE)


def deliver(request: Request, outgoing: Outgoing, around: Around) -> str:
    """Send one that no signal ends, and wait no longer than its time limit: why it wasn't taken, or nothing."""
    try:
        talk = Exchange(request.timeout, needs_all=False, reads_on=0)
    except OSError as error:
        return f"was not sent: {reason(error)}"
    try:
        talk.start(lambda: converse(outgoing, request.tries, around.environment, talk))
    except RuntimeError:
        talk.finish(is_done=False)
        return "was not sent: the system gives no thread"
    poll = select.poll()
    poll.register(talk.fileno(), select.POLLIN)
    is_done = False
    while not is_done and talk.seconds_left > 0:
        is_done = bool(poll.poll(min(int(talk.seconds_left * 1000) + 1, _LOOK_EVERY)))
    talk.finish(is_done=is_done)
    return _ended(request, talk, request.timeout).note


def as_unsent(request: Request, lacks: Result) -> Result:
    """How a request ends that couldn't be made."""
    return lacks if lacks.outcome is Outcome.INTERRUPTED else _unsent(request, lacks.note)


def _unsent(request: Request, note: str) -> Result:
    return Result(request.exits.outcome(UNSENT), UNSENT, note=note)


# --- before ---


def in_full(request: Request, around: Around) -> Outgoing | Result:
    """A request in full, or why it can't be made."""
    asked: list[Word] = [request.url, *(word for _, word in (*request.headers, *request.form))]
    asked += [word for word in (request.body, request.user, request.password) if word is not None]
    texts: dict[Word, str] = {}
    for word in asked:
        text = around.resolve(word)
        if isinstance(text, Result):
            why = text.note.removeprefix(LACKS)
            return text._replace(note=f"was not sent, for lack of a secret: {why}")
        if text is None:
            return Result(Outcome.HARD, None, note="was not sent: a value that it needs is missing")
        texts[word] = text
    headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    body = None if request.body is None else texts[request.body].encode("utf-8", "replace")
    if request.form:
        headers["Content-Type"] = _FORM
        fields = [(name, texts[word]) for name, word in request.form]
        body = urlencode(fields, errors="replace").encode()
    if request.user is not None:
        password = "" if request.password is None else texts[request.password]
        name, value = basic(f"{texts[request.user]}:{password}")
        headers[name] = value
    # HTTP is sent as Latin-1 by the library; what a server makes of UTF-8 in there is what people mean.
    headers |= {
        name: texts[word].encode("utf-8", "replace").decode("latin-1")
        for name, word in request.headers
    }
    trust = Trust(request.verify, request.certificate, request.key)
    return Outgoing(request.method, texts[request.url], tuple(headers.items()), body, trust)


# --- while it is on its way ---


def _awaited(talk: Exchange, around: Around, *, let_run: bool) -> bool:
    """Whether it came to its end; False if its time is over, or a signal ended it.

    As for processes: the first signal stops it, but for one that belongs to leaving a scope. Who stops a
    run wants to hear of that, too.
    """
    poll = select.poll()
    signals = around.signals.fileno()
    for descriptor in (talk.fileno(), signals):
        if descriptor is not None:
            poll.register(descriptor, select.POLLIN)
    while True:
        if around.signals.second is not None:
            raise AbortedError(around.signals.second)
        first = around.signals.first
        if first is not None and not around.signals.told:
            around.signals.told = True
            if around.tell is not None:
                around.tell(
                    announced(first, LET_RUN if let_run else "giving up the request that runs")
                )
        if (first is not None and not let_run) or talk.seconds_left <= 0:
            return False
        wait = min(int(talk.seconds_left * 1000) + 1, _LOOK_EVERY)
        for descriptor, _ in poll.poll(wait):
            if descriptor == signals:
                around.signals.drain()
            else:
                return True


# --- after ---


class _End(NamedTuple):
    """How a request counts. `kept`: what later steps are given of the answer."""

    code: int
    note: str = ""
    kept: str = ""


def _ended(request: Request, talk: Exchange, seconds: int) -> _End:
    answer, trouble = talk.answer, talk.trouble
    if answer is None:
        late = Trouble(f"gave no answer within {seconds} s, its time limit")
        if not talk.is_connected:
            late = Trouble(f"could not be reached within {seconds} s, its time limit")
        trouble = trouble or late
        return _End(UNSENT if trouble.is_ours else REFUSED, trouble.why)
    if answer.status >= FIRST_BAD_STATUS:
        return _End(REFUSED, f"was answered with {answer.status}{_phrase(answer)}")
    if answer.lacks_text:
        return _End(REFUSED, _LACKS_TEXT)
    if talk.needs_all and not answer.is_whole:
        return _End(REFUSED, "got an answer that did not end, or is too long")
    if request.check is Check.JSON_RPC:
        return _of_json_rpc(answer)
    return _End(ANSWERED, kept=answer.body.decode("utf-8", "replace").strip())


def _of_json_rpc(answer: Answer) -> _End:
    """`{"result": ...}` or `{"error": {"message": ..., "data": ...}}`; Zabbix puts errors of single values into
    `result.data`."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not {"result", "error"} & told.keys():
        return _End(REFUSED, "was answered with something else than JSON-RPC")
    if told.get("error") is not None:
        return _End(REFUSED, f"was answered with an error{_said(told['error'])}")
    result = told.get("result")
    data = result.get("data") if isinstance(result, dict) else None
    for item in data if isinstance(data, list) else ():
        if isinstance(item, dict) and item.get("error"):
            return _End(REFUSED, f"was answered with an error{_said(item['error'])}")
    return _End(ANSWERED, kept=result if isinstance(result, str) else json.dumps(result))


def _said(error: object) -> str:
    words = [error.get("message"), error.get("data")] if isinstance(error, dict) else [error]
    texts = [word.strip() for word in words if isinstance(word, str) and word.strip()]
    return f": {' '.join(texts)}" if texts else ""


def _phrase(answer: Answer) -> str:
    return f" {answer.phrase}" if answer.phrase else ""


def _shown(answer: Answer | None) -> str:
    """What the server said, the end of it if it is long."""
    if answer is None:
        return ""
    tail = Tail()
    tail.add(answer.body.replace(b"\r\n", b"\n"))
    head = f"HTTP {answer.status}{_phrase(answer)}\n" if answer.status else ""
    return f"{head}{tail.text()}".strip()


def _masks(request: Request, url: str, around: Around) -> Callable[[str], str]:
    """Hides what is secret, also the pieces of an address that is one as a whole: a server may repeat its path."""
    masks = around.masks()
    plain = "".join(part for part in request.url if isinstance(part, str))
    pieces = [] if isinstance(request.url, str) else re.split(r"[/?&=#@:]+", url)
    own = Masks(piece for piece in pieces if len(piece) >= _SHORTEST_PIECE and piece not in plain)
    return lambda text: own.text(masks.text(text))
