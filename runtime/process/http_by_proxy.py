"""To a server by way of a proxy, by urllib3."""

from __future__ import annotations

import ssl
from http.client import HTTPException

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InsecureRequestWarning,
    LocationValueError,
    NewConnectionError,
    ProxyError,
    ProxySchemeUnknown,
    ReadTimeoutError,
    SSLError,
)

try:
    from urllib3.exceptions import NameResolutionError
except ImportError:  # urllib3 1.26, which Debian 12 has, calls it a NewConnectionError

    class NameResolutionError(HTTPError):  # type: ignore[no-redef]
        """Never raised."""


from .http_exchange import Exchange, Trouble
from .http_surroundings import Proxy
from .http_wire import (
    BAD_HEADERS,
    BAD_URL,
    BROKEN_OFF,
    NO_ANSWER,
    NO_NAME,
    NOT_REACHED,
    Outgoing,
    Reply,
    TroubleError,
    cause,
    unreached,
    unsafe,
)


def send(request: Outgoing, context: ssl.SSLContext | None, proxy: Proxy, talk: Exchange) -> Reply:
    """Connect, send, and wait for the head of the answer. `context`: of TLS; None for none. Raises TroubleError."""
    if not request.trust.verify:
        urllib3.disable_warnings(InsecureRequestWarning)  # somebody has chosen that
    try:
        response = _manager(context, proxy, talk).request(
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
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise TroubleError(_trouble(error, talk)) from error
    return _Reply(response, talk)


def _manager(context: ssl.SSLContext | None, proxy: Proxy, talk: Exchange) -> urllib3.PoolManager:
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

    user = f"{proxy.user}:{proxy.password}" if proxy.user else None
    headers = urllib3.make_headers(proxy_basic_auth=user)
    manager = urllib3.ProxyManager(proxy.url, proxy_headers=headers, ssl_context=context)
    manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return manager


class _Reply:
    """See `Reply`."""

    def __init__(self, response: urllib3.BaseHTTPResponse, talk: Exchange) -> None:
        self.status = response.status
        self.phrase = response.reason or ""
        self.target = response.get_redirect_location() or ""
        self._response = response
        self._talk = talk

    def read(self, most: int) -> bytes:
        try:
            return self._response.read(most)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise TroubleError(_trouble(error, self._talk)) from error

    def close(self) -> None:
        self._response.close()


def _trouble(error: Exception, talk: Exchange) -> Trouble:
    """What went wrong, in words."""
    match error:
        case ProxyError(original_error=NewConnectionError() as inside):
            why = f"could not be sent: its proxy could not be reached{cause(inside)}"
            return Trouble(why, passes=True)
        case ProxyError(original_error=inside):
            return Trouble(f"could not be sent: its proxy refused it{cause(inside)}", passes=True)
        case NameResolutionError():
            return NO_NAME
        case NewConnectionError():
            return unreached(error)
        case ConnectTimeoutError():
            return NOT_REACHED
        case ReadTimeoutError() | TimeoutError():
            return NO_ANSWER
        case SSLError() | ssl.SSLError():
            return unsafe(error)
        case ProxySchemeUnknown():
            return Trouble("was not sent: its proxy is neither http nor https", is_ours=True)
        case LocationValueError():
            return BAD_URL
        case ValueError():
            return BAD_HEADERS
        case _:
            return BROKEN_OFF if talk.is_connected else unreached(error)
