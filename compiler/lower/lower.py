"""Configurations and a semantics profile to a plan.

Everything that differs between generations is read from the profile; nothing here knows a release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set

from ..borg.action_inputs import Extent, NamedCommand
from ..borg.target import Target
from ..config.filled import filled_in
from ..config.model import Configuration
from ..plan.actions import Action
from ..plan.claims import Claim
from ..plan.ids import ROOT, Names
from ..plan.model import (
    Phase,
    Plan,
    Refusal,
    Retry,
    Role,
    Scope,
    ScopeId,
    ScopeKind,
    Step,
    StepId,
    Trigger,
)
from ..plan.titles import of_borg
from ..plan.work import Work, keeps
from ..semantics import Profile
from ..semantics.select import Generations
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..source.span import COMMAND_LINE, Span, Text
from ..support.record import TYPE_CHECKING
from .around import Around
from .borg_steps import claims_of, retry_of, with_producers
from .dumps_by_file import DumpsByFile
from .logs import logs_of
from .placement import Placement, placements
from .places import Place, report_skipped
from .repositories import Repositories
from .restores import restore_steps
from .selection import LoweringRequest, selects

if TYPE_CHECKING:
    from .messages import Message

Requests = Callable[[Profile], LoweringRequest]


def lower(
    configurations: tuple[Configuration, ...],
    generations: Generations,
    requests: Requests,
    host: Host,
    diagnostics: Diagnostics,
) -> tuple[Plan, dict[str, bytes]]:
    """The plan of a run over `configurations`, and the pattern files that went into it, by path.

    `requests`: what is wanted of a generation. Each file is lowered as its own generation has it; what
    surrounds all of them, as the newest of those has it.
    """
    lowering = _Lowering(configurations, generations, requests, host, diagnostics)
    lowering.run(configurations)
    plan = Plan(
        semantics=lowering.newest.name,
        actions=lowering.requested,
        scopes=tuple(lowering.scopes),
        steps=tuple(lowering.steps),
        scratch=tuple(lowering.repositories.scratch),
        refusals=(
            *(Refusal(option.text, option.span) for option in lowering.unimplemented),
            *dict.fromkeys(lowering.repositories.refusals),
        ),
        facts=tuple(dict.fromkeys(lowering.repositories.facts)),
        logs=tuple(dict.fromkeys(log for c in configurations for log in logs_of(c, host))),
        meanings=generations.meanings([c.path for c in configurations]),
    )
    return plan, lowering.repositories.read


class _Lowering:
    """Writes scopes and steps in the order of a run in which everything gets its turn."""

    def __init__(
        self,
        configurations: tuple[Configuration, ...],
        generations: Generations,
        requests: Requests,
        host: Host,
        diagnostics: Diagnostics,
    ) -> None:
        self.newest = generations.newest(c.path for c in configurations)
        request = requests(self.newest)
        everything = [a for c in configurations for a in requests(generations.of(c.path)).actions]
        # Those of the newest first, in its order.
        every_action = tuple(dict.fromkeys([*request.actions, *everything]))
        self._of_all = request._replace(actions=every_action)
        self.requested = tuple(str(action) for action in every_action)
        self.scopes: list[Scope] = []
        self.steps: list[Step] = []
        self.unimplemented = [text for c in configurations for text in c.unimplemented]
        self.repositories = Repositories(request.facts, host, diagnostics)
        self._generations = generations
        self._requests = requests
        self._host = host
        self._diagnostics = diagnostics
        self._names = Names()
        self._last: list[Step] = []  # at the end of the run
        self._hung_around_everything: dict[object, str] = {}
        self._told_of: set[Text] = set()
        self._around = Around(self.repositories, self._names)
        self._dumps = DumpsByFile(self.repositories, host, self._names)

    def run(self, configurations: tuple[Configuration, ...]) -> None:
        kind = ScopeKind.RUN
        run = self._scope(None, kind, ROOT, COMMAND_LINE, self.newest)
        around = [
            Place(c, self.newest, self._of_all, placements(c, self.newest), run, kind)
            for c in configurations
        ]
        for place in around:
            self._hooks(place, Phase.ENTER)
        for configuration in configurations:
            self._configuration(configuration, run)
        for phase in (Phase.EXIT, Phase.RECOVER):
            for place in around:
                self._hooks(place, phase)
        self.steps += self._last

    def _configuration(self, configuration: Configuration, run: ScopeId) -> None:
        kind = ScopeKind.CONFIGURATION
        if configuration.databases:
            from ..databases.check import check_databases

            self.unimplemented += check_databases(configuration, self._diagnostics)
        profile = self._generations.of(configuration.path)
        scope = self._scope(run, kind, configuration.path, configuration.span, profile)
        hooks = placements(configuration, profile)
        place = Place(configuration, profile, self._requests(profile), hooks, scope, kind)
        messages = self._messages(place, run) if configuration.services else ()
        self._tell(messages, place, Phase.ENTER, after_hooks=False)
        self._hooks(place, Phase.ENTER)
        self._tell(messages, place, Phase.ENTER, after_hooks=True)
        self._repositories(place)
        self.steps += self._around.releasing(place, Phase.EXIT)
        self._hooks(place, Phase.EXIT)
        self.steps += self._around.releasing(place, Phase.RECOVER)
        self._tell(messages, place, Phase.RECOVER, after_hooks=False)
        self._hooks(place, Phase.RECOVER)
        self._tell(messages, place, Phase.RECOVER, after_hooks=True)

    def _messages(self, place: Place, run: ScopeId) -> tuple[Message, ...]:
        """What this file's services are told; noted for the end: of a failure around everything, too."""
        from .messages import AROUND_EVERYTHING, around_everything, messages

        file = place.configuration, place.profile, place.requested
        presence = place.request.presence
        found = messages(*file, self._host, self._diagnostics, presence=presence)
        for message in around_everything(found):
            self._last += message.steps(self._names, run, AROUND_EVERYTHING)
        return found

    def _tell(
        self, messages: Sequence[Message], place: Place, phase: Phase, *, after_hooks: bool
    ) -> None:
        for message in messages:
            if (message.phase, message.after_hooks) == (phase, after_hooks):
                self.steps += message.steps(self._names, place.scope)

    def _repositories(self, place: Place) -> None:
        configuration = place.configuration
        targets = [
            self.repositories.target(place, repository)
            for repository in configuration.repositories
            if selects(place.request.repository, repository)
            or place.profile.hooks_of_unselected
            or place.profile.actions_of_unselected & place.requested
        ]
        alike = [target for target in targets if target.repository.own is None]
        is_shared = bool(alike) and not self._around.is_separate(targets, place)
        shared = self.repositories.extent(alike[0], place) if is_shared else None
        self.steps += self._dumps.once(targets, place)
        self.steps += self._around.acquiring(place, place.scope)
        for target in targets:
            self._repository(target, shared, place)

    def _repository(self, target: Target, shared: Extent | None, outer: Place) -> None:
        """`shared`: what is the same for all repositories without options of their own."""
        repository = target.repository
        kind = ScopeKind.REPOSITORY
        profile, request = outer.profile, outer.request
        scope = self._scope(
            outer.scope, kind, target.location, repository.span, profile,
            retry_of(target.settings, profile), repository.label,
        )  # fmt: skip
        place = outer.at(repository)._replace(scope=scope, kind=kind, repository=repository)
        if repository.own is not None or shared is None:
            extent = self.repositories.extent(target, place)
        else:
            extent = shared
        unwanted = target.settings.texts("skip_actions")
        skipped: Set[str] = {text.text for text in unwanted}
        selected = selects(request.repository, repository)
        if not selected and ScopeKind.ACTION not in profile.hooks_of_unselected:
            skipped = outer.requested - profile.actions_of_unselected
        else:
            report_skipped(unwanted, outer, self._told_of, self._diagnostics)
        self._hooks(place, Phase.ENTER)
        for action in request.actions:
            forced = action is Action.CHECK and selected and request.options.force
            if action.value not in skipped or forced:
                self._action(action, target, extent, place)
            elif profile.hooks_of_skipped:
                self._action(action, target, extent, place, hooks_only=True)
        self._hooks(place, Phase.EXIT)
        self._hooks(place, Phase.RECOVER)

    def _action(
        self,
        action: Action,
        target: Target,
        extent: Extent,
        outer: Place,
        *,
        hooks_only: bool = False,
    ) -> None:
        """An action of a repository; `hooks_only`: what surrounds it, and not the action itself."""
        name = action.value
        selected = selects(outer.request.repository, target.repository)
        works = selected and not hooks_only
        if works and action is Action.CHECK:
            extent = self.repositories.with_checks(target, extent)
        restores = works and action is Action.RESTORE
        makes = works and not restores
        found = self.repositories.commands(action, target, extent) if makes else None
        if not selected and name in outer.profile.actions_of_unselected:
            hooks_only = True
        excluded = found is None and not outer.profile.hooks_without_work and not hooks_only
        kind = ScopeKind.ACTION
        hooked = any(hook.scope is kind and hook.fits_action(name) for hook in outer.hooks)
        if not restores and (excluded or not (found or hooked)):
            return
        scope = self._scope(outer.scope, kind, name, target.repository.span, outer.profile)
        place = outer._replace(scope=scope, kind=kind, action=name)
        self._hooks(place, Phase.ENTER)
        if found and action is Action.CREATE:
            place = self._around.leading_out(place, outer.scope)
            self.steps += self._around.acquiring(place, outer.scope)
        if restores:
            self._body(restore_steps(target, extent, scope, self.repositories, self._names), place)
        elif found and action is Action.CREATE and place.configuration.databases:
            self._create_with_dumps(target, extent, place)
        else:
            self._borg_steps(found or [], target, place)
        self.steps += self._around.releasing(place, Phase.EXIT)
        self._hooks(place, Phase.EXIT)
        self.steps += self._around.releasing(place, Phase.RECOVER)
        self._hooks(place, Phase.RECOVER)

    def _borg_steps(self, found: list[NamedCommand], target: Target, place: Place) -> None:
        producers: dict[str, StepId] = {}
        for named in found:
            identity = self._names.borg(place.scope, named.name)
            command = with_producers(named.command, producers)
            if keeps(command):
                producers[command.output.name] = identity
            self._step(
                identity, place, named.phase, Trigger.SUCCESS, command, named.reason,
                target.repository.span, named.title or of_borg(named.name), Role.BORG,
                claims=claims_of(named, target),
            )  # fmt: skip

    def _body(self, steps: Iterable[Step], place: Place) -> None:
        soft, hard = place.profile.effects[place.kind, Phase.BODY]
        self.steps += (step._replace(on_soft=soft, on_hard=hard) for step in steps)

    def _create_with_dumps(self, target: Target, extent: Extent, place: Place) -> None:
        """What dumps databases, the archive that they go into, and its name once all is well."""
        from .dumps import lacking, renamed

        self.unimplemented += lacking(target)
        dumped = self._dumps.of(target, place, extent)
        self.steps += dumped.before
        extent = extent._replace(beside=dumped.beside)
        made = self.repositories.commands(Action.CREATE, target, extent) or []
        self._borg_steps(made, target, place)
        if dumped.beside.hides:
            self._borg_steps([renamed(target, self.steps[-1].id, dumped.naming)], target, place)

    def _hooks(self, place: Place, phase: Phase) -> None:
        for hook in place.hooks:
            hangs_here = hook.scope is place.kind and hook.phase is phase
            if not hangs_here or not hook.is_called_for(place.requested):
                continue
            if hook.fits_action(place.action) and self._is_first(hook, place):
                self._hook(hook, place)

    def _is_first(self, hook: Placement, place: Place) -> bool:
        """Whether no other file has hung an identical hook around everything already."""
        if place.kind is not ScopeKind.RUN or not place.profile.everything_once:
            return True
        # The same words with other constants are another hook.
        same = hook._replace(commands=filled_in(hook.commands, place.configuration)).identity
        path = place.configuration.path
        return self._hung_around_everything.setdefault(same, path) == path

    def _hook(self, hook: Placement, place: Place) -> None:
        from .hook_scripts import Surroundings, shell_of

        # Also around everything a hook's text means what it means to the file that it stands in.
        own = self._generations.of(place.configuration.path)
        around = Surroundings(
            place.configuration, place.repository, own, self._host,
            place.request.environment, place.request.plain_text,
        )  # fmt: skip
        for command in hook.commands:
            shell = shell_of(command, hook.variables, around, self._diagnostics)
            if shell is not None:
                self._step(
                    self._names.step(place.scope, hook.phase, hook.trigger, command.text),
                    place, hook.phase, hook.trigger, shell,
                    hook.why, command.span, hook.title, Role.HOOK, hook.hook,
                )  # fmt: skip

    def _scope(
        self,
        parent: ScopeId | None,
        kind: ScopeKind,
        name: str,
        origin: Span,
        profile: Profile,
        retry: Retry = Retry(),  # noqa: B008  # immutable
        label: str = "",
    ) -> ScopeId:
        skipped, failed = profile.child_effects[kind]
        scope = self._names.scope(parent, name)
        self.scopes.append(Scope(scope, parent, kind, name, skipped, failed, origin, retry, label))
        return scope

    def _step(
        self, step: str, place: Place, phase: Phase, trigger: Trigger,
        work: Work, reason: str, origin: Span, title: str, role: Role, hook: str = "",
        claims: tuple[Claim, ...] = (),
    ) -> None:  # fmt: skip
        soft, hard = place.profile.effects[place.kind, phase]
        self.steps.append(
            Step(
                step, place.scope, phase, trigger, work, soft, hard, reason, origin, hook,
                title=title, role=role, claims=claims,
            )
        )  # fmt: skip
