"""What the actions on a repository work with: its target, what they are given, and what is found out about it."""

from __future__ import annotations

from ..borg.action_inputs import (
    KNOWN_LATER,
    Directories,
    Existence,
    Extent,
    NamedCommand,
    SpotSources,
)
from ..borg.action_options import ActionOptions
from ..borg.dispatch import commands
from ..borg.links import check_links
from ..borg.pattern_words import pattern_words
from ..borg.patterns import Selection, selection
from ..borg.preflight import check_files, check_repository, existence
from ..borg.refusals import check_location, check_selection, check_values
from ..borg.target import Target, check_flags, target_of
from ..borg.versions import ASSUMED
from ..config.model import Repository
from ..config.option_names import SNAPSHOT_NAMES
from ..plan.actions import Action
from ..plan.model import Fact, Refusal, ScopeId
from ..plan.scratch import Scratch
from ..plan.words import Word
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..source.span import COMMAND_LINE
from ..support.record import TYPE_CHECKING
from .places import Place
from .selection import Facts, selects

if TYPE_CHECKING:
    from ..borg.creating import Creations
    from ..databases.restoring import Restore
    from ..snapshots.arrange import Arrangement

_WITH_PATTERNS = frozenset({Action.CREATE, Action.RECREATE})
_NOT_READ = "what the archive holds is not known without asking Borg, so no restore can be planned"


