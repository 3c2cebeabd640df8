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
    """`on_failure`: of one of them. `together`: whether all of them begin at once, before the archive. `once`: whether all
    repositories of a file get the same ones."""

    on_failure: OnDumpFailure = OnDumpFailure.STOP
    together: bool = False
    once: bool = False


def dumping(
    failure: Text | None, together: Text | None, once: Text | None, *, diagnostics: Diagnostics
) -> Dumping:
    """The choices that a project file makes (BP702)."""
    known = [choice.value for choice in OnDumpFailure]
    if failure is not None and failure.text not in known:
        message = f"`on_dump_failure` is one of {', '.join(known)}"
        diagnostics.error("BP702", message, failure.span)
        return Dumping()
    found = Dumping(
        OnDumpFailure(failure.text) if failure else OnDumpFailure.STOP,
        is_on(together),
        is_on(once),
    )
    if found.on_failure is not OnDumpFailure.KEEP_FILES:
        return found
    for switch, name, why in (
        (together, "dump_together", "dumps that begin together fail together"),
        (once, "dump_once", "a dump that fails is missing in every repository"),
    ):
        if switch is not None and is_on(switch):
            message = f"`{name}` is not possible with `on_dump_failure: keep-files`: {why}"
            diagnostics.error("BP702", message, switch.span)
    return found


def is_on(switch: Text | None) -> bool:
    """Whether a setting that is `true` or `false` is there and true."""
    return switch is not None and switch.text == "true"
