"""Requests of a run: each is given what it needs of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...compiler.plan.model import Step
from ...compiler.plan.words import Value
from ...compiler.plan.work import Request
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from ..engine.runner import Result
from .http import Around, send
from .launcher import Launcher
from .secrets import Secrets
from .signals import Relay, Signals

if TYPE_CHECKING:
    from .log_streams import LogStreams


class Sender(NamedTuple):
    """`environment`: says how servers are reached. `tell`: is told when a signal ends a request."""

    launcher: Launcher
    secrets: Secrets
    signals: Signals | Relay
    environment: Mapping[str, str]
    tell: Callable[[str], None] | None
    streams: LogStreams | None

    def send(self, step: Step, request: Request, values: Mapping[Value, str]) -> Result:
        """Raises AbortedError when a second signal comes."""
        if request.stream is None:
            return send(step, request, self._around(step, values))
        from .log_streams import send_lines

        return send_lines(
            step, request, request.stream, values, lambda known: self._around(step, known), self.streams
        )  # fmt: skip

    def _around(self, step: Step, values: Mapping[Value, str]) -> Around:
        # It has no use for files: without descriptors to inherit, there is nothing to close.
        return Around(
            resolve=lambda word: self.launcher.word(word, values, [], step.timeout),
            masks=self.secrets.masks,
            learn=self.secrets.learn,
            signals=self.signals,
            environment=self.environment,
            tell=self.tell,
        )
