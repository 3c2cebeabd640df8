"""Every service, and every way in which its server may answer: nothing takes longer than its limit, and nothing but a
warning comes of it.

The requests are those of plans; only where they lead is another place.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from borgplan.compiler.config.option_names import SERVICE_NAMES
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Role
from borgplan.compiler.plan.words import SecretUse, Word
from borgplan.compiler.plan.work import Check, Request
from borgplan.runtime.process.apprise_sender import load
from borgplan.runtime.process.http_surroundings import context_for
from borgplan.runtime.process.signals import Signals
from tests.compiler.planning import planned
from tests.notify.test_services import SERVICES, START
from tests.runtime.conftest import Processes
from tests.support.web import Authority, authority, serving, web

LIMIT = 1  # second
MARGIN = 1.5  # on a busy machine
CRONHUB = "cronhub: {ping_url: 'https://cronhub.io/start/0123456789abcdef'}"
ALL = {**SERVICES, "cronhub": CRONHUB}
WAYS = {
    "ok": "/ok", "404": "/status/404", "500": "/status/500", "slow": "/slow", "redirect": "/redirect/307/ok",
    "huge": "/huge", "endless": "/endless", "trickled": "/trickled-head", "hang-up": "/hang-up",
}  # fmt: skip
WELL = {"ok", "redirect"}
# Where a status says it all, the rest of an answer doesn't matter.
WELL_ENOUGH = {"huge", "endless"}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def processes() -> Iterator[Processes]:
    with Signals() as signals:
        yield Processes(signals)


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    context_for.cache_clear()
    yield
    context_for.cache_clear()


def failure_of(service: str) -> Request:
    """What a service is sent of a failure, with what it needs of secrets in words."""
    if service == "apprise":
        load()  # takes seconds, which are no server's
    release = "1.8" if service == "cronhub" else "2.1"
    plan = planned(f"{START}{ALL[service]}\n", semantics=release)
    messages = (step for step in plan.steps if step.role is Role.NOTIFY)
    work = next(step.work for step in messages if step.title.endswith(" fail"))
    assert isinstance(work, Request)

    def plain(word: Word) -> Word:
        if isinstance(word, str):
            return word
        return tuple("x" if isinstance(part, SecretUse) else part for part in word)

    return work._replace(
        headers=tuple((name, plain(word)) for name, word in work.headers),
        form=tuple((name, plain(word)) for name, word in work.form),
        body=None if work.body is None else plain(work.body),
        password=None if work.password is None else plain(work.password),
        timeout=LIMIT,
    )


def sent_to(request: Request, url: str) -> Request:
    if request.method == "APPRISE":
        url = url.replace("https:", "jsons:").replace("http:", "json:")
    return request._replace(url=url)


def test_these_are_all_services() -> None:
    assert set(ALL) == set(SERVICE_NAMES)
    assert len(ALL) == 12


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of plugins of apprise
@pytest.mark.parametrize("service", ALL)
def test_every_way_to_answer(processes: Processes, service: str) -> None:
    request = failure_of(service)
    with web() as server:
        for way, path in WAYS.items():
            is_well = way in WELL or (way in WELL_ENOUGH and request.check is Check.STATUS)
            if request.check is Check.JSON_RPC:
                path = {"ok": "/json/good", "redirect": "/redirect/307/json/good"}.get(way, path)
            _ends(processes, sent_to(request, server.url(path)), way, is_well=is_well)
    _ends(processes, sent_to(request, server.url()), "refused", is_well=False)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of plugins of apprise
@pytest.mark.parametrize("service", ALL)
def test_certificates(
    processes: Processes,
    service: str,
    certificates: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.root))
    request = failure_of(service)
    path = "/json/good" if request.check is Check.JSON_RPC else "/ok"
    for pair, is_well in ((certificates.server, True), (certificates.stranger, False)):
        with web(serving(pair)) as server:
            _ends(processes, sent_to(request, server.url(path)), "TLS", is_well=is_well)
            assert bool(server.seen) == is_well


def _ends(processes: Processes, request: Request, way: str, *, is_well: bool) -> None:
    started = time.monotonic()
    result = processes.run(request)
    took = time.monotonic() - started
    assert result.outcome is Outcome.DONE, (way, result)
    if request.method != "APPRISE" or way not in ("huge", "endless"):
        assert (result.code == 0) == is_well, (way, result)
    assert took < LIMIT + MARGIN, (way, took)
    assert len(result.output) < 100_000
