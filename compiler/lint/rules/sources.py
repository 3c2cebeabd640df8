"""What is backed up, against where it stands: repositories among the sources, relative paths, and
patterns that fit nothing."""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ...borg.links import check_links
from ...borg.matching import can_fit, first_fitting, is_left_out
from ...borg.pattern_lines import ROOTS, Line
from ...borg.pattern_lines import RULES as KINDS
from ...borg.patterns import Selection, Written, selection
from ...borg.preflight import local_path
from ...borg.target import Target, extra, target_of
from ...borg.versions import ASSUMED
from ...driver.compile import Compilation
from ...semantics import profile_named
from ...shell.passwords import hidden
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...source.host import Host
from ...source.span import Span
from ...support.record import NamedTuple
from ..rule import Rule

_MOST_TOLD = 3
_FILLED_IN = ("{", "${")  # by whatever makes a configuration of the template
_IN_A_REPOSITORY = "/data/0/0"  # a file that Borg writes there


class Chosen(NamedTuple):
    """What a repository gets."""

    target: Target
    selection: Selection

    @property
    def roots(self) -> list[Written]:
        return [written for written in self.selection.written if written.line.letter in ROOTS]

    @property
    def rules(self) -> list[Written]:
        return [written for written in self.selection.written if written.line.letter in KINDS]


def chosen(compilation: Compilation, host: Host) -> Iterator[Chosen]:
    """For each repository of each configuration; what options that aren't implemented add is unknown."""
    profile = profile_named(compilation.plan.semantics) if compilation.plan else None
    if profile is None:
        return
    for configuration in compilation.configurations:
        shared: Selection | None = None
        for repository in configuration.repositories:
            target = target_of(configuration, repository, profile, host, ASSUMED)
            if repository.own is not None or shared is None:
                found = selection(target, host, Diagnostics())
                shared = found if repository.own is None else shared
            else:
                found = shared
            yield Chosen(target, found)


