"""What several configuration files use, each as if it were alone: dumps, archives of one repository."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...borg.pattern_lines import Line
from ...borg.preflight import local_path
from ...borg.series import can_meet
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...source.host import Host
from ...source.span import Span
from ...support.enums import Enum
from ...support.record import NamedTuple
from .dump_places import dumps
from .pruning import prunings
from .sources import Places, absolute, chosen, is_copied, within


class Kind(Enum):
    """What is used."""

    DUMP = "dump"  # a file that a hook writes
    ARCHIVES = "archives"  # those of a repository that are pruned
    REPOSITORY = "repository"
    SOURCE = "source"


class Use(NamedTuple):
    """What a file uses, and `thing`, which one: a path, or a repository's location. `pattern`: which archives are
    pruned (None: all), or where a repository is on this machine; `rules`: of a source. Small, as it travels between
    processes."""

    file: str
    span: Span
    thing: str
    kind: Kind = Kind.DUMP
    pattern: str | None = None
    rules: tuple[Line, ...] = ()


def uses(compilation: Compilation, host: Host) -> tuple[Use, ...]:
    """What a file uses that others may use too."""
    written = (Use(c.configuration.path, c.command.span, path) for path, c in dumps(compilation))
    pruned = (
        Use(p.configuration.path, p.span, p.repository, Kind.ARCHIVES, p.pattern)
        for p in prunings(compilation)
    )
    return (*written, *pruned, *_places(compilation, host))


def _places(compilation: Compilation, host: Host) -> list[Use]:
    """The repositories and sources of a file, each once."""
    found: dict[tuple[Kind, str], Use] = {}
    for one in chosen(compilation, host):
        target, rules = one.target, tuple(written.line for written in one.rules)
        file, place = target.configuration.path, target.repository.span
        local = local_path(target)
        use = Use(file, place, target.location, Kind.REPOSITORY, local)
        found.setdefault((use.kind, use.thing), use)
        for root in one.roots:
            top = absolute(target, root.line.value).rstrip("/")
            found.setdefault(
                (Kind.SOURCE, top), Use(file, root.span, top, Kind.SOURCE, rules=rules)
            )
    return list(found.values())


def shared_use(found: Iterable[Use], diagnostics: Diagnostics) -> None:
    """BP344: two files write the same dump. BP440: each prunes what the other is to keep. BP444: the repository of one
    is within the sources of another."""
    first: dict[tuple[Kind, str], Use] = {}
    used = list(found)
    for use in used:
        if use.kind in (Kind.REPOSITORY, Kind.SOURCE):
            continue
        other = first.setdefault((use.kind, use.thing), use)
        prunes = use.kind is Kind.ARCHIVES
        if other.file != use.file and not (prunes and _apart(other.pattern, use.pattern)):
            diagnostics.append(_archives(other, use) if prunes else _dump(other, use))
    _repositories_inside(used, diagnostics)


def _repositories_inside(used: Sequence[Use], diagnostics: Diagnostics) -> None:
    """Those of other files; a file's own are found when it is looked at."""
    repositories = {use.thing: use for use in used if use.kind is Kind.REPOSITORY}
    places = Places({name: use.pattern or "" for name, use in repositories.items()})
    own = {(use.file, use.thing) for use in used if use.kind is Kind.REPOSITORY}
    for source in used:
        if source.kind is not Kind.SOURCE:
            continue
        for path, location in places.inside(source.thing):
            if (source.file, location) in own or not is_copied(path, source.thing, source.rules):
                continue
            where = f"what {source.file} backs up"
            diagnostics.append(within(location, path, where, source.span))


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
