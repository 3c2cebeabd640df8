"""What monitoring services are told, and when, by generation; loaded only for a file that names one.

Source: recorded runs of 1.3.25 to 2.1.10 with a server that recorded all requests. Where borgplan tells more
than a release did, `divergences.py` says so: a failure is told in every generation.
"""

from __future__ import annotations

from ..plan.model import Trigger
from ..support.enums import Enum
from ..support.record import NamedTuple
from .profile import Profile


class State(Enum):
    """What services are told of a run over one file."""

    START = "start"
    LOG = "log"
    FINISH = "finish"
    FAIL = "fail"
    SKIP = "skip"  # ended softly; only for messages of the project file


class Monitoring(NamedTuple):
    """From the releases `first` on.

    `actions`: those of which services are told, if one of them is asked for. `order`: of the services; none for
    the alphabet. `start_last`: START comes after the file's before-hooks, so that a failing one is told without.
    `fail_last`: error hooks come before FAIL. `log_last`: and before LOG. `finish`: when it ended well.
    `logs`: whether bodies can hold what the run tells; `level`: how much of it where nothing is said,
    `sends`: and whether unless asked. `ping`: the method by which healthchecks is told. `headers`: ntfy is told by
    headers rather than JSON. `name`: what ntfy's default messages call the program.
    """

    first: tuple[int, ...]
    actions: frozenset[str]
    order: tuple[str, ...]
    start_last: bool
    fail_last: bool
    log_last: bool
    finish: Trigger
    log_state: bool
    logs: bool
    level: int
    sends: bool
    ping: str
    headers: bool
    name: str

    def final(self, state: State) -> tuple[Trigger, ...]:
        """When a state is told after everything else of a file, any of these; none for START."""
        if state is State.START:
            return ()
        if state is State.LOG:
            is_soft_silent = self.finish is Trigger.WELL
            return (Trigger.WELL, Trigger.FAILED) if is_soft_silent else (Trigger.ENDED,)
        return (self.finish if state is State.FINISH else Trigger.FAILED,)

    def ordered(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Services in the order in which they are told."""
        if not self.order:
            return tuple(sorted(names))
        return tuple(sorted(names, key=self.order.index))


_PRIMARY = frozenset({"create", "prune", "compact", "check"})

_1_3 = Monitoring(
    (1, 3), frozenset({"create"}), ("healthchecks", "cronitor", "cronhub", "pagerduty", "ntfy"),
    start_last=True, fail_last=True, log_last=True, finish=Trigger.WELL, log_state=False, logs=False,
    level=0, sends=True, ping="GET", headers=True, name="Borgmatic",
)  # fmt: skip
_1_5 = _1_3._replace(first=(1, 5), actions=_PRIMARY, logs=True, ping="POST")
_1_6 = _1_5._replace(first=(1, 6), start_last=False)
_1_7_9 = _1_6._replace(first=(1, 7, 9), log_last=False, log_state=True)
_1_8 = _1_7_9._replace(first=(1, 8), order=(), finish=Trigger.UNFAILED, level=1, name="borgmatic")
_2_0 = _1_8._replace(first=(2, 0), fail_last=False)
_2_1 = _2_0._replace(first=(2, 1), sends=False, headers=False)
_GENERATIONS = (_1_3, _1_5, _1_6, _1_7_9, _1_8, _2_0, _2_1)


def monitoring_of(profile: Profile) -> Monitoring:
    """What services are told in a generation."""
    return [found for found in _GENERATIONS if found.first <= profile.first][-1]