def sources(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP444: other repositories among the sources. BP445: relative paths. BP446: patterns for nothing.
    BP449: sources that patterns leave out."""
    found = list(chosen(compilation, host))
    places = Places({one.target.location: local_path(one.target) for one in found})
    for one in found:
        _repositories_inside(one, places, diagnostics)
        _left_out_itself(one, diagnostics)
        _relative(one, diagnostics)
        _fitting_nothing(one, diagnostics)


def linked_sources(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP443, for lint, which looks at the machine for this only."""
    for one in chosen(compilation, host):
        check_links(one.target, one.selection, diagnostics)


class Places:
    """Where the repositories stand, by path: those below a directory are found without asking each."""

    def __init__(self, paths: dict[str, str]) -> None:
        """`paths`: the local path, or another text, of each location."""
        self.paths = paths
        self._sorted = sorted((path, name) for name, path in paths.items() if path.startswith("/"))

    def inside(self, top: str) -> Iterator[tuple[str, str]]:
        """Paths and locations of the repositories at a directory or below it; `top`: without a last slash."""
        for first, behind in ((top, f"{top}\0"), (f"{top}/", f"{top}0")):  # "0" comes after "/"
            start = bisect_left(self._sorted, (first, ""))
            yield from self._sorted[start : bisect_left(self._sorted, (behind, ""))]


def _repositories_inside(one: Chosen, places: Places, diagnostics: Diagnostics) -> None:
    """Borg leaves out the repository that it writes to, and no other."""
    rules = [written.line for written in one.rules]
    told = {places.paths[one.target.location]}
    for root in one.roots:
        top = absolute(one.target, root.line.value).rstrip("/")
        for path, location in places.inside(top):
            if path in told or not is_copied(path, top, rules):
                continue
            told.add(path)
            where = f"the sources of {one.target.location}"
            diagnostics.append(within(location, path, where, root.span))


def is_copied(path: str, top: str, rules: Sequence[Line]) -> bool:
    """Whether a backup of `top` surely copies the repository at `path`."""
    return is_left_out(path + _IN_A_REPOSITORY, top, rules) is False


def within(location: str, path: str, where: str, span: Span) -> Diagnostic:
    """BP444, of a repository and where it lies."""
    return Diagnostic(
        "BP444",
        Severity.WARNING,
        f"the repository {location} is within {where}: each backup copies all of it",
        span,
        f'exclude it: `- pp:{path}` among the `patterns`, or `"pp:{path}"` in `exclude_patterns`',
    )


def absolute(target: Target, path: str) -> str:
    return posixpath.normpath(posixpath.join(target.directory or "", path))


def _left_out_itself(one: Chosen, diagnostics: Diagnostics) -> None:
    """A rule that fits a source fits all in it."""
    rules = [written.line for written in one.rules]
    for root in one.roots:
        path = root.line.value.rstrip("/")
        letter = first_fitting(path, rules) if path.startswith("/") else ""
        if letter == "!" or (letter == "-" and not any(rule.letter == "+" for rule in rules)):
            diagnostics.warning(
                "BP449",
                f"{root.where}{path} is a source, but a pattern excludes it and everything in it",
                root.span,
                "to exclude only the contents of a directory, end the pattern with a slash or `/*`",
            )


def _relative(one: Chosen, diagnostics: Diagnostics) -> None:
    if one.target.directory is not None:
        return
    found = [root for root in one.roots if not root.line.value.startswith(("/", *_FILLED_IN))]
    for root in found[:1]:
        path, others = root.line.value, len(found) - 1
        more = f" and {others} more" if others else ""
        name = path[1:].partition("/")[0]
        unknown = f"there is no user `{name}` here; " if path[0] == "~" and name else ""
        diagnostics.warning(
            "BP445",
            f"{root.where}{unknown}`{path}`{more}: a relative path depends on the directory "
            "borgplan is started in",
            root.span,
            "write an absolute path, or set `working_directory`",
        )


def _fitting_nothing(one: Chosen, diagnostics: Diagnostics) -> None:
    """What is certain from the texts alone, where they are all that is known of the sources."""
    configuration = one.target.configuration
    if not one.selection.complete or configuration.unimplemented or extra(one.target, "create"):
        return
    roots = [root.line.value for root in one.roots]
    idle = [rule for rule in one.rules if not can_fit(rule.line, roots)]
    elsewhere = [r for r in idle if r.line.value.startswith("/") and r.line.style != "re"]
    mistaken = [rule for rule in idle if rule not in elsewhere]
    for number, rule in enumerate(mistaken[:_MOST_TOLD], 1):
        _tell(rule, len(mistaken) - number if number == _MOST_TOLD else 0, diagnostics)
    for rule in elsewhere[:1]:
        others = f", nor {len(elsewhere) - 1} more of them" if len(elsewhere) > 1 else ""
        diagnostics.note(
            "BP446",
            f"{rule.where}`{rule.line.value}` is not within any source{others}: it matches nothing",
            rule.span,
        )


def _tell(rule: Written, more: int, diagnostics: Diagnostics) -> None:
    """`more`: how many others are like it, and aren't told of one by one."""
    value, style = (
        hidden(rule.line.value),
        rule.line.style,
    )  # a part of it may not look like an address
    if style == "re":
        what = "Borg compares paths without their leading slash"
        hint = "remove the leading slash"
    else:
        name = value.rstrip("/").rpartition("/")[2]
        what = f"it means /{value}, which is not within any source"
        hint = f"`sh:**/{name}` matches that name in any directory"
    others = f"; nor do {more} more" if more else ""
    diagnostics.warning(
        "BP446", f"{rule.where}`{style}:{value}` matches nothing: {what}{others}", rule.span, hint
    )


RULES = (Rule(("BP444", "BP445", "BP446", "BP449"), sources),)
