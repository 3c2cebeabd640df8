"""How a step ended, and how exit codes are read."""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import NamedTuple


class Outcome(Enum):
    """How a step ended."""

    DONE = "done"
    SOFT = "soft"  # it asked to leave quietly, by exit code
    HARD = "hard"
    INTERRUPTED = "interrupted"


Ranges = tuple[tuple[int, int], ...]
# Exit codes from here on are a shell's and a system's, never Borg's own: 126 and 127 for a command that could
# not be started, 128+n for one that signal n ended. Borg's own end with 125 at most.
FIRST_DEATH = 126


class ExitCodes(NamedTuple):
    """How exit codes are read: inclusive ranges. 0 is done, all others and every signal are hard.

    `warning` and `forgiven` say what a code may be; whether it is that, a command's own log decides
    (`runtime/process/verdict.py`). From `FIRST_DEATH` on, and for signals, no range counts. `soft_fails_run`: a soft failure is
    followed where it leads, and the run is not called a success.
    """

    soft: Ranges = ()
    warning: Ranges = ()  # done, but worth telling
    soft_fails_run: bool = False
    forgiven: Ranges = ()  # done or a warning, even if Borg tells an error: somebody has chosen that

    def outcome(self, code: int) -> Outcome:
        """`code` as the operating system gives it; negative is death by that signal."""
        if code == 0 or self.is_warning(code):
            return Outcome.DONE
        return Outcome.SOFT if _holds(self.soft, code) else Outcome.HARD

    def is_warning(self, code: int) -> bool:
        return _holds(self.warning, code)

    def forgives(self, code: int) -> bool:
        return _holds(self.forgiven, code)


def _holds(ranges: Ranges, code: int) -> bool:
    return 0 <= code < FIRST_DEATH and any(low <= code <= high for low, high in ranges)
