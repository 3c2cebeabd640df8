"""Requests to a real server of the worst kind: what is sent, how its answer counts, and that nothing takes longer
than its limit."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.model import Phase
from borgplan.compiler.plan.words import (
    FAILURE,
    Escape,
    Late,
    SecretFile,
    SecretUse,
    Use,
    Value,
    joined,
)
from borgplan.compiler.plan.work import Check, Output, OutputUse, Request, Work
from borgplan.runtime.engine.runner import AbortedError, Result
from borgplan.runtime.process.http import USER_AGENT
from borgplan.runtime.process.http_surroundings import context_for
from tests.runtime.build import SECRET
from tests.runtime.conftest import Processes
from tests.support.web import JSON, Authority, Web, authority, serving, web

WARNS = ExitCodes(warning=((1, 2),))
TOKEN = "0b2f7d3e-4c55-4c0e-9a3d-8f1f5d2c7a61"
KEPT = Output(OutputUse.KEEP, "token")
MARGIN = 1.5  # seconds that a limit may be missed by, on a busy machine


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    context_for.cache_clear()  # a run has one environment


@pytest.fixture
def server() -> Iterator[Web]:
    with web() as found:
        yield found


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("certificates"))


def request(url: Any, method: str = "POST", **fields: Any) -> Work:
    return cast("Work", Request(method, url, fields.pop("exits", WARNS), **fields))


def timed(call: Callable[[], Result]) -> tuple[Result, float]:
    started = time.monotonic()
    result = call()
    return result, time.monotonic() - started


# --- what is sent ---


def test_a_request_says_what_the_plan_says(processes: Processes, server: Web) -> None:
    values = {Late.ERROR: 'disk "full" ä'}
    body = ('{"text": "', Use(Late.ERROR, Escape.JSON), '"}')
    headers = (("X-Title", ("A title: ", Use(Late.ERROR))), ("Content-Type", "application/json"))
    url = (server.url("/ok?what="), Use(Late.ERROR, Escape.URL))
    result = processes.run(request(url, headers=headers, body=body), values)
    assert result.outcome is Outcome.DONE
    assert (result.code, result.note) == (0, "")
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/ok?what=disk%20%22full%22%20%C3%A4")
    assert json.loads(seen.body) == {"text": 'disk "full" ä'}
    assert seen.headers["X-Title"] == 'A title: disk "full" ä'
    assert seen.headers["Content-Type"] == "application/json"
    assert seen.headers["User-Agent"] == USER_AGENT
    assert result.output == "HTTP 200 OK\nOK"


def test_get_has_no_body_and_post_an_empty_one(processes: Processes, server: Web) -> None:
    processes.run(request(server.url(), "GET"))
    processes.run(request(server.url()))
    assert "Content-Length" not in server.seen[0].headers
    assert server.seen[1].headers["Content-Length"] == "0"
    assert not {"Content-Type", "Authorization"} & server.seen[1].headers.keys()


def test_a_form_and_http_basic(processes: Processes, server: Web) -> None:
    form = (("token", (SecretUse(SECRET),)), ("message", "a & b = ä"), ("html", "1"))
    work = request(server.url(), form=form, user="me", password=(SecretUse(SECRET),))
    processes.run(work, secrets={SECRET: TOKEN})
    (seen,) = server.seen
    assert seen.body == f"token={TOKEN}&message=a+%26+b+%3D+%C3%A4&html=1".encode()
    assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert seen.headers["Authorization"].startswith("Basic bWU6")


def test_a_user_in_the_url_is_http_basic(processes: Processes, server: Web) -> None:
    processes.run(request(server.url("/ok", "me:pass%40word@localhost")))
    assert server.seen[0].headers["Authorization"] == "Basic bWU6cGFzc0B3b3Jk"
    assert server.seen[0].headers["Host"] == f"localhost:{server.port}"


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
def test_redirects_are_followed(
    processes: Processes, server: Web, status: int, method: str
) -> None:
    headers = (("Content-Type", "text/plain"), ("Authorization", f"Bearer {TOKEN}"))
    work = request(server.url(f"/redirect/{status}/ok"), headers=headers, body="hello")
    result = processes.run(work)
    assert result.outcome is Outcome.DONE
    # A text that is lost on the way is no success.
    assert (result.code == 0) == (method == "POST")
    assert ("its text did not arrive" in result.note) == (method == "GET")
    first, second = server.seen
    assert (second.method, second.path) == (method, "/ok")
    assert second.body == (b"hello" if method == "POST" else b"")
    assert ("Content-Type" in second.headers) == (method == "POST")
    assert second.headers["Authorization"] == first.headers["Authorization"]


def test_a_redirect_loses_nothing_where_there_is_no_text(processes: Processes, server: Web) -> None:
    assert processes.run(request(server.url("/redirect/301/ok"))).code == 0


def test_another_place_is_not_told_who_asks(processes: Processes, server: Web) -> None:
    with web() as other:
        headers = (("Authorization", f"Bearer {TOKEN}"),)
        url = server.url(f"/redirect/307/?{other.url('/ok')}")
        assert processes.run(request(url, headers=headers)).outcome is Outcome.DONE
        assert "Authorization" not in other.seen[0].headers


def test_a_redirect_leads_to_no_file(processes: Processes, server: Web) -> None:
    result = processes.run(request(server.url("/redirect/302/?file:///etc/passwd")))
    assert result.code == 2
    assert result.output == ""


# --- how it counts ---


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("/status/404", "was answered with 404 Not Found"),
        ("/status/500", "was answered with 500 Internal Server Error"),
        ("/nonsense", "ended the connection without an answer"),
        ("/hang-up", "ended the connection without an answer"),
        ("/many-headers", "ended the connection without an answer"),
        ("/loop", "was redirected more than 10 times"),
    ],
)
def test_a_bad_answer_is_a_warning(processes: Processes, server: Web, path: str, note: str) -> None:
    result = processes.run(request(server.url(path), tries=1))
    assert (result.outcome, result.code) == (Outcome.DONE, 1)
    assert result.note == note


def test_refused(processes: Processes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    result, seconds = timed(lambda: processes.run(request(f"http://127.0.0.1:{port}/", timeout=2)))
    assert (result.code, result.note) == (1, "could not be reached: connection refused")
    assert 1.4 < seconds < 2 + MARGIN  # three tries


def test_a_name_that_nobody_has(processes: Processes) -> None:
    result = processes.run(request("http://no-such-name.invalid/", tries=1))
    assert (result.code, result.note) == (
        1,
        "could not be reached: there is no address for its name",
    )


@pytest.mark.parametrize("url", ["ftp://localhost/", "no url", "http://", "http://[::1/", ""])
def test_no_url(processes: Processes, url: str) -> None:
    result = processes.run(request(url))
    assert (result.outcome, result.code) == (Outcome.DONE, 2)
    assert result.note == "was not sent: its URL is not the address of a web server"


def test_no_header(processes: Processes, server: Web) -> None:
    result = processes.run(request(server.url(), headers=(("X-A", "a\r\nX-B: b"),)))
    assert (result.code, server.seen) == (2, [])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(processes: Processes, server: Web, status: int) -> None:
    result = processes.run(request(server.url(f"/flaky/{status}/2")))
    assert (result.outcome, result.code, result.note) == (Outcome.DONE, 0, "")
    assert len(server.seen) == 3


def test_what_does_not_pass_is_not(processes: Processes, server: Web) -> None:
    processes.run(request(server.url("/status/404")))
    assert len(server.seen) == 1


def test_there_are_no_more_tries_than_time(processes: Processes, server: Web) -> None:
    work = request(server.url("/status/500"), timeout=1, tries=100)
    result, seconds = timed(lambda: processes.run(work))
    assert result.note == "was answered with 500 Internal Server Error"
    assert seconds < 1 + MARGIN
    assert len(server.seen) == 2


@pytest.mark.parametrize("path", ["/slow", "/trickled-head"])
def test_a_slow_server_is_given_up(processes: Processes, server: Web, path: str) -> None:
    result, seconds = timed(lambda: processes.run(request(server.url(path), timeout=1)))
    assert (result.outcome, result.code) == (Outcome.DONE, 1)
    assert result.note.startswith("gave no answer")
    assert seconds < 1 + MARGIN


@pytest.mark.parametrize("path", ["/trickled-body", "/endless", "/huge"])
def test_an_answer_without_end_is_one(processes: Processes, server: Web, path: str) -> None:
    result, seconds = timed(lambda: processes.run(request(server.url(path), timeout=60)))
    assert (result.outcome, result.code, result.note) == (Outcome.DONE, 0, "")
    assert result.output.startswith("HTTP 200 OK")
    assert len(result.output) < 20000
    assert seconds < 2 + MARGIN


@pytest.mark.parametrize("path", ["/trickled-body", "/endless", "/huge"])
def test_unless_all_of_it_is_needed(processes: Processes, server: Web, path: str) -> None:
    work = request(server.url(path), timeout=1, check=Check.JSON_RPC)
    result, seconds = timed(lambda: processes.run(work))
    assert (result.code, result.note) == (1, "got an answer that did not end, or is too long")
    assert seconds < 1 + MARGIN


@pytest.mark.parametrize(
    ("name", "code", "note"),
    [
        ("good", 0, ""),
        ("null-error", 0, ""),
        ("error", 1, "was answered with an error: Invalid params. No permissions"),
        ("item-error", 1, "was answered with an error: Invalid key"),
        ("other", 1, "was answered with something else than JSON-RPC"),
        ("list", 1, "was answered with something else than JSON-RPC"),
    ],
)
def test_json_rpc(processes: Processes, server: Web, name: str, code: int, note: str) -> None:
    assert name in JSON
    result = processes.run(request(server.url(f"/json/{name}"), check=Check.JSON_RPC))
    assert (result.code, result.note) == (code, note)


def test_no_json(processes: Processes, server: Web) -> None:
    result = processes.run(request(server.url("/ok"), check=Check.JSON_RPC))
    assert (result.code, result.note) == (1, "was answered with something else than JSON-RPC")


def test_a_result_is_kept_for_later_steps_and_not_shown(processes: Processes, server: Web) -> None:
    work = request(server.url("/json/token"), check=Check.JSON_RPC, output=KEPT)
    result = processes.run(work)
    assert result.captured == "a-session-token-0123456789"
    assert result.output == ""


# --- TLS ---


def test_a_certificate_is_judged(
    processes: Processes, certificates: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web(serving(certificates.server)) as server:
        unknown = processes.run(request(server.url()))
        assert (unknown.outcome, unknown.code) == (Outcome.DONE, 1)
        assert "its certificate is not valid: " in unknown.note
        assert processes.run(request(server.url(), verify=False)).code == 0
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            with monkeypatch.context() as here:
                here.setenv(name, str(certificates.root))
                context_for.cache_clear()
                assert processes.run(request(server.url())).code == 0
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.root))
        elsewhere = processes.run(request(server.url("/ok", "127.0.0.1")))
        assert "its certificate is not valid" in elsewhere.note
        assert len(server.seen) == 4
        assert {seen.path for seen in server.seen} == {"/ok"}


def test_a_stranger_is_not_trusted(
    processes: Processes, certificates: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.root))
    with web(serving(certificates.stranger)) as server:
        result = processes.run(request(server.url("/ok")))
        assert "its certificate is not valid: self-signed certificate" in result.note
        assert server.seen == []


def test_a_client_shows_its_certificate(
    processes: Processes, certificates: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.root))
    certificate, key = map(str, certificates.client)
    with web(serving(certificates.server, clients=certificates.root)) as server:
        with_it = processes.run(request(server.url(), certificate=certificate, key=key))
        assert with_it.code == 0
        without = processes.run(request(server.url(), tries=1))
        assert without.code == 1
        missing = processes.run(request(server.url(), certificate=f"{tmp_path}/none.pem"))
        assert missing.code == 2
        assert missing.note.endswith("can't be used: no such file or directory")
        other = processes.run(request(server.url(), certificate=certificate, key=__file__))
        assert other.code == 2


def test_no_tls(
    processes: Processes, server: Web, certificates: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.root))
    url = server.url("/ok").replace("http:", "https:")
    result = processes.run(request(url, tries=1))
    assert result.code == 1
    assert result.note.startswith("could not be reached safely")


# --- proxies ---


def test_a_proxy_of_the_environment(
    processes: Processes, server: Web, certificates: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.root))
    with web(proxied=True) as proxy, web(serving(certificates.server)) as safe:
        for scheme in ("http", "https"):
            monkeypatch.setenv(f"{scheme}_proxy", f"http://me:secret@127.0.0.1:{proxy.port}")
        assert processes.run(request(safe.url())).code == 0
        assert processes.run(request(server.url())).code == 0
        assert [seen.method for seen in proxy.seen] == ["CONNECT", "POST"]
        assert proxy.seen[0].headers["Proxy-Authorization"] == "Basic bWU6c2VjcmV0"
        assert proxy.seen[1].path == server.url()
        assert (len(safe.seen), len(server.seen)) == (1, 0)
        refused = processes.run(request("https://refused.test/", tries=1))
        assert refused.code == 1
        assert refused.note.startswith("could not be sent: its proxy refused it")
        for exception in ("localhost", "x, .localhost", f"localhost:{server.port}", "*"):
            monkeypatch.setenv("no_proxy", exception)
            assert processes.run(request(server.url())).code == 0
        assert len(server.seen) == 4
        monkeypatch.setenv("no_proxy", "127.0.0.0/8")
        assert processes.run(request(server.url("/ok", "127.0.0.1"))).code == 0
        assert len(server.seen) == 5


def test_a_proxy_that_is_not_there(
    processes: Processes, server: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{port}")
    result = processes.run(request(server.url(), tries=1))
    assert result.note == ("could not be sent: its proxy could not be reached: connection refused")


def test_a_proxy_of_another_kind(
    processes: Processes, server: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1")
    result = processes.run(request(server.url()))
    assert (result.code, server.seen) == (2, [])
    assert result.note == "was not sent: its proxy is neither http nor https"


# --- secrets ---


@pytest.mark.parametrize("path", ["/status/404/", "/ok/", "/slow/", "/json/error/"])
def test_no_secret_is_shown(processes: Processes, server: Web, path: str, tmp_path: Path) -> None:
    """The server repeats its path, in which a secret of the whole address is."""
    secret = tmp_path / "address"
    secret.write_text(server.url(f"{path}{TOKEN}"))
    url = joined((SecretUse(SecretFile(str(secret))),), "/fail")
    headers = (("Authorization", ("Bearer ", SecretUse(SECRET))),)
    key = "another-key-0123456789"
    work = request(url, timeout=1, headers=headers)
    result = processes.run(work, secrets={SECRET: key})
    told = repr((result, processes.told, processes.sink.data))
    assert TOKEN not in told
    assert key not in told
    assert server.seen[0].path == f"{path}{TOKEN}/fail"
    assert server.seen[0].headers["Authorization"] == f"Bearer {key}"


def test_without_its_secret_nothing_is_sent(
    processes: Processes, server: Web, tmp_path: Path
) -> None:
    url = (server.url("/"), SecretUse(SecretFile(str(tmp_path / "none"))))
    result = processes.run(request(url))
    assert (result.outcome, result.code, server.seen) == (Outcome.DONE, 2, [])
    assert result.note.startswith("was not sent, for lack of a secret: ")


def test_without_a_late_value_nothing_is_sent(processes: Processes, server: Web) -> None:
    result = processes.run(request(server.url(), body=(Use(Value(FAILURE, "error")),)))
    assert (result.outcome, result.code, server.seen) == (Outcome.DONE, 2, [])
    assert result.note == "was not sent: a value that it needs is missing"


# --- signals ---


def later(number: int, seconds: float = 0.3) -> None:
    threading.Timer(seconds, os.kill, (os.getpid(), number)).start()


@pytest.mark.parametrize("phase", [Phase.ENTER, Phase.BODY])
def test_a_signal_ends_a_request(processes: Processes, server: Web, phase: Phase) -> None:
    later(signal.SIGTERM)
    work = request(server.url("/slow"), timeout=20)
    result, seconds = timed(lambda: processes.run(work, phase=phase))
    assert (result.outcome, result.stopped) == (Outcome.INTERRUPTED, True)
    assert seconds < MARGIN
    assert processes.told == [
        "SIGTERM: giving up the request that runs; a second signal ends everything at once"
    ]


@pytest.mark.parametrize("phase", [Phase.EXIT, Phase.RECOVER])
def test_but_none_that_is_owed(processes: Processes, server: Web, phase: Phase) -> None:
    later(signal.SIGTERM)
    work = request(server.url("/flaky/500/1"), timeout=5)
    result = processes.run(work, phase=phase)
    assert (result.outcome, result.code) == (Outcome.DONE, 0)
    assert processes.told == [
        "SIGTERM: the running cleanup continues to its end; a second signal ends everything at once"
    ]
    result, seconds = timed(
        lambda: processes.run(request(server.url("/slow"), timeout=1), phase=phase)
    )
    assert (result.outcome, result.code) == (Outcome.DONE, 1)
    assert seconds < 1 + MARGIN


def test_a_second_signal_ends_everything(processes: Processes, server: Web) -> None:
    later(signal.SIGTERM, 0.2)
    later(signal.SIGINT, 0.5)
    with pytest.raises(AbortedError):
        processes.run(request(server.url("/slow"), timeout=20), phase=Phase.EXIT)


def test_what_was_given_up_is_not_sent_later(processes: Processes, server: Web) -> None:
    later(signal.SIGTERM, 0.7)
    work = request(server.url("/status/500"), timeout=20, tries=9)
    assert processes.run(work, phase=Phase.ENTER).stopped is False  # it had an answer
    asked = len(server.seen)
    assert asked == 2
    time.sleep(1.5)
    assert len(server.seen) == asked


def test_nothing_is_left_open(processes: Processes, server: Web) -> None:
    processes.run(request(server.url("/ok")))
    before = len(os.listdir("/proc/self/fd"))
    for path in ("/ok", "/status/404", "/hang-up", "/trickled-head"):
        processes.run(request(server.url(path), timeout=1, tries=1))
    end = time.monotonic() + 5
    while len(os.listdir("/proc/self/fd")) > before and time.monotonic() < end:
        time.sleep(0.05)
    assert len(os.listdir("/proc/self/fd")) <= before


# --- apprise ---


OF_OTHERS = pytest.mark.filterwarnings("ignore")  # what the library and its plugins import


def message(url: str, **fields: Any) -> Work:
    form = (("title", "A title"), ("body", "line 1\n\nline 2 ä"), ("type", "failure"))
    return request(
        (SecretUse(SECRET, f"{url.partition(':')[0]}://…"),), "APPRISE", form=form, **fields
    )


@OF_OTHERS
def test_apprise_is_given_title_body_and_type(processes: Processes, server: Web) -> None:
    url = f"json://localhost:{server.port}/ok"
    result = processes.run(message(url), secrets={SECRET: url})
    assert (result.outcome, result.code, result.note, result.output) == (Outcome.DONE, 0, "", "")
    (seen,) = server.seen
    body = json.loads(seen.body)
    assert (body["title"], body["message"], body["type"]) == (
        "A title", "line 1\n\nline 2 ä", "failure",
    )  # fmt: skip


@OF_OTHERS
@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("/status/404", "was answered with 404"),
        ("/status/500", "was answered with 500"),
        ("/slow", "gave no answer within 1 s, its time limit"),
    ],
)
def test_what_apprise_cannot_deliver(
    processes: Processes, server: Web, path: str, note: str, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"json://localhost:{server.port}{path}/{TOKEN}"
    result, seconds = timed(lambda: processes.run(message(url, timeout=1), secrets={SECRET: url}))
    assert (result.outcome, result.code) == (Outcome.DONE, 1)
    assert result.note in (note, note.replace("gave no answer", "could not be reached"))
    assert seconds < 4 + MARGIN  # with the import of the library, and what it loads
    assert TOKEN not in repr((result, capfd.readouterr()))


@OF_OTHERS
def test_apprise_and_a_refused_connection(processes: Processes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    url = f"json://127.0.0.1:{port}/{TOKEN}"
    result = processes.run(message(url), secrets={SECRET: url})
    assert (result.code, result.note) == (1, "could not be reached")


@OF_OTHERS
@pytest.mark.parametrize("url", ["nothing://host/path", "no url", ""])
def test_what_apprise_does_not_know(
    processes: Processes, url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    result = processes.run(request(url, "APPRISE"))
    assert (result.outcome, result.code) == (Outcome.DONE, 2)
    assert result.note == "was not sent: its URL names no service that apprise knows"
    assert capfd.readouterr() == ("", "")


def test_without_apprise(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("borgplan.runtime.process.apprise_sender.find_spec", lambda _: None)
    result = processes.run(request("json://localhost/", "APPRISE"))
    assert (result.outcome, result.code) == (Outcome.DONE, 2)
    assert result.note.endswith("pip install 'borgplan[apprise]'")


def test_a_bug_ends_no_backup(
    processes: Processes, server: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError(TOKEN)

    monkeypatch.setattr("borgplan.runtime.process.http.converse", broken)
    result = processes.run(request(server.url()))
    assert (result.outcome, result.code) == (Outcome.DONE, 2)
    assert result.note == "failed of a bug: KeyError"
