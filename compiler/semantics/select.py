"""Which generation each file of a run is compiled for, and what of it that generation doesn't know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..config.syntax_forms import Forms, forms
from ..plan.model import By, Meaning
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE, Span
from ..support.record import TYPE_CHECKING, NamedTuple
from ..syntax.nodes import Node
from . import NEWEST, OLDEST, PROFILES, profile_named
from .demands import Demands, demands
from .profile import Profile
from .releases import Release

if TYPE_CHECKING:
    from .installed import Installed

AUTO = "auto"


class Chosen(NamedTuple):
    """The generation of one file, and why that one, in words."""

    profile: Profile
    by: By
    why: str


class Generations(NamedTuple):
    """Of all files of a run, by path."""

    by_file: Mapping[str, Chosen]

    def of(self, path: str) -> Profile:
        return self.by_file[path].profile

    def newest(self, paths: Iterable[str]) -> Profile:
        """Of these files: hooks around everything follow it."""
        return max((self.of(path) for path in paths), key=lambda p: p.first, default=NEWEST)

    def meanings(self, paths: Iterable[str] | None = None) -> tuple[Meaning, ...]:
        """Of these files, or of all, by the names of their generations."""
        chosen = [(path, self.by_file[path]) for path in (self.by_file if paths is None else paths)]
        return tuple(Meaning(path, c.profile.name, c.by, c.why) for path, c in chosen)

    @property
    def guessed(self) -> tuple[str, ...]:
        """The files of which nothing says what they mean."""
        return tuple(path for path, chosen in self.by_file.items() if chosen.by is By.GUESSED)


def generations_of(meanings: Iterable[Meaning]) -> Generations:
    """The way back from `Generations.meanings`."""
    return Generations({
        m.configuration: Chosen(profile_named(m.semantics) or NEWEST, m.by, m.why) for m in meanings
    })  # fmt: skip


class Written(NamedTuple):
    """What a file shows of its generation before it is decoded."""

    forms: Forms
    demands: Demands

    def is_known_by(self, release: Release) -> bool:
        """Whether this release of borgmatic takes everything in the file."""
        latest, empty_hook = self.demands
        known = latest is None or latest.release <= release
        return known and (empty_hook is None or of_release(release).null_hooks)


def written(root: Node) -> Written:
    """Of a document, merged or not."""
    return Written(forms(root), demands(root))


def choose(
    name: str,
    files: Sequence[tuple[str, Written | None]],
    diagnostics: Diagnostics,
    named_at: Span = COMMAND_LINE,
    installed: Installed | None = None,
) -> Generations | None:
    """The generation of each of these files; None, after error BP402, for an unknown name.

    `auto`: that of the `installed` borgmatic if it knows the file; else the oldest that knows everything
    in it, as the last releases of its series had it. What stands beside a file plays no part. `files`:
    what each shows of its generation may be None where there is a name.
    """
    if name != AUTO:
        profile = profile_named(name)
        if profile is None:
            diagnostics.error(
                "BP402",
                f"unknown borgmatic release `{name}`",
                named_at,
                f"use a release from 1.3.22 to {NEWEST.name}, or {AUTO}",
            )
            return None
        chosen = Chosen(profile, By.NAMED, f"`{name}` is specified")
        return Generations({path: chosen for path, _ in files})
    by_file = {path: _for_file(found, installed) for path, found in files if found is not None}
    for path, found in files:
        if found is not None and found.forms.mixed:
            diagnostics.warning(
                "BP408",
                "this file has options both in and outside of sections, which only borgmatic 1.8 "
                f"and later support; it is compiled for borgmatic {by_file[path].profile.name}",
                Span(path),
                "move every option into its section to keep the meaning of older releases",
            )
    return Generations(by_file)


def _for_file(found: Written, installed: Installed | None) -> Chosen:
    release = installed.release if installed is not None else ()
    if installed is not None and release and found.is_known_by(release):
        why = f"borgmatic {installed.version} is installed"
        return Chosen(of_release(release), By.INSTALLED, why)
    latest, empty_hook = found.demands
    why = "the oldest release that supports everything in the file"
    if latest is not None:
        why = f"the oldest release that supports {latest.what} ({latest.span})"
    elif empty_hook is not None and release:
        why += f", including a hook without a value ({empty_hook})"
    if installed is not None and release:
        why += f"; the installed borgmatic {installed.version} refuses it"
    return Chosen(_oldest_with(found), By.GUESSED, why)


def of_release(release: Release) -> Profile:
    """That of a release; the nearest one for those that are older or newer than all that is known."""
    return ([p for p in PROFILES if p.first <= release] or [OLDEST])[-1]


def _oldest_with(found: Written) -> Profile:
    """The first series of releases (1.3, 1.5, 2.0) that knows everything in a file, as its last ones have
    it: in the middle of a series hooks have had faults that nobody means."""
    for profile, after in zip(PROFILES, [*PROFILES[1:], None], strict=True):
        if after is None:
            return profile
        ends_series = after.first[:2] != profile.first[:2]
        if ends_series and found.is_known_by((*after.first[:2], -1)):
            return profile
    return NEWEST
