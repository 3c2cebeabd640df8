"""Configurations and a semantics profile to a plan.

Everything that differs between generations is read from the profile; nothing here knows a release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from .actions import Action
from .borg.actions import Existence, Extent, RepositoryOptions, commands
from .borg.common import Target
from .borg.patterns import selection
from .config import Configuration, Repository
from .diagnostic import Diagnostics
from .hooks import Hook, Script, Text
from .host import Host
from .identity import ROOT, Names
from .plan import (
    Late,
    PatternFile,
    Phase,
    Plan,
    Refusal,
    Scope,
    ScopeId,
    ScopeKind,
    Shell,
    Step,
    Trigger,
    Work,
)  # fmt: skip
from .semantics import HookPlace, Profile
from .source import COMMAND_LINE, Span


class Request(NamedTuple):
    """What is asked for, beside the configurations.

    `called_for`: why these actions, for people. `existence`: of repositories, by location.
    """

    actions: tuple[Action, ...]
    called_for: str = "requested"
    repository_options: RepositoryOptions = RepositoryOptions()
    existence: Mapping[str, Existence] = MappingProxyType({})


def ordered_actions(requested: Iterable[Action], profile: Profile) -> tuple[Action, ...]:
    """The actions of a run in the order they run in; none requested: the generation's default."""
    wanted = tuple(dict.fromkeys(requested)) or profile.default_actions
    if profile.action_order is None:
        return wanted
    return tuple(action for action in profile.action_order if action in wanted)


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
    )
    return plan, lowering.read


def script_of(
    command: Text, values: Mapping[str, str | Late], diagnostics: Diagnostics
) -> Script | None:
    """See `template.script`, which isn't loaded for a command without braces."""
    if "{" not in command.text:
        return Script(command.text)
    from .template import script

    return script(command, values, diagnostics)


class _Lowering:
    """Writes scopes and steps in the order of a run in which everything gets its turn."""

    def __init__(
        self, profile: Profile, request: Request, host: Host, diagnostics: Diagnostics
    ) -> None:
        self.scopes: list[Scope] = []
        self.steps: list[Step] = []
        self.patterns: list[PatternFile] = []
        self.read: dict[str, bytes] = {}
        self._profile = profile
        self._request = request
        self._host = host
        self._diagnostics = diagnostics
        self._names = Names()

    def run(self, configurations: tuple[Configuration, ...]) -> None:
        run = self._scope(None, ScopeKind.RUN, ROOT, COMMAND_LINE)
        for configuration in configurations:
            self._hooks(configuration, run, ScopeKind.RUN, Phase.ENTER)
        for configuration in configurations:
            self._configuration(configuration, run)
        for phase in (Phase.EXIT, Phase.RECOVER):
            for configuration in configurations:
                self._hooks(configuration, run, ScopeKind.RUN, phase)

    def _configuration(self, configuration: Configuration, run: ScopeId) -> None:
        kind = ScopeKind.CONFIGURATION
        scope = self._scope(run, kind, configuration.path, configuration.span)
        self._hooks(configuration, scope, kind, Phase.ENTER)
        self._repositories(configuration, scope)
        for phase in (Phase.EXIT, Phase.RECOVER):
            self._hooks(configuration, scope, kind, phase)

    def _repositories(self, configuration: Configuration, scope: ScopeId) -> None:
        targets = [
            Target(configuration, repository, self._profile, self._host.home)
            for repository in configuration.repositories
        ]
        if not targets:
            return
        extent = self._extent(targets[0], scope)
        for target in targets:
            self._repository(target, extent, scope)

    def _extent(self, target: Target, scope: ScopeId) -> Extent:
        arguments: tuple[str, ...] = ()
        if Action.CREATE in self._request.actions:
            chosen = selection(target, self._host, self._diagnostics)
            self.patterns.append(PatternFile(scope, chosen.lines))
            self.read.update(chosen.read)
            arguments = chosen.arguments
        return Extent(
            scope,
            arguments,
            self._request.called_for,
            self._request.repository_options,
            self._request.existence,
        )

    def _repository(self, target: Target, extent: Extent, parent: ScopeId) -> None:
        repository: Repository = target.repository
        scope = self._scope(parent, ScopeKind.REPOSITORY, target.location, repository.span)
        for action in self._request.actions:
            found = commands(action, target, extent, self._diagnostics)
            if not found:
                continue
            inner = self._scope(scope, ScopeKind.ACTION, action.value, repository.span)
            for named in found:
                self._step(
                    self._names.borg(inner, named.name), inner, ScopeKind.ACTION, Phase.BODY,
                    Trigger.SUCCESS, named.command, named.reason, repository.span,
                )  # fmt: skip

    def _hooks(
        self, configuration: Configuration, scope: ScopeId, kind: ScopeKind, phase: Phase
    ) -> None:
        by_kind = {hook.kind: hook for hook in configuration.hooks}
        for place in self._profile.hooks:
            hook = by_kind.get(place.kind)
            if hook and place.scope is kind and place.phase is phase and self._is_called(place):
                self._hook(configuration, hook, place, scope)

    def _is_called(self, place: HookPlace) -> bool:
        return place.actions is None or bool(place.actions & set(self._request.actions))

    def _hook(
        self, configuration: Configuration, hook: Hook, place: HookPlace, scope: ScopeId
    ) -> None:
        for command in hook.commands:
            shell = self._shell(configuration, command, place)
            if shell is None:
                continue
            self._step(
                self._names.step(scope, place.phase, place.trigger, command.text), scope,
                place.scope, place.phase, place.trigger, shell, f"{place.kind.value}: {place.why}",
                command.span,
            )  # fmt: skip

    def _shell(self, configuration: Configuration, command: Text, place: HookPlace) -> Shell | None:
        values: dict[str, str | Late] = {
            name: configuration.path if name == "configuration_filename" else Late(name)
            for name in place.variables
        }
        script = script_of(command, values, self._diagnostics)
        if script is None:
            return None
        return Shell(
            script=script.text,
            written=command.text,
            exits=self._profile.hook_exits,
            late=script.late,
            umask=configuration.settings.integer("hooks_umask") or None,
        )

    def _scope(self, parent: ScopeId | None, kind: ScopeKind, name: str, origin: Span) -> ScopeId:
        skipped, failed = self._profile.child_effects[kind]
        scope = self._names.scope(parent, name)
        self.scopes.append(Scope(scope, parent, kind, name, skipped, failed, origin))
        return scope

    def _step(
        self, step: str, scope: ScopeId, kind: ScopeKind, phase: Phase, trigger: Trigger,
        work: Work, reason: str, origin: Span,
    ) -> None:  # fmt: skip
        soft, hard = self._profile.effects[kind, phase]
        self.steps.append(Step(step, scope, phase, trigger, work, soft, hard, reason, origin))
