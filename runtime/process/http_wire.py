"""What the ways to a server have in common: what comes back, and what goes wrong in words that hold nothing of a URL.

Two ways, as importing urllib3 takes longer than sending three messages: `http_direct.py` by the standard library, and
`http_by_proxy.py` by urllib3, which knows proxies.
"""

from __future__ import annotations

import ssl

from ...compiler.support.record import NamedTuple, Protocol
from ..system.host import reason
from .http_exchange import Trouble
from .http_surroundings import Trust

APPRISE = "APPRISE"  # the method of what the library of that name sends
BAD_URL = Trouble("was not sent: its URL is not the address of a web server", is_ours=True)
BAD_HEADERS = Trouble("was not sent: its headers hold what none may", is_ours=True)
NO_NAME = Trouble("could not be reached: there is no address for its name", passes=True)
NOT_REACHED = Trouble("could not be reached in time", passes=True)
NO_ANSWER = Trouble("gave no answer in time", passes=True)
BROKEN_OFF = Trouble("ended the connection without an answer", passes=True)


class TroubleError(Exception):
    """A request couldn't be sent, or its answer not be read."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.why)
        self.trouble = trouble


class Outgoing(NamedTuple):
    """A request in full. `headers` without those of the connection."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    trust: Trust = Trust()


class Reply(Protocol):
    """An answer whose head has come."""

    @property
    def status(self) -> int: ...

    @property
    def phrase(self) -> str: ...

    @property
    def target(self) -> str:
        """Where it redirects to; empty if it doesn't."""

    def read(self, most: int) -> bytes:
        """More of its body; empty at its end. Raises TroubleError if it breaks off."""

    def close(self) -> None: ...


def unusable(error: OSError) -> Trouble:
    """Of a certificate or key."""
    why = "it doesn't hold what is needed" if isinstance(error, ssl.SSLError) else reason(error)
    return Trouble(f"was not sent: a certificate or key can't be used: {why}", is_ours=True)


def unsafe(error: BaseException) -> Trouble:
    """Of TLS. That a certificate isn't trusted doesn't pass."""
    is_refusal = isinstance(inner(error), ssl.SSLCertVerificationError)
    return Trouble(f"could not be reached safely{cause(error)}", passes=not is_refusal)


def unreached(error: BaseException) -> Trouble:
    return Trouble(f"could not be reached{cause(error)}", passes=True)


def cause(error: BaseException) -> str:
    """The system's or OpenSSL's own words, which name no address."""
    found = inner(error)
    if isinstance(found, ssl.SSLCertVerificationError):
        return f": its certificate is not valid: {found.verify_message.lower()}"
    if isinstance(found, ssl.SSLError):
        return f": {(found.reason or 'no TLS').replace('_', ' ').lower()}"
    return f": {found.strerror.lower()}" if isinstance(found, OSError) and found.strerror else ""


def inner(error: BaseException) -> BaseException:
    """What a library's own error is about."""
    while not isinstance(error, OSError):
        below = error.__cause__ or next((a for a in error.args if isinstance(a, Exception)), None)
        if below is None:
            break
        error = below
    return error
