"""Traces for OpenTelemetry: a span for the run, for each scope and for each step of it, sent by OTLP over HTTP when the
run is over.

`Noted` takes part in a run and loads nothing; `send` loads the library, which is an extra. No output of steps and no
secrets: what spans say of a step is what `--events` says.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Scope, ScopeId, ScopeKind, Step
from ...compiler.shell.passwords import hidden
from ...compiler.support.record import NamedTuple
from ..engine.runner import Result
from ..engine.wording import ending, subject
from ..system.version import VERSION

LIBRARY = "opentelemetry.exporter.otlp.proto.http"
_SECONDS = 10  # for all tries together
_AT_ONCE = 512  # spans in a request
_BILLION = 1_000_000_000


class Attempt(NamedTuple):
    """One time that a step ran; times in nanoseconds since 1970."""

    step: Step
    began: int
    ended: int
    result: Result

    @property
    def failed(self) -> bool:
        return self.result.outcome in (Outcome.HARD, Outcome.INTERRUPTED)


class Noted:
    """A reporter that notes when steps began and how they ended."""

    def __init__(self) -> None:
        self.began = time.time_ns()
        self.attempts: list[Attempt] = []

    def started(self, step: Step) -> None: ...

    def ended(self, step: Step, result: Result) -> None:
        now = time.time_ns()
        self.attempts.append(Attempt(step, now - int(result.seconds * _BILLION), now, result))

    def repeated(self, scope: Scope, attempt: int) -> None: ...

    def again(self, step: Step, attempt: int) -> None: ...


def send(url: str, plan: Plan, noted: Noted, run: str, exit_code: int) -> str:
    """Send a run's spans to an endpoint; what went wrong, in words, or empty."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import SpanExportResult

    log = logging.getLogger("opentelemetry")
    log.addHandler(logging.NullHandler())
    log.propagate = False  # it would print addresses
    spans = _spans(plan, noted, run, exit_code)
    exporter = OTLPSpanExporter(endpoint=url, timeout=_SECONDS)
    until = time.monotonic() + _SECONDS
    try:
        for first in range(0, len(spans), _AT_ONCE):
            if time.monotonic() > until:
                return f"the endpoint took longer than {_SECONDS} s"
            if exporter.export(spans[first : first + _AT_ONCE]) is not SpanExportResult.SUCCESS:
                return "the endpoint didn't take them"
    except Exception as error:  # noqa: BLE001  # of the library: no run fails of it
        return f"failed of a bug: {type(error).__name__}"
    finally:
        exporter.shutdown()  # type: ignore[no-untyped-call,unused-ignore]
    return ""


def _spans(plan: Plan, noted: Noted, run: str, exit_code: int) -> Sequence[Any]:
    """Ended spans: the run's, in it those of the scopes of which a step ran, in them those of steps."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import set_span_in_context
    from opentelemetry.trace.status import Status, StatusCode

    provider = TracerProvider(
        resource=Resource.create({"service.name": "borgplan", "service.version": VERSION})
    )
    tracer = provider.get_tracer("borgplan", VERSION)
    tree = index(plan)
    lasted = _lasted(plan, noted)
    root = plan.scopes[0]
    found: dict[ScopeId, Any] = {}
    for scope in plan.scopes:
        if scope.id not in lasted and scope != root:
            continue
        began, _, _ = lasted.get(scope.id, (noted.began, 0, 0))
        parent = found.get(scope.parent or "")
        around = None if parent is None else set_span_in_context(parent)
        about = {"borgplan.scope": scope.id, "borgplan.kind": scope.kind.value}
        if scope == root:
            about |= {"borgplan.run": run, "borgplan.exit_code": str(exit_code)}
        name = "run" if scope == root else f"{scope.kind.value} {scope.label or scope.name}"
        found[scope.id] = tracer.start_span(
            hidden(name), around, attributes=about, start_time=began
        )
    steps = []
    for attempt in noted.attempts:
        step, result = attempt.step, attempt.result
        span = tracer.start_span(
            hidden(subject(step)), set_span_in_context(found[step.scope]),
            attributes={
                "borgplan.step": step.id,
                "borgplan.role": step.role.value,
                "borgplan.outcome": result.outcome.value,
                "borgplan.repository": tree.name_of(step.scope, ScopeKind.REPOSITORY),
                **({} if result.code is None else {"borgplan.code": result.code}),
            },
            start_time=attempt.began,
        )  # fmt: skip
        if attempt.failed:
            span.set_status(Status(StatusCode.ERROR, hidden(ending(result))))
        span.end(attempt.ended)
        steps.append(span)
    for scope_id, span in found.items():
        _, ended, failures = lasted.get(scope_id, (0, noted.began, 0))
        if failures or (scope_id == root.id and exit_code):
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)
    return [*found.values(), *steps]


def _lasted(plan: Plan, noted: Noted) -> dict[ScopeId, tuple[int, int, int]]:
    """For each scope of which something ran: from when to when, and how many attempts in it failed."""
    tree = index(plan)
    found: dict[ScopeId, tuple[int, int, int]] = {}
    for attempt in noted.attempts:
        for scope in tree.with_ancestors(attempt.step.scope):
            began, ended, failures = found.get(scope.id, (attempt.began, attempt.ended, 0))
            found[scope.id] = (
                min(began, attempt.began), max(ended, attempt.ended), failures + attempt.failed,
            )  # fmt: skip
    return found
