"""The server of the recordings, once more: notes each request among the hooks and Borg's commands, and answers as the
services do, or as a recording's faults say.

Requests to services on the internet come by the proxy that it is, too: their TLS ends here.
"""

from __future__ import annotations

import json
import marshal
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.support.web import Authority, serving

HOSTS = (
    "hc-ping.com", "watchgoose.com", "events.pagerduty.com", "api.pushover.net", "ntfy.sh",
    "o294220.ingest.us.sentry.io",
)  # fmt: skip
NAMES = (*(f"DNS:{host}" for host in HOSTS), "IP:127.0.0.1", "DNS:localhost")


class Servers(NamedTuple):
    """`closed`: a port where nobody listens."""

    recorder: Recorder
    port: int
    tls_port: int
    closed: int


class Recorder:
    """Where requests are noted, and which faults strike them. One run after the other."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self._lock = threading.Lock()
        self.begin([], Path())

    def begin(self, faults: Sequence[dict[str, Any]], state: Path) -> None:
        self._faults = [fault for fault in faults if fault["event"] == "http"]
        self._state = state
        self._seen: list[dict[str, Any]] = []

    def note(self, event: dict[str, Any]) -> dict[str, Any]:
        """Add a request to the run's events; the fault that strikes it, or none."""
        with self._lock:
            fault = next((f for f in self._faults if self._strikes(f, event)), {})
            if fault.get("status", 200) >= 500:
                event["again"] = True  # the next one like it is another try
            self._seen.append(event)
            with (self._state / "events").open("ab") as file:
                file.write(marshal.dumps(event))
        if fault.get("slow"):
            (self._state / "ready").touch()
        return fault

    def _strikes(self, fault: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
        if not _applies(fault, event):
            return False
        nth = 1 + sum(_applies(fault, seen) for seen in self._seen)
        return fault.get("nth") in (None, nth)


def _applies(fault: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    inside = all(word in event["body"] for word in fault.get("body_contains", ()))
    return event["path"].startswith(fault.get("path", "")) and inside


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, recorder: Recorder, proxied: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.recorder = recorder
        self.proxied = proxied

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that don't trust, or have gone."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    origin = ""

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def do_CONNECT(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.origin = f"https://{self.path.partition(':')[0]}"
        self.connection = self.server.proxied.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        if self.origin:
            self.connection.close()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        event = {
            "event": "http", "argv": [], "method": self.command, "origin": self.origin,
            "path": parts.path, "query": parts.query, "headers": headers,
            "body": body.decode("utf-8", "replace"),
        }  # fmt: skip
        fault = self.server.recorder.note(event)
        self.server.recorder.is_over.wait(fault.get("slow") or fault.get("sleep") or 0)
        status, text = _healthy(event)
        text = json.dumps(fault["answer"]) if "answer" in fault else fault.get("text", text)
        self.send_response(fault.get("status", status))
        if "location" in fault:
            self.send_header("Location", fault["location"])
        data = b"" if status == 204 else text.encode()
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer  # noqa: N815  # the base class calls them so


def _healthy(event: Mapping[str, Any]) -> tuple[int, str]:
    """What a service answers that takes everything: status, text."""
    if event["path"].endswith("api_jsonrpc.php"):
        asked = json.loads(event["body"])
        results = {
            "history.push": {"response": "success", "data": [{"itemid": "55105"}]},
            "user.logout": True,
        }
        return 200, json.dumps(
            {"jsonrpc": "2.0", "result": results.get(asked["method"], "lab-token")}
        )
    if "/loki/" in event["path"]:
        return 204, ""
    return (202 if event["path"].startswith("/v2/enqueue") else 200), "{}"


@contextmanager
def servers(trusted: Authority) -> Iterator[Servers]:
    """`trusted`: with the certificate `server` for all of `NAMES`, and `stranger`, that nobody trusts."""
    recorder = Recorder()
    plain = _Server(recorder, serving(trusted.server))
    strange = _Server(recorder, serving(trusted.server))
    strange.socket = serving(trusted.stranger).wrap_socket(
        strange.socket, server_side=True, do_handshake_on_connect=False
    )
    running = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        for server in (plain, strange)
    ]
    for thread in running:
        thread.start()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ports = (plain.server_address[1], strange.server_address[1], closed.getsockname()[1])
        try:
            yield Servers(recorder, *map(int, ports))
        finally:
            recorder.is_over.set()
            for server in (plain, strange):
                server.shutdown()
                server.server_close()
            for thread in running:
                thread.join()


def wait_for(path: Path, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} never came"
        time.sleep(0.01)
