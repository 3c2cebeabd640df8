"""A web server of the worst kind, with and without TLS, and a proxy; for tests of what is sent to servers.

What it does is said by the path: see `_ANSWERS`. It is no service in particular.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

LONG = 30.0  # seconds; no test may have to wait for that


class Seen(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Web(ThreadingHTTPServer):
    """`seen`: what has been asked, in order. `before`: is called with each request before it is answered."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, context: ssl.SSLContext | None = None, proxied: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Proxy if proxied else _Handler)
        self.seen: list[Seen] = []
        self.before: Callable[[Seen], None] = lambda _: None
        self.times: Counter[str] = Counter()
        self.is_over = threading.Event()
        self.scheme = "http" if context is None else "https"
        if context is not None:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str = "/ok", host: str = "localhost") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Web

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        # Values that were sent as UTF-8, under names of one spelling.
        headers = {
            name.title(): value.encode("latin-1").decode("utf-8", "replace")
            for name, value in self.headers.items()
        }
        seen = Seen(self.command, self.path, headers, body)
        self.server.seen.append(seen)
        self.server.before(seen)
        name = self.path.partition("?")[0].strip("/").split("/")
        self.server.times[self.path] += 1
        _ANSWERS.get(name[0], _ok)(self, name[1:])

    do_GET = do_POST = do_PUT = do_HEAD = answer  # noqa: N815  # the base class calls them so

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def trickle(self, data: bytes, pause: float = 0.05) -> None:
        """A byte now and then, for as long as somebody listens."""
        end = time.monotonic() + LONG
        with suppress(OSError):
            while time.monotonic() < end and not self.server.is_over.wait(pause):
                self.wfile.write(data)
                self.wfile.flush()
        self.close_connection = True


def _ok(handler: _Handler, _: list[str]) -> None:
    handler.say(200, b"OK")


def _status(handler: _Handler, rest: list[str]) -> None:
    handler.say(int(rest[0]), f"no such thing as {handler.path}\n".encode())


def _flaky(handler: _Handler, rest: list[str]) -> None:
    """/flaky/STATUS/TIMES: that status so many times, then 200."""
    bad = handler.server.times[handler.path] <= int(rest[1])
    handler.say(int(rest[0]) if bad else 200, b"broken" if bad else b"OK")


def _slow(handler: _Handler, _: list[str]) -> None:
    handler.server.is_over.wait(LONG)
    handler.close_connection = True


def _slow_to(handler: _Handler, rest: list[str]) -> None:
    """/slow-to/NAME/...: slow where the path ends with that name, too."""
    (_slow if rest[0] == rest[-1] else _ok)(handler, rest)


