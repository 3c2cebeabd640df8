"""Configurations and a semantics profile to a plan.

Everything that differs between generations is read from the profile; nothing here knows a release.
"""

from collections.abc import Sequence, Set

from .actions import Action
from .asked import REQUESTED, Request, selects
from .borg.actions import commands
from .borg.common import Target, check_flags, expand_home, target_of
from .borg.extent import Extent
from .borg.patterns import selection
from .borg.presence import check_files, check_repository, existence
from .borg.version import ASSUMED
from .config import Configuration, Repository
from .diagnostic import Diagnostics
from .hooks import Text
from .host import Host
from .identity import ROOT, Names
from .placement import Placement, placements
from .plan import (
    Fact,
    Log,
    PatternFile,
    Phase,
    Plan,
    Refusal,
    Retry,
    Scope,
    ScopeId,
    ScopeKind,
    Step,
    Trigger,
    Work,
)  # fmt: skip
from .record import NamedTuple
from .semantics import Profile
from .settings import Settings
from .source import COMMAND_LINE, Span

NO_LOG = -2  # the verbosity at which nothing is logged


def lower(
    configurations: tuple[Configuration, ...],
    profile: Profile,
    request: Request,
    host: Host,
    diagnostics: Diagnostics,
) -> tuple[Plan, dict[str, bytes]]:
    """The plan of a run over `configurations`, and the pattern files that went into it, by path."""
    lowering = _Lowering(profile, request, host, diagnostics)
    lowering.run(configurations)
    plan = Plan(
        semantics=profile.name,
        actions=tuple(str(action) for action in request.actions),
        scopes=tuple(lowering.scopes),
        steps=tuple(lowering.steps),
        patterns=tuple(lowering.patterns),
        refusals=tuple(
            Refusal(option.text, option.span)
            for configuration in configurations
            for option in configuration.unimplemented
        ),
        facts=tuple(dict.fromkeys(lowering.facts)),
        logs=tuple(dict.fromkeys(log for c in configurations for log in _logs(c, host))),
    )
    return plan, lowering.read


def _logs(configuration: Configuration, host: Host) -> list[Log]:
    settings = configuration.settings
    path, verbosity = settings.text("log_file"), settings.integer("log_file_verbosity")
    level = 1 if verbosity is None else verbosity
    return [Log(expand_home(path, host), level < 1)] if path and level > NO_LOG else []


class _Place(NamedTuple):
    """Where hooks are being hung: a configuration and one of its scopes, or the run."""

    configuration: Configuration
    hooks: tuple[Placement, ...]
    scope: ScopeId
    kind: ScopeKind
    action: str = ""
    repository: Repository | None = None


