"""Messages by the library apprise, which knows how more than a hundred services are told something.

It is an extra. What it is given is a request whose method is `APPRISE`: the URL is the library's own kind, the form
holds `title`, `body` and `type`. Of what the library says nothing is passed on but the status that a service
answered with: there may be parts of the URL in it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from importlib.util import find_spec
from urllib.parse import parse_qsl

from .http_exchange import Answer, Exchange, Trouble
from .http_wire import Outgoing

_MISSING = "was not sent: the package apprise is not installed: pip install 'borgplan[apprise]'"
_UNKNOWN = "was not sent: its URL names no service that apprise knows"
_STATUS = re.compile(r"\berror=([1-5]\d\d)\b")
_UNREACHED = re.compile(r"\bconnection error\b", re.IGNORECASE)
_TAKEN = Answer(0, "", b"", is_whole=True)  # nothing is known of what was answered


def load() -> None:
    """Import the library with its plugins, which takes seconds the first time: those are no service's fault."""
    if find_spec("apprise") is None:
        return
    with suppress(
        Exception
    ):  # what is wrong with somebody else's plugin is told when the message is sent
        from apprise import Apprise

        Apprise().add("json://localhost")


def notify(message: Outgoing, talk: Exchange) -> None:
    """Send a message once; what comes of it is noted in `talk`. The library has limits of its own for each wait
    of a connection, and connections that can't be cut: who waits goes on without."""
    talk.begin_try()
    if find_spec("apprise") is None:
        talk.failed(Trouble(_MISSING, is_ours=True))
        return
    from logging import WARNING

    from apprise import Apprise, AppriseAsset, LogCapture

    asset = AppriseAsset(async_mode=False, app_id="borgplan", app_desc="borgplan")
    # Captured, as else it would be printed, with URLs in it.
    with LogCapture(level=WARNING, fmt="%(message)s") as log:  # type: ignore[no-untyped-call]
        service = Apprise(asset=asset)
        if not service.add(message.url):
            talk.failed(Trouble(_UNKNOWN, is_ours=True))
            return
        fields = dict(parse_qsl((message.body or b"").decode(), keep_blank_values=True))
        taken = service.notify(
            fields.get("body", ""), fields.get("title", ""), fields.get("type", "info")
        )
        if taken:
            talk.heard(_TAKEN)
        else:
            talk.failed(Trouble(_refused(log.getvalue())))


def _refused(log: str) -> str:
    status = _STATUS.search(log)
    if status is not None:
        return f"was answered with {status[1]}"
    return "could not be reached" if _UNREACHED.search(log) else "was not taken by its service"