def _trickled_head(handler: _Handler, _: list[str]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    handler.trickle(b"x")


def _trickled_body(handler: _Handler, _: list[str]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    handler.trickle(b"x")


def _endless(handler: _Handler, _: list[str]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    handler.trickle(b"x" * 65536, 0.0)


def _huge(handler: _Handler, _: list[str]) -> None:
    handler.say(200, b"x" * (64 << 20))


def _many_headers(handler: _Handler, _: list[str]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(5000):
        handler.wfile.write(b"X-%d: %s\r\n" % (number, b"x" * 100))
    handler.close_connection = True


def _nonsense(handler: _Handler, _: list[str]) -> None:
    handler.wfile.write(b"\x00\xff no HTTP at all\n\n")
    handler.close_connection = True


def _hang_up(handler: _Handler, _: list[str]) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.close_connection = True


def _redirect(handler: _Handler, rest: list[str]) -> None:
    """/redirect/STATUS/to/PATH, or, with `?URL`, to that."""
    _, _, elsewhere = handler.path.partition("?")
    handler.say(int(rest[0]), Location=elsewhere or "/" + "/".join(rest[1:]))


def _loop(handler: _Handler, _: list[str]) -> None:
    handler.say(302, Location="/loop")


def _json(handler: _Handler, rest: list[str]) -> None:
    handler.say(200, json.dumps(JSON[rest[0]]).encode(), Content_Type="application/json")


JSON: dict[str, object] = {
    "good": {"jsonrpc": "2.0", "result": {"response": "success", "data": [{"itemid": "1"}]}},
    "token": {"jsonrpc": "2.0", "result": "a-session-token-0123456789"},
    "error": {"error": {"code": -32602, "message": "Invalid params.", "data": "No permissions."}},
    "item-error": {"result": {"data": [{"itemid": "1"}, {"error": "Invalid key."}]}},
    "null-error": {"result": True, "error": None},
    "other": {"hello": "world"},
    "list": [1, 2],
}
_ANSWERS: dict[str, Callable[[_Handler, list[str]], None]] = {
    "ok": _ok, "status": _status, "flaky": _flaky, "slow": _slow, "slow-to": _slow_to, "trickled-head": _trickled_head,
    "trickled-body": _trickled_body, "endless": _endless, "huge": _huge, "nonsense": _nonsense,
    "many-headers": _many_headers, "hang-up": _hang_up, "redirect": _redirect, "json": _json, "loop": _loop,
}  # fmt: skip


class _Proxy(_Handler):
    """Passes connections on (CONNECT) and requests with a whole URL; refuses one host."""

    def do_CONNECT(self) -> None:
        self.server.seen.append(
            Seen("CONNECT", self.path, {k.title(): v for k, v in self.headers.items()}, b"")
        )
        host, _, port = self.path.partition(":")
        if host == "refused.test":
            self.say(403)
            return
        with socket.create_connection((host, int(port)), 5) as other:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            ends = [self.connection, other]
            while True:
                ready, _, _ = select.select(ends, [], [], LONG)
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        self.close_connection = True
                        return
                    (other if end is self.connection else self.connection).sendall(data)


@contextmanager
def web(context: ssl.SSLContext | None = None, *, proxied: bool = False) -> Iterator[Web]:
    server = Web(context, proxied)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Authority(NamedTuple):
    """Certificates of our own, as PEM files. `server` for localhost, `stranger` signed by nobody, `client` signed."""

    root: Path
    server: tuple[Path, Path]
    stranger: tuple[Path, Path]
    client: tuple[Path, Path]


def authority(folder: Path, names: Sequence[str] = ("DNS:localhost",)) -> Authority:
    """Made by openssl, which any machine with Borg has. `names`: whom the certificates are for."""

    def of(constraint: str) -> list[str]:
        return _extensions(constraint, names)

    root = folder / "root.pem", folder / "root.key"
    _openssl("req", "-x509", "-subj", "/CN=A test", *_new(root), *of("CA:TRUE"))
    pairs = {}
    for name in ("server", "client"):
        pair = pairs[name] = folder / f"{name}.pem", folder / f"{name}.key"
        signed = ("-CA", str(root[0]), "-CAkey", str(root[1]))
        _openssl("req", "-x509", "-subj", f"/CN={name}", *_new(pair), *signed, *of("CA:FALSE"))
    stranger = folder / "stranger.pem", folder / "stranger.key"
    _openssl("req", "-x509", "-subj", "/CN=stranger", *_new(stranger), *of("CA:FALSE"))
    return Authority(root[0], pairs["server"], stranger, pairs["client"])


def _new(pair: tuple[Path, Path]) -> list[str]:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    return [*key, "-days", "2", "-out", str(pair[0]), "-keyout", str(pair[1])]


def _extensions(constraint: str, names: Sequence[str]) -> list[str]:
    usage = "keyCertSign,cRLSign" if constraint == "CA:TRUE" else "digitalSignature"
    said = (f"basicConstraints=critical,{constraint}", f"keyUsage={usage}")
    subject = f"subjectAltName={','.join(names)}"
    return [word for extension in (*said, subject) for word in ("-addext", extension)]


def _openssl(*words: str) -> None:
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def serving(pair: tuple[Path, Path], clients: Path | None = None) -> ssl.SSLContext:
    """TLS with a certificate; `clients`: whose certificates those who ask must have."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    return context
