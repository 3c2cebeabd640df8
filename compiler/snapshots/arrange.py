"""What Borg backs up, read from snapshots: commands around it, and where it runs.

Every snapshot is mounted below one folder, as its volume is below `/`. Borg runs in that folder, and sources lose their first
slash: a relative path is stored, and compared with patterns, exactly like the absolute one. Measured with Borg 1.2.4
and 1.4.5: archives hold the original paths, and no pattern, of whichever style, has to be rewritten. The folder has the
same name in every run, as Borg's cache of known files goes by the full path.
"""

from __future__ import annotations

from posixpath import join

from ..borg.action_inputs import Directories
from ..borg.pattern_lines import Line
from ..borg.patterns import Selection, Written
from ..borg.target import Target
from ..plan.model import Fact
from ..source.diagnostic import Diagnostics
from ..source.span import Span
from ..source.volumes import Mounted, Volume, Volumes
from ..support.digest import sha256
from ..support.record import TYPE_CHECKING, NamedTuple
from .checks import check_effect
from .commands import below, commands
from .kind import Command, Kind, Naming, key_of
from .kinds import kinds_of
from .layout import Layout, is_within, layout
from .sources import Source, exclusion, sources_of, start_of, tell_of_live

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = "/run/borgplan/snapshots"


class Arrangement(NamedTuple):
    """`chosen`: the selection as Borg gets it. `directories`: where Borg runs, and where it does in a dry run, which takes
    no snapshots. `take`: commands before, in their order; `give`: after. `facts`: what is read from
    where, for people."""

    chosen: Selection
    directories: Directories
    take: tuple[Command, ...]
    give: tuple[Command, ...]
    facts: tuple[Fact, ...]
    name: str


class Machine(NamedTuple):
    """What is known of volumes and mounts; see `lower.selection.Facts`."""

    volumes: Mapping[str, Volumes]
    mounts: tuple[Mounted, ...]


def arrange(
    target: Target, chosen: Selection, machine: Machine, place: str, diagnostics: Diagnostics
) -> Arrangement | None:
    """None where nothing is read from a snapshot: after warnings (BP470), or an error (BP471, BP472). `place`: says
    which scope takes them."""
    kinds = kinds_of(target.settings)
    volumes = _volumes(target, kinds, machine, diagnostics)
    if volumes is None:
        return None
    wanted = _wanted(target, volumes, diagnostics)
    chosen = _with_roots(chosen, [volume.point for volume in wanted])
    sources = sources_of(target, chosen)
    linked = tuple(source.absolute for source in sources if source.link)
    one_file_system = target.settings.boolean("one_file_system") or False
    found = layout(
        [s.absolute for s in sources if not s.link], volumes, machine.mounts, one_file_system=one_file_system,
        is_excluded=exclusion(chosen, sources),
    )  # fmt: skip
    found = found._replace(live=(*found.live, *linked))
    check_effect(target.settings, kinds, found, diagnostics)
    tell_of_live(found, sources, volumes, diagnostics)
    if not found.volumes:
        return None
    snapped = {path for path, _ in found.snapped}
    if not _is_possible(target, sources, snapped, diagnostics):
        return None
    digest = sha256(place.encode("utf-8", "surrogateescape")).hexdigest()
    root = f"{BASE}/{digest[:8]}"
    relative = any(not s.path.startswith("/") for s in sources)
    start = start_of(target)
    directory = below(root, start) if relative else root
    take, give = commands(target.settings, found, root, directory, Naming(digest[:8]))
    return Arrangement(
        chosen
        if relative
        else _relative(chosen, {s.path for s in sources if s.absolute in snapped}),
        Directories(directory, (target.directory or ".") if relative else "/"),
        take,
        give,
        _facts(found, {source.absolute: source.link for source in sources}),
        digest[:8],
    )


def _volumes(
    target: Target, kinds: tuple[Kind, ...], machine: Machine, diagnostics: Diagnostics
) -> list[Volume] | None:
    """Those of all kinds that the configuration turns on; None after an error where a program gave no answer."""
    found: list[Volume] = []
    for kind in kinds:
        answer = machine.volumes.get(key_of(kind, target.settings), Volumes())
        if answer.problem:
            span = target.settings.by_key[kind.name].span
            diagnostics.error(
                "BP471",
                f"`{kind.name}`: the volumes of this machine can't be found out: {answer.problem}",
                span,
                "without snapshots: remove the option; to plan for another machine: --offline",
            )
            return None
        found += answer.volumes
    return found


