"""`apply --traces`: what a collector gets of a run, decoded."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.place import FLAT, Place
from tests.support.web import Web, web

service_of = pytest.importorskip(
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2",
    reason="the extra `traces` isn't installed",
)
ALL = ("apply", "--semantics", "2.1", "-a", "create,prune")
HOOKS = "commands: [{before: configuration, run: ['true https://me:hunter2@host/']}]\n"


@pytest.fixture
def collector() -> Iterator[Web]:
    with web() as found:
        yield found


def spans(collector: Web) -> list[Any]:
    found = []
    for seen in collector.seen:
        body = gzip.decompress(seen.body) if seen.body[:2] == b"\x1f\x8b" else seen.body
        message = service_of.ExportTraceServiceRequest.FromString(body)
        for resource in message.resource_spans:
            for scope in resource.scope_spans:
                found += scope.spans
    return found


def test_a_span_for_each_scope_and_step(place: Place, collector: Web) -> None:
    place.program("borg", 'case "$1" in prune) exit 2 ;; esac\n')
    place.write("c.yaml", FLAT + HOOKS)
    url = collector.url("/v1/traces")
    ran = place.run(*ALL, "--traces", url, "c.yaml")
    assert ran.code == 1
    assert "traces" not in ran.err
    found = spans(collector)
    by_id = {span.span_id: span for span in found}
    around = {span.name: getattr(by_id.get(span.parent_span_id), "name", "") for span in found}
    assert around["run"] == ""
    assert around["configuration c.yaml"] == "run"
    assert around["repository repo"] == "configuration c.yaml"
    assert around["action create"] == "repository repo"
    assert around["borg create"] == "action create"
    assert around["borg prune"] == "action prune"
    assert len({span.trace_id for span in found}) == 1
    failed = {span.name for span in found if span.status.code == 2}
    assert failed == {
        "run",
        "configuration c.yaml",
        "repository repo",
        "action prune",
        "borg prune",
    }
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in found)
    root = next(span for span in found if span.name == "run")
    assert {a.key: a.value.string_value for a in root.attributes}["borgplan.exit_code"] == "1"
    assert not any(b"hunter2" in span.SerializeToString() for span in found)


@pytest.mark.parametrize("path", ["/status/404", "/hang-up"])
def test_a_collector_that_fails_changes_nothing(place: Place, collector: Web, path: str) -> None:
    place.write("c.yaml", FLAT)
    ran = place.run(*ALL, "--traces", collector.url(path), "c.yaml")
    assert ran.code == 0
    assert "The traces could not be sent" in ran.err
    assert "internal error" not in ran.err


@pytest.mark.parametrize("url", ["localhost:4318", "ftp://x/", "http://me:secret@localhost/"])
def test_no_endpoint(place: Place, url: str) -> None:
    place.write("c.yaml", FLAT)
    ran = place.run(*ALL, "--traces", url, "c.yaml")
    assert ran.code == 2
    assert "takes a URL" in ran.err
    assert place.trace == []


def test_a_dry_run_sends_nothing(place: Place, collector: Web) -> None:
    place.write("c.yaml", FLAT)
    place.run(*ALL, "-n", "--traces", collector.url(), "c.yaml")
    assert collector.seen == []


def test_the_library_is_loaded_only_for_traces(place: Place, tmp_path: Path) -> None:
    place.write("c.yaml", FLAT)
    script = (
        "import json, sys\nfrom borgplan.runtime import main\n"
        "main.main(['apply', '-q', '-a', 'create', 'c.yaml'])\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=place.path, env=place.environment, text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    loaded = json.loads(ran.stdout.splitlines()[-1])
    assert not [name for name in loaded if name.startswith(("opentelemetry", "google.protobuf"))]
    assert "borgplan.runtime.report.traces" not in loaded