class _Lowering:
    """Writes scopes and steps in the order of a run in which everything gets its turn."""

    def __init__(
        self, profile: Profile, request: Request, host: Host, diagnostics: Diagnostics
    ) -> None:
        self.scopes: list[Scope] = []
        self.steps: list[Step] = []
        self.patterns: list[PatternFile] = []
        self.read: dict[str, bytes] = {}
        self.facts: list[Fact] = []
        self.existence = dict(request.facts.existence)
        self._profile = profile
        self._request = request
        self._host = host
        self._diagnostics = diagnostics
        self._names = Names()
        self._requested = frozenset(action.value for action in request.actions)
        self._hung_around_everything: dict[object, str] = {}
        self._told_of: set[Text] = set()

    def run(self, configurations: tuple[Configuration, ...]) -> None:
        run = self._scope(None, ScopeKind.RUN, ROOT, COMMAND_LINE)
        hooked = [(c, placements(c, self._profile)) for c in configurations]
        for configuration, hooks in hooked:
            self._hooks(_Place(configuration, hooks, run, ScopeKind.RUN), Phase.ENTER)
        for configuration, hooks in hooked:
            self._configuration(configuration, hooks, run)
        for phase in (Phase.EXIT, Phase.RECOVER):
            for configuration, hooks in hooked:
                self._hooks(_Place(configuration, hooks, run, ScopeKind.RUN), phase)

    def _configuration(
        self, configuration: Configuration, hooks: tuple[Placement, ...], run: ScopeId
    ) -> None:
        kind = ScopeKind.CONFIGURATION
        scope = self._scope(run, kind, configuration.path, configuration.span)
        place = _Place(configuration, hooks, scope, kind)
        self._hooks(place, Phase.ENTER)
        self._repositories(place)
        self._hooks(place, Phase.EXIT)
        self._hooks(place, Phase.RECOVER)

    def _repositories(self, place: _Place) -> None:
        configuration = place.configuration
        targets = [
            self._target(place, repository)
            for repository in configuration.repositories
            if selects(self._request.repository, repository)
            or self._profile.hooks_of_unselected
            or self._profile.actions_of_unselected & self._requested
        ]
        shared: Extent | None = None
        for target in targets:
            if shared is None and target.repository.own is None:
                shared = self._extent(target, place.scope)
            self._repository(target, shared, place)

    def _target(self, place: _Place, repository: Repository) -> Target:
        configuration = place.configuration
        target = target_of(configuration, repository, self._profile, self._host, ASSUMED)
        found = self._request.facts.versions.get(target.borg)
        text = f"version {found}" if found else f"version unknown, taken for {ASSUMED}"
        self.facts.append(Fact(target.borg, text))
        target = target._replace(version=found or ASSUMED)
        if selects(self._request.repository, repository):
            self._look(target, self._hooks_of(repository, place))
        return target

    def _look(self, target: Target, hooks: tuple[Placement, ...]) -> None:
        """What this repository needs, and whether it is there."""
        actions = self._request.actions
        known = self.existence.get(target.location) or existence(target)
        self.existence[target.location] = known
        self.facts.append(Fact(target.location, known.value))
        if not self._request.presence:
            return
        hooked = any(
            hook.phase is Phase.ENTER
            and hook.is_called_for(self._requested)
            and (hook.only is None or bool(hook.only & self._requested))
            for hook in hooks
        )
        check_repository(target, actions, known, self._diagnostics, hooked=hooked)
        check_files(target, actions, self._diagnostics, hooked=hooked)

    def _hooks_of(self, repository: Repository, place: _Place) -> tuple[Placement, ...]:
        """Of a repository with options of its own the file's, as it has them."""
        if repository.own is None:
            return place.hooks
        return placements(place.configuration.of(repository), self._profile)

    def _extent(self, target: Target, scope: ScopeId) -> Extent:
        patterns = ""
        arguments: tuple[str, ...] = ()
        roots: tuple[str, ...] = ()
        if Action.CREATE in self._request.actions:
            chosen = selection(target, self._host, self._diagnostics)
            if chosen.lines:
                patterns = scope
                self.patterns.append(PatternFile(scope, chosen.lines))
            self.read.update(chosen.read)
            arguments = chosen.arguments
            roots = chosen.roots
        check_flags(target, self._request.actions, self._request.options, self._diagnostics)
        return Extent(
            patterns,
            arguments,
            roots,
            self._request.called_for,
            self._request.options,
            self.existence,
        )

    def _repository(self, target: Target, shared: Extent | None, outer: _Place) -> None:
        """`shared`: what is the same for all repositories without options of their own."""
        repository = target.repository
        kind = ScopeKind.REPOSITORY
        retry = self._retry(target.settings)
        scope = self._scope(
            outer.scope, kind, target.location, repository.span, retry, repository.label
        )
        place = outer._replace(scope=scope, kind=kind, repository=repository)
        if repository.own is not None:
            own = target.configuration.of(repository)
            hooks = self._hooks_of(repository, outer)
            place = place._replace(configuration=own, hooks=hooks)
        if repository.own is not None or shared is None:
            extent = self._extent(target, scope)
        else:
            extent = shared
        unwanted = target.settings.texts("skip_actions")
        skipped: Set[str] = {text.text for text in unwanted}
        selected = selects(self._request.repository, repository)
        if not selected and ScopeKind.ACTION not in self._profile.hooks_of_unselected:
            skipped = self._requested - self._profile.actions_of_unselected
        else:
            self._tell_of(unwanted)
        self._hooks(place, Phase.ENTER)
        for action in self._request.actions:
            forced = action is Action.CHECK and selected and self._request.options.force
            if action.value not in skipped or forced:
                self._action(action, target, extent, place)
            elif self._profile.hooks_of_skipped:
                self._action(action, target, extent, place, hooks_only=True)
        self._hooks(place, Phase.EXIT)
        self._hooks(place, Phase.RECOVER)

    def _tell_of(self, unwanted: Sequence[Text]) -> None:
        """BP439: an action was asked for by name, and `skip_actions` leaves it out."""
        forced = self._request.options.force
        for text in unwanted:
            asked = text.text in self._requested and self._request.called_for == REQUESTED
            if (
                asked
                and text not in self._told_of
                and not (forced and text.text == Action.CHECK.value)
            ):
                self._told_of.add(text)
                self._diagnostics.note(
                    "BP439",
                    f"`{text.text}` is asked for, and `skip_actions` leaves it out",
                    text.span,
                )

    def _retry(self, settings: Settings) -> Retry:
        times = settings.integer("retries") or 0
        if times <= 0:
            return Retry()
        wait = settings.integer("retry_wait") or 0
        return self._profile.retry._replace(times=times, wait=max(0, wait))

    def _action(
        self,
        action: Action,
        target: Target,
        extent: Extent,
        outer: _Place,
        *,
        hooks_only: bool = False,
    ) -> None:
        """An action of a repository; `hooks_only`: what surrounds it, and not the action itself."""
        name = action.value
        selected = selects(self._request.repository, target.repository)
        works = selected and not hooks_only
        if works and action is Action.CHECK:
            extent = self._with_checks(target, extent)
        found = commands(action, target, extent, self._diagnostics) if works else None
        if not selected and name in self._profile.actions_of_unselected:
            hooks_only = True
        excluded = found is None and not self._profile.hooks_without_work and not hooks_only
        kind = ScopeKind.ACTION
        hooked = any(hook.scope is kind and hook.fits_action(name) for hook in outer.hooks)
        if excluded or not (found or hooked):
            return
        origin = target.repository.span
        scope = self._scope(outer.scope, kind, name, origin)
        place = outer._replace(scope=scope, kind=kind, action=name)
        self._hooks(place, Phase.ENTER)
        for named in found or ():
            self._step(
                self._names.borg(scope, named.name), scope, kind, Phase.BODY,
                Trigger.SUCCESS, named.command, named.reason, origin,
            )  # fmt: skip
        self._hooks(place, Phase.EXIT)
        self._hooks(place, Phase.RECOVER)

    def _with_checks(self, target: Target, extent: Extent) -> Extent:
        """With the checks of a repository; a fact of the plan is which are left out, and why."""
        from .borg.checking import due_checks

        checks = due_checks(target, extent)
        for due in checks:
            if not due.is_due:
                subject = f"check {due.name} of {target.location}"
                self.facts.append(Fact(subject, f"left out: {due.why}"))
        return extent._replace(checks=tuple(checks))

    def _hooks(self, place: _Place, phase: Phase) -> None:
        for hook in place.hooks:
            hangs_here = hook.scope is place.kind and hook.phase is phase
            if not hangs_here or not hook.is_called_for(self._requested):
                continue
            if hook.fits_action(place.action) and self._is_first(hook, place):
                self._hook(hook, place)

    def _is_first(self, hook: Placement, place: _Place) -> bool:
        """Whether no other file has hung an identical hook around everything already."""
        if place.kind is not ScopeKind.RUN or not self._profile.everything_once:
            return True
        path = place.configuration.path
        return self._hung_around_everything.setdefault(hook.identity, path) == path

    def _hook(self, hook: Placement, place: _Place) -> None:
        from .hook_scripts import Surroundings, shell_of

        around = Surroundings(
            place.configuration, place.repository, self._profile, self._host,
            self._request.environment, self._request.plain_text,
        )  # fmt: skip
        for command in hook.commands:
            shell = shell_of(command, hook.variables, around, self._diagnostics)
            if shell is not None:
                self._step(
                    self._names.step(place.scope, hook.phase, hook.trigger, command.text),
                    place.scope, hook.scope, hook.phase, hook.trigger, shell,
                    f"{hook.title}: {hook.why}", command.span, hook.hook,
                )  # fmt: skip

    def _scope(
        self,
        parent: ScopeId | None,
        kind: ScopeKind,
        name: str,
        origin: Span,
        retry: Retry = Retry(),  # noqa: B008  # immutable
        label: str = "",
    ) -> ScopeId:
        skipped, failed = self._profile.child_effects[kind]
        scope = self._names.scope(parent, name)
        self.scopes.append(Scope(scope, parent, kind, name, skipped, failed, origin, retry, label))
        return scope

    def _step(
        self, step: str, scope: ScopeId, kind: ScopeKind, phase: Phase, trigger: Trigger,
        work: Work, reason: str, origin: Span, hook: str = "",
    ) -> None:  # fmt: skip
        soft, hard = self._profile.effects[kind, phase]
        self.steps.append(Step(step, scope, phase, trigger, work, soft, hard, reason, origin, hook))
