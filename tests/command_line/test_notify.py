"""Test messages to monitoring services: which are sent, and that it is told whether they were taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

import pytest

from borgplan.compiler.analysis.messages import messages
from borgplan.compiler.plan.exits import ExitCodes
from borgplan.compiler.plan.model import Phase, Plan, Scope, ScopeKind, Step, Trigger
from borgplan.compiler.plan.words import Late, SecretUse, Use, Value, Word
from borgplan.compiler.plan.work import Check, Output, OutputUse, Request, Work
from borgplan.compiler.source.span import Span
from borgplan.runtime.commands.notify import as_data, render, send
from borgplan.runtime.report.style import Style
from tests.command_line.place import FLAT, Place
from tests.runtime.build import FAILED_NEXT, SECRET, run_scope, scope, step
from tests.support.web import Web, web

WARNS = ExitCodes(warning=((1, 2),))
TOKEN = "0b2f7d3e-4c55-4c0e-9a3d-8f1f5d2c7a61"


@pytest.fixture
def service() -> Iterator[Web]:
    with web() as found:
        yield found


def message(
    name: str, service: str, url: Word, phase: Phase, trigger: Trigger, work: Request | None = None
) -> Step:
    request = work or Request("POST", url, WARNS, body=(Use(Late.ERROR, otherwise=""),), tries=1)
    made = step(name, "a.yaml", phase, trigger, cast("Work", request), hard=FAILED_NEXT)
    return made._replace(hook=service, title=f"{service}: {name}")


def plan_of(*steps: Step) -> Plan:
    scopes: list[Scope] = [run_scope(), scope("a.yaml", kind=ScopeKind.CONFIGURATION)]
    return Plan("test", ("create",), tuple(scopes), steps)


def checks(service: Web, path: str = "/ok") -> Plan:
    """A service that is told everything, and one that is told of failures."""
    url = (service.url(f"{path}/"), SecretUse(SECRET))
    return plan_of(
        message("start", "checks", (*url, "/start"), Phase.ENTER, Trigger.SUCCESS),
        message("finish", "checks", (*url, "/finish"), Phase.EXIT, Trigger.SUCCESS),
        message("fail", "checks", (*url, "/fail"), Phase.RECOVER, Trigger.FAILURE),
        message("fail-2", "pager", service.url("/ok/pager"), Phase.RECOVER, Trigger.FAILURE),
    )


def asked_of(service: Web) -> list[str]:
    return [seen.path.rpartition("/")[2] for seen in service.seen]


def test_a_test_is_what_a_run_tells_that_goes_well(service: Web) -> None:
    plan = checks(service)
    heard = send(plan, messages(plan, failures=False), {SECRET: TOKEN})
    assert asked_of(service) == ["start", "finish", "pager"]
    # Who only hears of failures hears of one, which says that it is none.
    assert b"nothing has failed" in service.seen[-1].body
    text = render(heard, Style())
    assert "pager of a.yaml (gets failures only: a test failure was sent)" in text
    assert text.endswith("3 of 3 messages were taken.\n")
    assert TOKEN not in text


def test_failures_come_before_the_message_of_success(service: Web) -> None:
    plan = checks(service)
    send(plan, messages(plan, failures=True), {SECRET: TOKEN})
    assert asked_of(service) == ["start", "fail", "finish", "pager"]


def test_what_the_server_says_is_printed(service: Web) -> None:
    plan = checks(service, "/status/404")
    heard = send(plan, messages(plan, failures=False), {SECRET: TOKEN})
    text = render(heard, Style())
    assert "FAILED  checks: start: " in text
    assert "was answered with 404 Not Found" in text
    assert "no such thing as /status/404/(hidden)/start" in text
    assert text.endswith("1 of 3 messages were taken.\n")
    data = json.loads(json.dumps([as_data(item) for item in heard]))
    assert [item["messages"][0]["taken"] for item in data] == [False, True]
    assert data[1]["alarms_only"] is True
    assert TOKEN not in text + json.dumps(data)


def test_a_session_is_passed_on(service: Web) -> None:
    """A login, and a message that needs what it gave."""
    login = Request(
        "POST", service.url("/json/token"), WARNS, check=Check.JSON_RPC,
        output=Output(OutputUse.KEEP, "session"),
    )  # fmt: skip
    bearer = ("Bearer ", Use(Value("login", "session"), otherwise=""))
    push = Request("POST", service.url("/ok"), WARNS, headers=(("Authorization", bearer),))
    plan = plan_of(
        message("login", "values", "", Phase.ENTER, Trigger.SUCCESS, login),
        message("push", "values", "", Phase.ENTER, Trigger.SUCCESS, push),
    )
    heard = send(plan, messages(plan, failures=False), {})
    assert service.seen[1].headers["Authorization"] == "Bearer a-session-token-0123456789"
    assert "a-session-token" not in render(heard, Style()) + json.dumps(as_data(heard[0]))


def test_hooks_are_not_run(service: Web) -> None:
    plan = plan_of(step("echo hello", "a.yaml"))
    assert messages(plan, failures=True) == []


def test_the_same_alarm_in_several_places_is_sent_once(service: Web) -> None:
    plan = plan_of(
        message("fail", "pager", service.url("/ok/pager"), Phase.RECOVER, Trigger.FAILED),
        message("fail", "pager", service.url("/ok/pager"), Phase.RECOVER, Trigger.OWN)._replace(
            scope="run", id="around", origin=Span("a.yaml", 3)
        ),
    )
    (asked,) = messages(plan, failures=False)
    assert [step.id for step in asked.steps] == ["fail"]


def test_a_configuration_is_enough(place: Place, service: Web) -> None:
    """From the file to the service, with the answers printed and nothing secret among them."""
    services = (
        f"healthchecks: {{ping_url: '{service.url(f'/ok/{TOKEN}')}'}}\n"
        f"ntfy: {{topic: t, server: '{service.url('/status/403')}', access_token: {TOKEN}}}\n"
    )
    place.write("c.yaml", FLAT + services)
    ran = place.run("notify", "--test", "--semantics", "2.1", "c.yaml")
    assert ran.code == 1, ran.err
    assert TOKEN not in ran.out + ran.err
    assert "healthchecks of c.yaml" in ran.out
    assert "was answered with 403 Forbidden" in ran.out
    assert {seen.path for seen in service.seen} >= {f"/ok/{TOKEN}/start", f"/ok/{TOKEN}"}
    assert place.run("notify", "--test", "--format", "json", "c.yaml").data[0]["messages"]
    assert not [line for line in place.read("trace").splitlines() if "create" in line]


def test_without_a_service_nothing_is_sent(place: Place) -> None:
    place.write("c.yaml", FLAT)
    ran = place.run("notify", "--test", "c.yaml")
    assert ran.code == 1
    assert "no monitoring service is configured: nothing was sent" in ran.err
    assert place.run("notify", "c.yaml").code == 2