def _wanted(target: Target, volumes: list[Volume], diagnostics: Diagnostics) -> list[Volume]:
    """Volumes that are backed up although no source names them. BP473: those that nothing can be read of."""
    for volume in volumes:
        if volume.wanted and not volume.point:
            diagnostics.warning(
                "BP473",
                f"the dataset {volume.name} is to be backed up by its own property, and is mounted nowhere: it is not "
                "in the backup",
                target.settings.by_key[volume.kind].span,
                "mount it, or set org.torsion.borgmatic:backup to something else than `auto`",
            )
    return [volume for volume in volumes if volume.wanted and volume.point]


def _with_roots(chosen: Selection, points: list[str]) -> Selection:
    """The selection with more sources, before the others."""
    new = [point for point in points if point not in chosen.roots]
    return chosen._replace(
        lines=(*(f"R {point}" for point in new), *chosen.lines),
        late=tuple(file._replace(after=file.after + len(new)) for file in chosen.late),
        written=(*(Written(Line("R", "", point), Span("")) for point in new), *chosen.written),
    )


def _is_possible(
    target: Target, sources: list[Source], snapped: set[str], diagnostics: Diagnostics
) -> bool:
    """Whether one directory can be the start of all relative paths (BP472)."""
    relative = [s for s in sources if not s.path.startswith("/")]
    others = [s for s in sources if s.path.startswith("/") and s.absolute in snapped]
    for source in relative:
        if others or source.absolute not in snapped:
            diagnostics.error(
                "BP472",
                f"the relative source {source.path} can't be backed up beside others: relative sources all have to be "
                "in volumes that can be snapshotted, and no others may be",
                source.span,
                f"use its absolute path: {source.absolute}",
            )
            return False
    location = target.location
    is_local = ":" not in location.partition("/")[0]
    if is_local and not location.startswith("/"):
        diagnostics.error(
            "BP472",
            f"the relative repository {location} can't be used with snapshots: Borg runs in another directory",
            target.repository.span,
            f"use its absolute path: {join(start_of(target), location)}",
        )
        return False
    return True


def _relative(chosen: Selection, sources: set[str]) -> Selection:
    """The selection as seen from the folder of the run."""

    def seen(path: str) -> str:
        return (path.lstrip("/") or ".") if path in sources else path

    lines = tuple(
        f"R {seen(line[1:].strip())}" if line.startswith("R ") else line for line in chosen.lines
    )
    return chosen._replace(lines=lines, arguments=tuple(map(seen, chosen.arguments)))


def _facts(found: Layout, links: Mapping[str, str]) -> tuple[Fact, ...]:
    """One for each volume that sources lie in, with those in it that none names. `links`: on the way to each source, or
    empty."""
    sources = {v.point: [path for path, of in found.snapped if of is v] for v in found.volumes}
    within: dict[str, list[str]] = {}
    facts = []
    for volume in found.volumes:
        around = [
            v.point for v in found.volumes if sources[v.point] and is_within(volume.point, v.point)
        ]
        if not (sources[volume.point] or volume.still) and around:
            within.setdefault(around[-1], []).append(volume.point)
    for volume in found.volumes:
        if any(volume.point in points for points in within.values()):
            continue
        what = "as it is, as nobody can write to it" if volume.still else "from a snapshot"
        named = [path for path in dict.fromkeys(sources[volume.point]) if path != volume.point]
        what += f" ({', '.join(named)})" if named else ""
        if inner := within.get(volume.point):
            those = ", ".join(point[len(volume.point.rstrip("/")) + 1 :] for point in inner)
            what += f", with a snapshot of each volume in it: {those}"
        facts.append(Fact(f"{volume.kind} {volume.point}", f"read {what}"))
    for path in dict.fromkeys(found.live):
        why = f"is reached through the link {links[path]}" if links[path] else "lies in no volume"
        facts.append(Fact(path, f"read while it may change, as it {why}"))
    facts += [
        Fact(point, "read while it may change, as its file system has no snapshots")
        for point in found.mounts
        if point not in found.live
    ]
    facts += [Fact(point, "not in the backup: a virtual file system") for point in found.virtual]
    facts += [Fact(point, "excluded, and not looked at") for point in found.excluded]
    return tuple(facts)
