"""Outstanding cleanups of many hosts: `borgplan recover` on each, which continues there whatever becomes of us."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from .ansible import Reach
from .contact import Ask, Found, contact
from .rollout_log import End, HostEnd
from .standing import Standing

_WAIT = 2.0  # seconds that a host waits for the end before it answers
_PAUSE = 1.0  # seconds between two rounds
_ENDS = {0: End.SUCCEEDED, 1: End.FAILED, 2: End.REFUSED}
_LAST_LINES = 12

Tell = Callable[[str, str, HostEnd | None, str], None]


class Recovery:
    """`hosts`: those with outstanding cleanups, and those that did not answer. `patience`: seconds after which a host
    that is not heard is given up."""

    def __init__(
        self, reach: Reach, name: str, found: Sequence[Standing], tell: Tell, patience: float
    ) -> None:
        self.id, self.ends = name, dict[str, HostEnd]()
        self._reach, self._tell, self._patience = reach, tell, patience
        self.hosts = [host.host for host in found if host.cleanups or not host.is_known]
        for host in found:
            if not host.is_known:
                how = End.UNREACHABLE if host.problem.startswith("unreachable") else End.UNKNOWN
                self._end(host.host, HostEnd(how, text=host.problem))
        self._heard_at = {name: time.monotonic() for name in self.hosts if name not in self.ends}
        self._started: set[str] = set()

    @property
    def running(self) -> list[str]:
        return [name for name in self.hosts if name not in self.ends]

    def run(self) -> None:
        """Until every host has ended, or is given up. Raises AnsibleError."""
        while self.running:
            for found in contact(self._reach, [self._ask(name) for name in self.running]):
                self._hear(found)
            for name in self.running:
                if time.monotonic() - self._heard_at[name] > self._patience:
                    self._end(name, HostEnd(End.UNKNOWN, text="it does not answer"))
            if self.running:
                time.sleep(_PAUSE)

    def _ask(self, name: str) -> Ask:
        state = "looked" if name in self._started else "started"
        return Ask(name, f"recover-{self.id}", state, "recover", wait=_WAIT)

    def _hear(self, found: Found) -> None:
        name = found.host
        if found.problem:
            self._tell(name, "lost", None, found.problem)
            return
        self._heard_at[name] = time.monotonic()
        if name not in self._started:
            self._started.add(name)
            self._tell(name, "started", None, "")
        if found.how != "running":
            text = "\n".join(found.output.strip().splitlines()[-_LAST_LINES:])
            code = found.code if found.how == "ended" else None
            end = End.INTERRUPTED if code is None else _ENDS.get(code, End.INTERRUPTED)
            self._end(name, HostEnd(end, code, text="" if end is End.SUCCEEDED else text))

    def _end(self, name: str, end: HostEnd) -> None:
        self.ends[name] = end
        self._tell(name, "ended", end, "")
