"""Requests over the network: tries, redirects, and how much of an answer is read.

Runs in a thread of its own; see `http_exchange.py` for what ends it in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urljoin, urlsplit

from .http_exchange import Answer, Exchange, Trouble
from .http_surroundings import bundle_of, context_for, proxy_for
from .http_wire import BAD_URL, Outgoing, Reply, TroubleError, unusable

MOST_OF_AN_ANSWER = 1 << 20  # bytes that are read where all of it is needed
_BEGINNING = 16384  # bytes that are read where it isn't
_MOST_REDIRECTS = 10
_FIRST_PAUSE = 0.5  # seconds before the second try, twice as many before the third
_PIECE = 4096
_TOO_MANY, _BROKEN = (
    429,
    500,
)  # statuses after which another try may go better: this one, and from there on
_OF_A_BODY = {"content-length", "content-type", "transfer-encoding"}


def converse(request: Outgoing, tries: int, environment: Mapping[str, str], talk: Exchange) -> None:
    """Send a request, again while that may help and there is time; what comes of it is noted in `talk`."""
    for attempt in range(tries):
        if attempt and not talk.pause(_FIRST_PAUSE * 2 ** (attempt - 1)):
            return
        talk.begin_try()
        trouble = _followed(request, environment, talk)
        if trouble is not None:
            talk.failed(trouble)
        if not _may_go_better(talk):
            return


def _may_go_better(talk: Exchange) -> bool:
    if talk.trouble is not None:
        return talk.trouble.passes
    return talk.answer is not None and (
        talk.answer.status == _TOO_MANY or talk.answer.status >= _BROKEN
    )


def _followed(request: Outgoing, environment: Mapping[str, str], talk: Exchange) -> Trouble | None:
    """One try, along all redirects; None if there is an answer."""
    has_text = bool(request.body)
    for _ in range(_MOST_REDIRECTS + 1):
        if not _is_of_the_web(request.url):
            return BAD_URL
        try:
            reply = _sent(request, environment, talk)
            if not reply.target:
                _read(reply, talk, lacks_text=has_text and not request.body)
                return None
        except TroubleError as error:
            return None if talk.answer is not None else error.trouble
        reply.close()
        request = redirected(request, reply.status, reply.target)
    return Trouble(f"was redirected more than {_MOST_REDIRECTS} times")


def _is_of_the_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in ("http", "https")
    except ValueError:
        return False


def _sent(request: Outgoing, environment: Mapping[str, str], talk: Exchange) -> Reply:
    """Raises TroubleError."""
    try:
        request = _without_user(request)
        proxy = proxy_for(request.url, environment)
        is_safe = urlsplit(request.url).scheme == "https"
    except ValueError as error:
        raise TroubleError(BAD_URL) from error
    try:
        context = context_for(request.trust, bundle_of(environment)) if is_safe else None
    except OSError as error:
        raise TroubleError(unusable(error)) from error
    if proxy is None:
        from .http_direct import send

        return send(request, context, talk)
    from .http_by_proxy import send as send_by_proxy

    return send_by_proxy(request, context, proxy, talk)


def _read(reply: Reply, talk: Exchange, *, lacks_text: bool) -> None:
    """Take in an answer, as much of it as is wanted. What breaks off is still one, unless all of it is needed."""
    limit = MOST_OF_AN_ANSWER if talk.needs_all else _BEGINNING
    answer = Answer(reply.status, reply.phrase, lacks_text=lacks_text)
    talk.heard(answer)
    while len(answer.body) <= limit:
        data = reply.read(_PIECE)
        if not data:
            talk.heard(answer._replace(is_whole=True))
            reply.close()
            return
        answer = answer._replace(body=answer.body + data)
        talk.heard(answer)
    reply.close()


def _without_user(request: Outgoing) -> Outgoing:
    """`https://USER:PASSWORD@HOST/` says the same as HTTP Basic, which counts if both are given."""
    parts = urlsplit(request.url)
    if "@" not in parts.netloc:
        return request
    user, _, place = parts.netloc.rpartition("@")
    bare = request._replace(url=parts._replace(netloc=place).geturl())
    if any(name.lower() == "authorization" for name, _ in request.headers):
        return bare
    return bare._replace(headers=(*request.headers, basic(unquote(user))))


def basic(user: str) -> tuple[str, str]:
    """The header for `USER:PASSWORD`."""
    from base64 import b64encode

    return "Authorization", f"Basic {b64encode(user.encode('utf-8', 'replace')).decode()}"


def redirected(request: Outgoing, status: int, target: str) -> Outgoing:
    """The request that follows a redirect, as browsers and the library requests have it: what was posted is asked
    for with GET after 301, 302 and 303. Another place isn't told who asks."""
    new = request._replace(url=urljoin(request.url, target))
    is_post = status in (301, 302) and request.method == "POST"
    if is_post or (status == 303 and request.method != "HEAD"):
        kept = tuple(item for item in request.headers if item[0].lower() not in _OF_A_BODY)
        new = new._replace(method="GET", body=None, headers=kept)
    before, after = urlsplit(request.url), urlsplit(new.url)
    if (before.scheme, before.netloc) != (after.scheme, after.netloc):
        known = tuple(item for item in new.headers if item[0].lower() != "authorization")
        new = new._replace(headers=known)
    return new
