"""What is backed up, as paths on the machine: which of them can be read from snapshots at all, and what is said of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from posixpath import dirname, join, normpath

from ..borg.matching import is_wholly_left_out
from ..borg.pattern_lines import ROOTS, RULES
from ..borg.patterns import Selection
from ..borg.target import Target
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..source.span import Span
from ..source.volumes import Volume
from ..support.record import NamedTuple
from .layout import Layout, is_within


class Source(NamedTuple):
    """A source as it is written, and where it is. `link`: the symbolic link on the way to it, and `real` where it is
    then; both empty if there is none. In the folder of a run such a link would lead out of the snapshots."""

    path: str
    absolute: str
    span: Span
    link: str = ""
    real: str = ""


def start_of(target: Target) -> str:
    """Where relative sources begin."""
    return normpath(join(target.host.directory, target.directory or ""))


def sources_of(target: Target, chosen: Selection) -> list[Source]:
    """All of a selection."""
    found = []
    for written in chosen.written:
        if written.line.letter in ROOTS:
            absolute = join(start_of(target), written.line.value)
            link, real = _link_on_the_way(absolute, target.host)
            found.append(Source(written.line.value, absolute, written.span, link, real))
    return found


def _link_on_the_way(absolute: str, host: Host) -> tuple[str, str]:
    """The first link that the operating system follows to get to a path; the last name of the path is stored itself."""
    path = ""
    names = normpath(absolute).strip("/").split("/")
    for number, name in enumerate(names[:-1], 1):
        path = f"{path}/{name}"
        leads_to = host.link(path)
        if leads_to is not None:
            return path, normpath(join(dirname(path), leads_to, *names[number:]))
    return "", ""


def exclusion(chosen: Selection, sources: Sequence[Source]) -> Callable[[str, str], bool]:
    """Whether patterns leave nothing of a path below a source. Unknown, and so not, where some of them aren't known, and
    for relative sources, whose paths they fit otherwise."""
    rules = [written.line for written in chosen.written if written.line.letter in RULES]
    absolute = {normpath(source.path) for source in sources if source.path.startswith("/")}
    if not (rules and chosen.complete):
        return lambda _path, _source: False
    return lambda path, source: source in absolute and is_wholly_left_out(path, source, rules)


def tell_of_live(
    found: Layout, sources: Sequence[Source], volumes: Sequence[Volume], diagnostics: Diagnostics
) -> None:
    """BP470: what is not read from a snapshot although snapshots are configured."""
    by_path = {source.absolute: source for source in sources}
    for path in found.live:
        source = by_path[path]
        below = [v.point for v in volumes if v.point and is_within(v.point, normpath(path))]
        why, more, hint = "lies in no volume that can be snapshotted", "", ""
        if source.link:
            why, hint = f"is reached through the link {source.link}", f"name {source.real} instead"
        elif below:
            more = f", and so are the volumes below it ({', '.join(below[:3])})"
            hint = f"name {below[0]} as a source, too"
        diagnostics.warning(
            "BP470", f"{path} {why}: it is read while it may change{more}", source.span, hint
        )
