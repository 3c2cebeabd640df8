"""Recorded runs of borgmatic with monitoring services: what was sent, in order among hooks and Borg's commands.

All of them are read from ../shared where it is there, or from the folder that MONITORING_RECORDINGS names; a sample of
each release stands in `recordings/`.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

from tests.conformance.scenario import Scenario

_SHARED = Path(__file__).parents[3] / "shared/monitoring/recordings"
SHARED = Path(os.environ.get("MONITORING_RECORDINGS", _SHARED))
SAMPLE = Path(__file__).parent / "recordings"
PLACES = {"$PORT": "8081", "$TLS_PORT": "8443", "$CLOSED_PORT": "8082"}


def recordings() -> list[Scenario]:
    """Those of ../shared, and those of the sample that aren't among them."""
    shared = [
        Scenario(path.parent.name, _name(path.stem), _placed(json.loads(path.read_text())))
        for path in sorted(SHARED.glob("*/*.json"))
    ]
    known = set(map(str, shared))
    return [*shared, *(scenario for scenario in _sample() if str(scenario) not in known)]


def _sample() -> list[Scenario]:
    return [
        Scenario(path.name.removesuffix(".json.gz"), name, _placed(data))
        for path in sorted(SAMPLE.glob("*.json.gz"))
        for name, data in json.loads(gzip.decompress(path.read_bytes())).items()
    ]


def _name(stem: str) -> str:
    return stem.partition("-monitor-")[2]


def _placed(data: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(data)
    for name in sorted(PLACES, key=len, reverse=True):
        text = text.replace(name, PLACES[name])
    placed: dict[str, Any] = json.loads(text)
    return placed


def expected(scenario: Scenario) -> list[Any]:
    """Hooks with their words, Borg's commands with their repository, requests without their way there."""
    found: list[Any] = []
    for event in scenario.data["trace"]:
        if event["event"] == "http":
            found.append(request_of(event))
        elif event["event"] == "hook":
            found.append(["hook", *" ".join(event["argv"]).split()])
        elif not event["probe"]:
            argv = event["argv"]
            subcommand = next((word for word in argv if not word.startswith("-")), "")
            repository = next((word.split("::")[0] for word in argv if "/repos/" in word), "")
            found.append(["borg", subcommand, repository])
    return found


def request_of(event: dict[str, Any]) -> dict[str, Any]:
    """A recorded request: what a service can see of it."""
    headers = {
        name: value
        for name, value in event.get("headers", {}).items()
        if name == "authorization" or name.startswith("x-")
    }
    origin = event.get("origin", "")
    return {
        "method": event["method"],
        "origin": "" if "127.0.0.1" in origin else origin,
        "path": event["path"],
        "query": event.get("query", ""),
        "headers": headers,
        "body": event.get("json", event.get("body") or ""),
    }
