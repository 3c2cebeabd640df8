"""Test messages to monitoring services: which are sent, and that it is told whether they were taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

import pytest

from borgplan.compiler.analysis.messages import messages
from borgplan.compiler.plan.model import Phase, Plan, Scope, ScopeKind, Step, Trigger
from borgplan.compiler.plan.work import (
    Check,
    ExitCodes,
    Late,
    Output,
    OutputUse,
    Request,
    SecretUse,
    Use,
    Value,
    Word,
    Work,
)
from borgplan.runtime.commands.notify import as_data, render, send
from borgplan.runtime.report.style import Style
from tests.runtime.build import FAILED_NEXT, SECRET, run_scope, scope, step
from tests.support.web import Web, web

WARNS = ExitCodes(warning=((1, 2),))
TOKEN = "0b2f7d3e-4c55-4c0e-9a3d-8f1f5d2c7a61"


@pytest.fixture
def server() -> Iterator[Web]:
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


def checks(server: Web, path: str = "/ok") -> Plan:
    """A service that is told everything, and one that is told of failures."""
    url = (server.url(f"{path}/"), SecretUse(SECRET))
    return plan_of(
        message("start", "checks", (*url, "/start"), Phase.ENTER, Trigger.SUCCESS),
        message("finish", "checks", (*url, "/finish"), Phase.EXIT, Trigger.SUCCESS),
        message("fail", "checks", (*url, "/fail"), Phase.RECOVER, Trigger.FAILURE),
        message("fail-2", "pager", server.url("/ok/pager"), Phase.RECOVER, Trigger.FAILURE),
    )


def asked_of(server: Web) -> list[str]:
    return [seen.path.rpartition("/")[2] for seen in server.seen]


def test_a_test_is_what_a_run_tells_that_goes_well(server: Web) -> None:
    plan = checks(server)
    heard = send(plan, messages(plan, failures=False), {SECRET: TOKEN})
    assert asked_of(server) == ["start", "finish", "pager"]
    # Who only hears of failures hears of one, which says that it is none.
    assert b"nothing has failed" in server.seen[-1].body
    text = render(heard, Style())
    assert "pager of a.yaml (told of failures alone: a made-up one was sent)" in text
    assert text.endswith("3 of 3 messages were taken.\n")
    assert TOKEN not in text


def test_failures_come_before_the_message_of_success(server: Web) -> None:
    plan = checks(server)
    send(plan, messages(plan, failures=True), {SECRET: TOKEN})
    assert asked_of(server) == ["start", "fail", "finish", "pager"]


def test_what_the_server_says_is_printed(server: Web) -> None:
    plan = checks(server, "/status/404")
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


def test_a_session_is_passed_on(server: Web) -> None:
    """A login, and a message that needs what it gave."""
    login = Request(
        "POST", server.url("/json/token"), WARNS, check=Check.JSON_RPC,
        output=Output(OutputUse.KEEP, "session"),
    )  # fmt: skip
    bearer = ("Bearer ", Use(Value("login", "session"), otherwise=""))
    push = Request("POST", server.url("/ok"), WARNS, headers=(("Authorization", bearer),))
    plan = plan_of(
        message("login", "values", "", Phase.ENTER, Trigger.SUCCESS, login),
        message("push", "values", "", Phase.ENTER, Trigger.SUCCESS, push),
    )
    heard = send(plan, messages(plan, failures=False), {})
    assert server.seen[1].headers["Authorization"] == "Bearer a-session-token-0123456789"
    assert "a-session-token" not in render(heard, Style()) + json.dumps(as_data(heard[0]))


def test_hooks_are_not_run(server: Web) -> None:
    plan = plan_of(step("echo hello", "a.yaml"))
    assert messages(plan, failures=True) == []
