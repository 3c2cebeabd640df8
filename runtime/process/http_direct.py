"""Straight to a server, by the standard library's HTTP."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
    InvalidURL,
)
from urllib.parse import quote, urlsplit

from .http_exchange import Exchange, Trouble
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
    unreached,
    unsafe,
)

_PLAIN = "%/:@!$&'()*+,;=-._~"  # what stands for itself in a path
_REDIRECTS = (301, 302, 303, 307, 308)
_LEAST = 0.001  # seconds; 0 would be none at all


def send(request: Outgoing, context: ssl.SSLContext | None, talk: Exchange) -> Reply:
    """Connect, send, and wait for the head of the answer. `context`: of TLS; None for none. Raises TroubleError."""
    try:
        connection = _connection(request.url, context, talk)
    except ValueError as error:
        raise TroubleError(BAD_URL) from error
    try:
        _connect(connection, context)
    except (OSError, ValueError) as error:
        found = _of_connecting(error, connection)
        _close(connection)
        raise TroubleError(found) from error
    try:
        talk.connected(connection.sock)
        connection.sock.settimeout(max(talk.seconds_left, _LEAST))
        connection.request(
            request.method, _target(request.url), request.body, dict(request.headers)
        )
        return _Reply(connection, connection.getresponse())
    except (HTTPException, OSError, ValueError) as error:
        _close(connection)
        raise TroubleError(_of_talking(error)) from error


def _connection(url: str, context: ssl.SSLContext | None, talk: Exchange) -> HTTPConnection:
    """Raises ValueError, or InvalidURL, for what is no address."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError
    seconds = max(talk.seconds_left, _LEAST)
    try:
        if context is None:
            return HTTPConnection(parts.hostname, parts.port or 80, timeout=seconds)
        return HTTPSConnection(parts.hostname, parts.port or 443, timeout=seconds, context=context)
    except InvalidURL as error:
        raise ValueError from error


def _connect(connection: HTTPConnection, context: ssl.SSLContext | None) -> None:
    """Names in ASCII are handed on as they are: else Python loads its tables of all others."""
    host: str = connection.host
    name = host.encode() if host.isascii() else host
    connection.sock = socket.create_connection((name, connection.port), connection.timeout)  # type: ignore[arg-type]
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if context is not None:
        connection.sock = context.wrap_socket(connection.sock, server_hostname=name)


def _target(url: str) -> str:
    """The path and the query; what may not stand there is escaped."""
    parts = urlsplit(url)
    query = f"?{quote(parts.query, safe=_PLAIN + '?')}" if parts.query else ""
    return f"{quote(parts.path, safe=_PLAIN) or '/'}{query}"


def _of_connecting(error: Exception, connection: HTTPConnection) -> Trouble:
    if isinstance(error, socket.gaierror):
        return NO_NAME
    if isinstance(error, ssl.SSLError):
        return unsafe(error)
    if isinstance(error, TimeoutError):
        # Where there is a socket already, it is TLS that nobody speaks.
        return NOT_REACHED if connection.sock is None else NO_ANSWER
    # A name that is none is found out only here.
    return BAD_URL if isinstance(error, ValueError) else unreached(error)


def _of_talking(error: Exception) -> Trouble:
    if isinstance(error, TimeoutError):
        return NO_ANSWER
    if isinstance(error, ssl.SSLError):
        return unsafe(error)
    return BAD_HEADERS if isinstance(error, ValueError) else BROKEN_OFF


def _close(connection: HTTPConnection) -> None:
    with suppress(OSError):
        connection.close()


class _Reply:
    """See `Reply`."""

    def __init__(self, connection: HTTPConnection, response: HTTPResponse) -> None:
        self.status = response.status
        self.phrase = response.reason or ""
        is_redirect = response.status in _REDIRECTS
        self.target = (response.getheader("Location") or "") if is_redirect else ""
        self._connection = connection
        self._response = response

    def read(self, most: int) -> bytes:
        try:
            data = self._response.read(most)
            if not data and self._response.length:
                raise IncompleteRead(data, self._response.length)
        except (HTTPException, OSError, ValueError) as error:
            self.close()
            raise TroubleError(_of_talking(error)) from error
        return data

    def close(self) -> None:
        with suppress(OSError):
            self._response.close()
        _close(self._connection)
