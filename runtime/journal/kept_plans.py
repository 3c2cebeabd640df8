"""The plan of the last run of the same files with the same actions, kept in borgplan's state.

Beside the plan stands a short text, so that it can be told without reading JSON whether anything is
different: a line that says what is kept, one for the whole and one for each step, with checksums.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from zlib import crc32

from ...compiler.plan.model import Plan, Scope, Step
from ...compiler.support.record import TYPE_CHECKING
from ..system.files import replace
from ..system.host import RealHost, reason
from ..system.paths import state_directory
from ..system.trusted_way import made
from ..system.version import VERSION

if TYPE_CHECKING:
    from ...compiler.driver.request import CompileRequest

_LONGEST = 64 * 1024 * 1024


def path_of(request: CompileRequest, host: RealHost) -> str:
    """Where the plan of the last such run is, if there was one."""
    files = [os.path.abspath(path) for path in request.configs]
    actions = [action.value for action in request.actions]
    text = repr((files, actions, request.repository, tuple(request.options)))
    directory = state_directory(host.environment, host.home, root=os.geteuid() == 0)
    return f"{directory}/last/{crc32(text.encode('utf-8', 'surrogateescape')):08x}.json"


def keep(path: str, plan: Plan, digest: str, request: CompileRequest, home: str) -> str:
    """Keep the plan of a run that begins, unless it was the last one's too. Why it can't be, or nothing.

    `digest`: of the plan and its inputs. `request`: what asked for it. `home`: what `~` stands for.
    """
    mark = f"{digest} {_sum((request, home))} borgplan {VERSION}"
    if _is_kept(path, mark):
        return ""
    from ...compiler.driver.saved_plan import SavedPlan, to_text

    try:
        made(os.path.dirname(path))
        replace(path, to_text(SavedPlan(plan, request, VERSION, home), compact=True).encode())
        sums = "".join(f"{line}\n" for line in (mark, *_sums(plan)))
        replace(_sums_path(path), sums.encode())
    except OSError as error:
        return reason(error)
    return ""


def _is_kept(path: str, mark: str) -> bool:
    try:
        with open(_sums_path(path), encoding="utf-8") as file:
            return file.readline() == f"{mark}\n" and os.path.exists(path)
    except (OSError, UnicodeDecodeError):
        return False


def difference(plan: Plan, path: str) -> str:
    """In how much a plan differs from the one kept there, in words; nothing if it doesn't.

    Nothing is said either where another version of borgplan kept it.
    """
    try:
        with open(_sums_path(path), encoding="utf-8") as file:
            old = file.read(_LONGEST).splitlines()[1:]
    except (OSError, UnicodeDecodeError):
        return ""
    new = _sums(plan)
    if not old or old[0] == new[0] or old[0].partition(" ")[2] != new[0].partition(" ")[2]:
        return ""
    number = _changed(old[1:], new[1:])
    if not number:
        return "the order, or what a failure means, has changed since the last run"
    return f"{number} {'step' if number == 1 else 'steps'} changed since the last run"


def _changed(old: Iterable[str], new: Iterable[str]) -> int:
    """A step that is gone and one that is new are taken for one that changed."""
    before, after = _by_name(old), _by_name(new)
    gone = sum(name not in after for name in before)
    come = sum(name not in before for name in after)
    different = sum(before.get(name, crc) != crc for name, crc in after.items())
    return different + max(gone, come)


def _by_name(lines: Iterable[str]) -> dict[str, str]:
    return {name: crc for crc, _, name in (line.partition(" ") for line in lines)}


def _sums_path(path: str) -> str:
    return f"{path.removesuffix('.json')}.sums"


def _sums(plan: Plan) -> list[str]:
    """First the whole, and who says so; then the steps, each with its id."""
    steps = [f"{_sum(_of_step(step))} {step.id!r}" for step in plan.steps]
    scopes = [_of_scope(scope) for scope in plan.scopes]
    return [
        f"{_sum((scopes, steps, plan.scratch, plan.logs, plan.metrics))} borgplan {VERSION}",
        *steps,
    ]


def _sum(value: object) -> str:
    return f"{crc32(repr(value).encode('utf-8', 'surrogateescape')):08x}"


def _of_step(step: Step) -> tuple[object, ...]:
    """What it does, wherever it is written and why."""
    return step.trigger, step.work, step.on_soft, step.on_hard, step.timeout, step.repeat


def _of_scope(scope: Scope) -> tuple[object, ...]:
    return scope.id, scope.on_child_skipped, scope.on_child_failed, scope.retry
