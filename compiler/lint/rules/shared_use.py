"""What several configuration files use, each as if it were alone: dumps, archives of one repository."""

from __future__ import annotations

from collections.abc import Iterable

from ...borg.series import can_meet
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...source.span import Span
from ...support.record import NamedTuple
from .dump_places import dumps
from .pruning import prunings


class Use(NamedTuple):
    """A dump that a file writes, or with `prunes` a repository in which it prunes archives that fit
    `pattern` (None: all). Small, as it travels between processes."""

    file: str
    span: Span
    thing: str
    prunes: bool = False
    pattern: str | None = None


def uses(compilation: Compilation) -> tuple[Use, ...]:
    """What a file uses that others may use too."""
    written = (Use(c.configuration.path, c.command.span, path) for path, c in dumps(compilation))
    pruned = (
        Use(p.configuration.path, p.span, p.repository, True, p.pattern)  # noqa: FBT003
        for p in prunings(compilation)
    )
    return (*written, *pruned)


def shared_use(found: Iterable[Use], diagnostics: Diagnostics) -> None:
    """BP344: two files write the same dump. BP440: each prunes what the other is to keep."""
    first: dict[tuple[bool, str], Use] = {}
    for use in found:
        other = first.setdefault((use.prunes, use.thing), use)
        if other.file != use.file and not (use.prunes and _apart(other.pattern, use.pattern)):
            diagnostics.append(_archives(other, use) if use.prunes else _dump(other, use))


def _apart(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    return not can_meet(one, other)


def _dump(other: Use, use: Use) -> Diagnostic:
    return Diagnostic(
        "BP344",
        Severity.WARNING,
        f"another configuration file also writes {use.thing}: one dump replaces the other",
        use.span,
        "use different names",
        (("the other one", other.span),),
    )


def _archives(other: Use, use: Use) -> Diagnostic:
    return Diagnostic(
        "BP440",
        Severity.WARNING,
        f"{other.file} also backs up to {use.thing}, and both prune the same archives: each deletes "
        "archives that the other should keep",
        use.span,
        "use a different `archive_name_format` in each file, such as `{hostname}-home-{now}` and "
        "`{hostname}-mail-{now}`",
        (("the other file", other.span),),
    )
