"""A recorded run by real processes: what runs and is sent, in order, as far as it arrives."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Mapping
from typing import Any

from tests.conformance.scenario import Scenario
from tests.notify.recording_server import Servers, wait_for
from tests.notify.recordings import PLACES
from tests.support.laboratory import Laboratory, Ran

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d")
_NANOSECONDS = re.compile(r"(?<!\d)\d{19}(?!\d)")


def run(scenario: Scenario, laboratory: Laboratory, servers: Servers, bundle: str) -> Ran:
    """`apply` with the files, faults and signal of a recording. `bundle`: certificates to be trusted."""
    places = {
        PLACES["$PORT"]: servers.port,
        PLACES["$TLS_PORT"]: servers.tls_port,
        PLACES["$CLOSED_PORT"]: servers.closed,
    }

    def placed(text: str) -> str:
        for stands, port in places.items():
            text = text.replace(f":{stands}", f":{port}")
        return text

    tmp = str(laboratory.tmp)
    laboratory.write({path: placed(text) for path, text in scenario.files.items()})
    words = scenario.arguments(tmp)
    assert isinstance(words, list), words
    faults = scenario.faults(tmp)
    state = laboratory.tmp / "state"
    servers.recorder.begin(json.loads(placed(json.dumps(faults))), state)
    named = scenario.data.get("signal")

    def stop(process: int) -> None:
        if named:
            wait_for(state / "ready")
            send = os.killpg if named.get("target") == "group" else os.kill
            send(process, signal.Signals[f"SIG{named['signal']}"])

    environment = {
        "https_proxy": f"http://127.0.0.1:{servers.port}",
        "no_proxy": "127.0.0.1",
        "REQUESTS_CA_BUNDLE": bundle,
    }
    return laboratory.run(["apply", *map(placed, words)], faults, environment, meanwhile=stop)


def happened(ran: Ran, tmp: str) -> list[Any]:
    """As `recordings.expected` has it. Another try of a request after an answer that may pass is the same one."""
    found: list[Any] = []
    tried: Mapping[str, Any] | None = None
    for event in ran.events:
        told = _event(event, tmp)
        if tried is None or told != tried:
            found.append(told)
        tried = told if event.get("again") else None
    return found


def _event(event: Mapping[str, Any], tmp: str) -> Any:
    if event["event"] == "http":
        return _request(event, tmp)
    argv = [word.replace(tmp, "$TMP") for word in event["argv"]]
    if event["event"] == "hook":
        return ["hook", *" ".join(argv).split()]
    subcommand = next((word for word in argv if not word.startswith("-")), "")
    return ["borg", subcommand, next((w.split("::")[0] for w in argv if "/repos/" in w), "")]


def _request(event: Mapping[str, Any], tmp: str) -> dict[str, Any]:
    text = json.dumps(event).replace(tmp, "$TMP").replace(os.uname().nodename, "$HOST")
    data = json.loads(_NANOSECONDS.sub("$NANOSECONDS", _TIME.sub("$TIME", text)))
    headers = {
        n: v for n, v in data["headers"].items() if n == "authorization" or n.startswith("x-")
    }
    body = data["body"]
    if "json" in data["headers"].get("content-type", "") or body.startswith("{"):
        body = json.loads(body)
    return {
        "method": data["method"], "origin": data["origin"], "path": data["path"],
        "query": data["query"], "headers": headers, "body": body,
    }  # fmt: skip


def arrived(scenario: Scenario, events: list[Any]) -> list[Any]:
    """Of a recorded run, what a server or a stand-in has seen."""
    requests = iter([event for event in scenario.data["trace"] if event["event"] == "http"])
    found = []
    for event in events:
        if isinstance(event, dict):
            recorded = next(requests)
            if "status" not in recorded and "answer" not in recorded:
                continue
        found.append(event)
    return found
