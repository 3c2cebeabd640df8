"""Saved plans as files: known by their content, written, and read believing nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable

from ...compiler.source.diagnostic import Diagnostics
from ...compiler.source.host import Host, UnreadableError
from ...compiler.source.span import Span
from ...compiler.support.record import TYPE_CHECKING
from ..system.host import beginning, reason

if TYPE_CHECKING:
    from typing import TypeVar

    from ...compiler.driver.compile import Compilation
    from ...compiler.driver.request import CompileRequest
    from ...compiler.driver.saved_plan import SavedPlan
    from ...compiler.plan.model import Plan

    _T = TypeVar("_T")


_LARGEST = 512 * 1024 * 1024
_LOOKED_AT = 64 * 1024  # the format is among the first keys


def is_saved(path: str) -> bool:
    """Whether a file says of itself that it is a saved plan."""
    return _begins_with(path, b'"borgplan-saved-plan"')


def is_plan(path: str) -> bool:
    """Whether a file says that it is a saved plan, or what `plan --format json` prints."""
    return is_saved(path) or _begins_with(path, b'"borgplan-plan"')


def _begins_with(path: str, sign: bytes) -> bool:
    start = beginning(path, _LOOKED_AT).lstrip()
    return start.startswith(b"{") and sign in start


def load(path: str, host: Host, diagnostics: Diagnostics) -> SavedPlan | None:
    """The saved plan in a file; None after recording what is wrong with it (BP101, BP511)."""
    from ...compiler.driver.saved_plan import from_text

    return _read(path, host, from_text, diagnostics)


def load_plan(path: str, host: Host, diagnostics: Diagnostics) -> Plan | None:
    """The plan in a saved one, or in what `plan --format json` prints; None as `load`."""
    from ...compiler.driver.saved_plan import plan_in

    return _read(path, host, plan_in, diagnostics)


def _read(
    path: str, host: Host, decode: Callable[[str], _T], diagnostics: Diagnostics
) -> _T | None:
    from ...compiler.support.json_reader import WrongShapeError

    try:
        return decode(host.read(path, _LARGEST).decode())
    except UnreadableError as error:
        diagnostics.error("BP101", str(error), Span(path))
    except UnicodeDecodeError:
        diagnostics.error("BP511", "the plan is damaged: not valid UTF-8", Span(path))
    except WrongShapeError as error:
        where = f"{error.where}: " if error.where else ""
        span = Span(path, error.line, error.column)
        diagnostics.error(
            "BP511", f"the plan can't be used: {where}{error}", span, "make a new one: plan -o FILE"
        )
    return None


def cannot_be_written(path: str) -> str:
    """Why no plan may be saved there, or nothing: only plans are replaced, never anything else.

    A link isn't followed: replacing it would take away what it stands for, as with /dev/stdout.
    """
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        return reason(error)
    if stat.S_ISDIR(found.st_mode):
        return "is a directory"
    if not stat.S_ISREG(found.st_mode):
        return "is not a regular file"
    return "" if found.st_size == 0 or is_saved(path) else "exists, and is not a saved plan"


def saved(compilation: Compilation, plan: Plan, request: CompileRequest, home: str) -> SavedPlan:
    """A plan with all that goes into its file."""
    from ...compiler.driver.saved_plan import SavedPlan
    from ...compiler.plan.as_json import stamped
    from ..system.version import VERSION

    return SavedPlan(stamped(plan, compilation.files), request, VERSION, home)
