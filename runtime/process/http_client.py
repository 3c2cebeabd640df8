"""Requests over the network, by urllib3: tries, redirects, and errors in words that hold nothing of a URL.

Runs in a thread of its own; see `http_exchange.py` for what ends it in time.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from http.client import HTTPException
from urllib.parse import unquote, urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InsecureRequestWarning,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ProxySchemeUnknown,
    ReadTimeoutError,
    SSLError,
)

from ...compiler.support.record import NamedTuple
from ..system.host import reason
from .http_exchange import Answer, Exchange, Trouble
from .http_surroundings import Proxy, Trust, bundle_of, context_for, proxy_for

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
_BAD_URL = Trouble("was not sent: its URL is not the address of a web server", is_ours=True)


class Outgoing(NamedTuple):
    """A request in full. `headers` without those of the connection."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    trust: Trust = Trust()


def converse(request: Outgoing, tries: int, environment: Mapping[str, str], talk: Exchange) -> None:
    """Send a request, again while that may help and there is time; what comes of it is noted in `talk`."""
    if not request.trust.verify:
        urllib3.disable_warnings(InsecureRequestWarning)  # somebody has chosen that
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
    for _ in range(_MOST_REDIRECTS + 1):
        if not _is_of_the_web(request.url):
            return _BAD_URL
        try:
            response = _sent(request, environment, talk)
            target = response.get_redirect_location()
            if not target:
                _read(response, talk)
                return None
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            return None if talk.answer is not None else _trouble(error, talk)
        response.close()
        request = redirected(request, response.status, target)
    return Trouble(f"was redirected more than {_MOST_REDIRECTS} times")


def _is_of_the_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in ("http", "https")
    except ValueError:
        return False


def _sent(
    request: Outgoing, environment: Mapping[str, str], talk: Exchange
) -> urllib3.BaseHTTPResponse:
    try:
        request = _without_user(request)
        proxy = proxy_for(request.url, environment)
    except ValueError as error:
        raise LocationValueError from error
    try:
        is_safe = urlsplit(request.url).scheme == "https"
        context = context_for(request.trust, bundle_of(environment)) if is_safe else None
        manager = _manager(context, proxy, talk)
    except OSError as error:
        raise _UnusableFileError(error) from error
    return manager.request(
        request.method,
        request.url,
        body=request.body,
        headers=dict(request.headers),
        retries=False,
        redirect=False,
        timeout=urllib3.Timeout(total=max(talk.seconds_left, 0.001)),
        preload_content=False,
        decode_content=False,
    )


class _UnusableFileError(ValueError):
    """A certificate or key."""

    def __init__(self, error: OSError) -> None:
        is_content = isinstance(error, ssl.SSLError)
        why = "it doesn't hold what is needed" if is_content else reason(error)
        super().__init__(why)


def _manager(
    context: ssl.SSLContext | None, proxy: Proxy | None, talk: Exchange
) -> urllib3.PoolManager:
    """What makes connections, each of which is noted before anything is sent over it."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            talk.connected(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            talk.connected(self.sock)

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    manager: urllib3.PoolManager
    if proxy is None:
        manager = urllib3.PoolManager(ssl_context=context)
    else:
        user = f"{proxy.user}:{proxy.password}" if proxy.user else None
        headers = urllib3.make_headers(proxy_basic_auth=user)
        manager = urllib3.ProxyManager(proxy.url, proxy_headers=headers, ssl_context=context)
    manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return manager


def _read(response: urllib3.BaseHTTPResponse, talk: Exchange) -> None:
    """Take in an answer, as much of it as is wanted. What breaks off is still one, unless all of it is needed."""
    limit = MOST_OF_AN_ANSWER if talk.needs_all else _BEGINNING
    answer = Answer(response.status, response.reason or "")
    talk.heard(answer)
    while len(answer.body) <= limit:
        data = response.read(_PIECE)
        if not data:
            talk.heard(answer._replace(is_whole=True))
            response.close()
            return
        answer = answer._replace(body=answer.body + data)
        talk.heard(answer)
    response.close()


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


def _trouble(error: Exception, talk: Exchange) -> Trouble:
    """What went wrong, in words."""
    match error:
        case _UnusableFileError():
            return Trouble(
                f"was not sent: a certificate or key can't be used: {error}", is_ours=True
            )
        case ProxyError(original_error=NewConnectionError() as cause):
            why = f"could not be sent: its proxy could not be reached{_cause(cause)}"
            return Trouble(why, passes=True)
        case ProxyError(original_error=cause):
            return Trouble(f"could not be sent: its proxy refused it{_cause(cause)}", passes=True)
        case NameResolutionError():
            return Trouble("could not be reached: there is no address for its name", passes=True)
        case NewConnectionError():
            return Trouble(f"could not be reached{_cause(error)}", passes=True)
        case ConnectTimeoutError():
            return Trouble("could not be reached in time", passes=True)
        case ReadTimeoutError() | TimeoutError():
            return Trouble("gave no answer in time", passes=True)
        case SSLError() | ssl.SSLError():
            return Trouble(
                f"could not be reached safely{_cause(error)}", passes=not _is_refusal(error)
            )
        case ProxySchemeUnknown():
            return Trouble("was not sent: its proxy is neither http nor https", is_ours=True)
        case LocationValueError():
            return _BAD_URL
        case ValueError():
            return Trouble("was not sent: its headers hold what none may", is_ours=True)
        case _ if talk.is_connected:
            return Trouble("ended the connection without an answer", passes=True)
        case _:
            return Trouble(f"could not be reached{_cause(error)}", passes=True)


def _is_refusal(error: Exception) -> bool:
    """Whether a certificate isn't trusted, which time doesn't mend."""
    return isinstance(_inner(error), ssl.SSLCertVerificationError)


def _cause(error: BaseException) -> str:
    """The system's or OpenSSL's own words, which name no address."""
    inner = _inner(error)
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f": its certificate is not valid: {inner.verify_message.lower()}"
    if isinstance(inner, ssl.SSLError):
        return f": {(inner.reason or 'no TLS').replace('_', ' ').lower()}"
    return f": {inner.strerror.lower()}" if isinstance(inner, OSError) and inner.strerror else ""


def _inner(error: BaseException) -> BaseException:
    """What a library's own error is about."""
    while not isinstance(error, OSError):
        inner = error.__cause__ or next((a for a in error.args if isinstance(a, Exception)), None)
        if inner is None:
            break
        error = inner
    return error
