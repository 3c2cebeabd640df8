"""How databases are dumped, as a project file says."""

from __future__ import annotations

from ..source.diagnostic import Diagnostics
from ..source.span import Text
from ..support.enums import Enum
from ..support.record import NamedTuple


class OnDumpFailure(Enum):
    """What the failure of a dump costs."""

    STOP = "stop"  # the archive
    KEEP_FILES = "keep-files"  # that dump; the archive stays incomplete


class Dumping(NamedTuple):
    """`on_failure`: of one of them. `together`: whether all of them begin at once, before the archive."""

    on_failure: OnDumpFailure = OnDumpFailure.STOP
    together: bool = False


def dumping(failure: Text | None, together: Text | None, diagnostics: Diagnostics) -> Dumping:
    """The choices that a project file makes (BP702)."""
    known = [choice.value for choice in OnDumpFailure]
    if failure is not None and failure.text not in known:
        message = f"`on_dump_failure` is one of {', '.join(known)}"
        diagnostics.error("BP702", message, failure.span)
        return Dumping()
    found = Dumping(
        OnDumpFailure(failure.text) if failure else OnDumpFailure.STOP,
        together is not None and together.text == "true",
    )
    if together is not None and found.together and found.on_failure is OnDumpFailure.KEEP_FILES:
        message = "`dump_together` is not possible with `on_dump_failure: keep-files`: dumps that begin together fail together"
        diagnostics.error("BP702", message, together.span)
    return found