class Repositories:
    """Prepares the repositories of a run, each in its turn.

    `facts`: what was found out, for the plan; `scratch`: the files that its commands need while they run;
    `read`: the pattern files that went into it, by path. `arranged`: what is read from snapshots, by the scope that
    takes them. `refusals`: what speaks against running the plan.
    """

    def __init__(self, known: Facts, host: Host, diagnostics: Diagnostics) -> None:
        self.facts: list[Fact] = []
        self.scratch: list[Scratch] = []
        self.read: dict[str, bytes] = {}
        self.refusals: list[Refusal] = []
        self.arranged: dict[ScopeId, Arrangement] = {}
        self._known = known
        self._existence = dict(known.existence)
        self._host = host
        self._diagnostics = diagnostics
        self._creations: Creations | None = None
        self._unknown: set[str] = set()
        self._unmounts = False

    def target(self, place: Place, repository: Repository) -> Target:
        """How Borg is called for a repository. Reports what it lacks, if it is selected."""
        target = target_of(place.configuration, repository, place.profile, self._host, ASSUMED)
        version = self._known.versions.get(target.borg)
        text = f"version {version}" if version else f"version unknown, assuming {ASSUMED}"
        if version is None and self._known.asked:
            self._report_unknown(target)
        self.facts.append(Fact(target.borg, text))
        target = target._replace(version=version or ASSUMED)
        if selects(place.request.repository, repository):
            self._look(target, place.at(repository))
        return target

    def _report_unknown(self, target: Target) -> None:
        """BP417, once for each Borg."""
        if target.borg in self._unknown:
            return
        self._unknown.add(target.borg)
        own = target.settings.by_key.get("local_path")
        self._diagnostics.warning(
            "BP417",
            f"the version of `{target.borg}` is unknown; assuming Borg {ASSUMED}",
            own.span if own else target.repository.span,
            f"run `{target.borg} --version` to see why",
        )

    def _look(self, target: Target, place: Place) -> None:
        """What this repository needs, and whether it is there."""
        actions = place.request.actions
        check_location(target, self._known.versions.get(target.borg), self._diagnostics)
        known = self._existence.get(target.location) or existence(target)
        self._existence[target.location] = known
        self.facts.append(Fact(target.location, known.value))
        if not place.request.presence:
            return
        hooked = place.is_hooked
        check_repository(target, actions, known, self._diagnostics, hooked=hooked)
        check_files(target, actions, self._diagnostics, hooked=hooked)

    def extent(self, target: Target, place: Place) -> Extent:
        """What the actions on a repository are given: the same for all without options of their own."""
        request = place.request
        patterns: tuple[Word, ...] = ()
        arguments: tuple[str, ...] = ()
        roots: tuple[str, ...] = ()
        needed: tuple[str, ...] = ()
        directories: Directories | None = None
        left_out = {text.text for text in target.settings.texts("skip_actions")}
        works = frozenset(a for a in request.actions if a.value not in left_out)
        if works & _WITH_PATTERNS or request.options.only_patterns:
            chosen = selection(target, self._host, self._diagnostics, hooked=place.is_hooked)
            if request.presence:
                check_links(target, chosen, self._diagnostics)
            arranged = self._arranged(target, chosen, place)
            if arranged is not None:
                chosen, directories = arranged.chosen, arranged.directories
                self.arranged[place.scope] = arranged
            if place.request.facts.volumes or "zfs" not in target.settings.by_key:
                check_selection(target, chosen, self._diagnostics)  # datasets may be sources, too
            files, patterns = pattern_words(chosen, place.scope)
            self.scratch += files
            self.read.update(chosen.read)
            arguments = chosen.arguments
            roots = chosen.roots
            needed = tuple(file.path for file in chosen.late)
        stored, keeping, kept = self._own_files(target, place, works)
        spot = self._spot_sources(target, place) if Action.CHECK in works else SpotSources()
        check_flags(target, request.actions, request.options, self._diagnostics)
        version = self._known.versions.get(target.borg)
        check_values(target, version, works, request.options, self._diagnostics)
        return Extent(
            patterns,
            arguments,
            roots,
            request.called_for,
            request.options,
            self._existence,
            Action.COMPACT in request.actions or Action.COMPACT.value in left_out,
            needed=needed,
            runs=request.runs,
            directories=directories,
            kept=kept,
            keeping=keeping,
            stored=stored,
            spot=spot,
        )

    def _spot_sources(self, target: Target, place: Place) -> SpotSources:
        """What the check `spot` looks at, if it may run."""
        from ..borg.check import wants_spot

        if not wants_spot(target, place.request.options):
            return SpotSources()
        from .spot_sources import sources_of

        stores = _stores_configuration(target)
        found = sources_of(target, place, self._host, self._diagnostics, stores=stores)
        self.scratch += found.scratch
        self.read.update(found.read)
        return found.sources

    def _own_files(
        self, target: Target, place: Place, works: frozenset[Action]
    ) -> tuple[tuple[Word, ...], tuple[Word, ...], tuple[str, ...]]:
        """The flags for the configuration files in new archives, where they are wanted; those for recreate to keep
        them; and their paths."""
        stores = Action.CREATE in works and _stores_configuration(target)
        if not stores and Action.RECREATE not in works:
            return (), (), ()
        from .manifest import keeping, paths_of, stored

        paths = paths_of(place.request.files, self._host)
        new: tuple[Word, ...] = ()
        old: tuple[Word, ...] = ()
        if stores:
            own = stored(target, paths, place.scope, self._host)
            self.scratch += own.scratch
            new = own.words
        if Action.RECREATE in works:
            own = keeping(paths, place.scope)
            self.scratch += own.scratch
            old = own.words
        return new, old, paths

    def _arranged(self, target: Target, chosen: Selection, place: Place) -> Arrangement | None:
        """What is read from snapshots."""
        if target.settings.by_key.keys().isdisjoint(SNAPSHOT_NAMES):
            return None
        from .snapshots import arranged

        found = arranged(target, chosen, place, self.refusals, self._diagnostics)
        self.facts += found.facts if found else ()
        return found

    def commands(self, action: Action, target: Target, extent: Extent) -> list[NamedCommand] | None:
        """The commands of an action; what an earlier entry of the run creates isn't created again, and a mount point is
        unmounted once, whichever repository is mounted there."""
        if action is Action.UMOUNT and self._unmounts:
            return None
        self._unmounts = self._unmounts or action is Action.UMOUNT
        if action is not Action.REPO_CREATE:
            return commands(action, target, extent, self._diagnostics)
        from ..borg.creating import Creations

        self._creations = self._creations or Creations()
        encryption = extent.options.encryption
        is_there = self._existence.get(target.location) is Existence.EXISTS
        if not is_there and self._creations.has(target, encryption, self._diagnostics):
            return []
        made = commands(action, target, extent, self._diagnostics)
        if made:
            self._creations.add(target, encryption)
        return made

    def restore(self, target: Target, options: ActionOptions, scope: str) -> Restore:
        """What restores what is asked for; nothing after errors (BP390 to BP398). `scope`: of the action."""
        from ..databases.restoring import Restore, restore

        found = self._known.restores.get(target.location)
        if found is None:
            hint = "plan it without --offline"
            self._diagnostics.error("BP390", _NOT_READ, COMMAND_LINE, hint)
            return Restore()
        made = restore(target, options, found, scope, self._diagnostics)
        self.facts += made.facts
        self.scratch += (
            Scratch(text.name, scope, text.kind, text.lines, path=text.path)
            for text in made.scratch
        )
        return made

    def with_checks(self, target: Target, extent: Extent) -> Extent:
        """With the checks of a repository; a fact of the plan is which are left out, and why."""
        from ..borg.check import due_checks

        checks = due_checks(target, extent)
        for due in checks:
            subject = f"check {due.name} of {target.location}"
            if not due.is_due:
                self.facts.append(Fact(subject, f"skipped: {due.why}"))
            elif due.why == KNOWN_LATER:
                self.facts.append(Fact(subject, f"whether it is due is {KNOWN_LATER}"))
        return extent._replace(checks=tuple(checks))


def _stores_configuration(target: Target) -> bool:
    """Whether archives get the configuration files: as the configuration says, else as the release does."""
    settings = target.settings
    said = (
        settings.boolean("bootstrap.store_config_files"),
        settings.boolean("store_config_files"),
    )
    return next((wanted for wanted in said if wanted is not None), target.profile.stores_files)
