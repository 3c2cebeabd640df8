"""Whether a saved plan is still what its inputs would give, and if not, which input is to blame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..config.discover import PROJECT
from ..config.interpolate import ENVIRONMENT
from ..diff.plans import Change, Kind
from ..plan.model import ScopeKind
from ..support.record import NamedTuple
from .saved_plan import SavedPlan


class Present(NamedTuple):
    """How things are now. `digests`: of the plan's inputs, None for one that can't be read.

    `read`: what compiling again has read; None if the files can't be compiled any more. `changes`:
    from the saved plan to the one they give now. `host`: the name of this machine.
    """

    digests: Mapping[str, str | None]
    read: Mapping[str, bytes] | None
    changes: tuple[Change, ...]
    version: str
    home: str
    host: str = ""


def reasons(saved: SavedPlan, now: Present) -> list[str]:
    """What has changed, in words; empty for a plan that is as good as new."""
    found = [*_machine(saved, now), *_inputs(saved, now), *_facts(now.changes)]
    if now.read is None:
        return [*found, "its configuration can no longer be compiled"]
    return found or ([_surroundings(saved, now)] if now.changes else [])


def _machine(saved: SavedPlan, now: Present) -> Iterator[str]:
    """A plan made from the facts of a machine is for that one."""
    recorded = saved.plan.recorded
    if recorded is not None and recorded.host != now.host:
        yield f"the plan was made from facts of {recorded.host}, and this is {now.host}"


def _inputs(saved: SavedPlan, now: Present) -> Iterator[str]:
    """Files by their bytes."""
    plan = saved.plan
    recorded = {item.path: item.digest for item in plan.inputs}
    for path, digest in recorded.items():
        present = now.digests[path]
        if present is None:
            yield f"{_kind(path, saved)} {path} can no longer be read"
        elif present != digest:
            yield f"{_kind(path, saved)} {path} has changed"
        elif now.read is not None and path not in now.read:
            yield f"{_kind(path, saved)} {path} is no longer read"
    for path in now.read or ():
        if path not in recorded:
            yield f"{_kind(path, saved)} {path} is now read, and was not before"


def _kind(path: str, saved: SavedPlan) -> str:
    if path == saved.request.project or path.rpartition("/")[2] == PROJECT:
        return "the project file"
    scopes = saved.plan.scopes
    if any(scope.kind is ScopeKind.CONFIGURATION and scope.name == path for scope in scopes):
        return "the configuration"
    return "the file"


def _facts(changes: Iterable[Change]) -> Iterator[str]:
    """What was found out before planning: Borg's version, repositories, checks that are due."""
    for change in changes:
        if change.about == "fact":
            (field,) = change.fields
            match change.kind:
                case Kind.ADDED:
                    yield f"{change.subject}: {field.new} now"
                case Kind.REMOVED:
                    yield f"{change.subject}: no longer {field.old}"
                case Kind.CHANGED:
                    yield f"{change.subject}: {field.old} then, {field.new} now"


def _surroundings(saved: SavedPlan, now: Present) -> str:
    """The same files give another plan: what they refer to has changed, or who reads them."""
    if now.home != saved.home:
        return f"the home directory changed from {saved.home} to {now.home}"
    if now.version != saved.made_by:
        return (
            f"borgplan {saved.made_by} made it, and borgplan {now.version} makes a different plan"
        )
    names = sorted(_variables(now.read or {})) if saved.request.interpolates else []
    if names:
        several = "one of " if len(names) > 1 else ""
        return f"the environment: {several}{', '.join(names)} has a different value"
    return "the same files now give a different plan on this machine"


def _variables(files: Mapping[str, bytes]) -> set[str]:
    """The names that `${NAME}` in these files refers to."""
    texts = (data.decode("utf-8", "replace") for data in files.values())
    return {m[2] for text in texts for m in ENVIRONMENT.finditer(text) if not m[1]}
