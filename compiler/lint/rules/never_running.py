"""Hooks for actions that never come."""

from __future__ import annotations

from ...config.model import Configuration
from ...lower.placement import Placement
from ...plan.actions import Action
from ...plan.model import ScopeKind
from ...semantics import Profile
from ...source.diagnostic import Diagnostics
from ..rule import HookRule
from .hook_commands import Hooks, spelled

_KNOWN = frozenset(action.value for action in Action)
# Actions whose hooks no release of borgmatic runs, as recorded.
_NEVER = frozenset({"key"})


def never_running(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP320: the action is always left out. BP321: borgplan doesn't have it."""
    profile = hooks.profile
    for configuration, hook in hooks.placed:
        if not hook.commands:
            continue
        wanted = hook.only if hook.only is not None else hook.actions
        why = _why_never(hook, configuration, profile)
        if why:
            diagnostics.warning(
                "BP320", f"`{spelled(hook)}` never runs: {why}", hook.commands[0].span
            )
        elif wanted and not wanted & _KNOWN:
            diagnostics.note(
                "BP321",
                f"`{spelled(hook)}` is for {' and '.join(sorted(wanted))}, which borgplan does not "
                "implement: it runs with borgmatic only",
                hook.commands[0].span,
            )


def _why_never(hook: Placement, configuration: Configuration, profile: Profile) -> str:
    if hook.scope is not ScopeKind.ACTION or not hook.only:
        return ""
    if hook.only <= _NEVER:
        return "no borgmatic release runs hooks for `key`"
    skipped = {text.text for text in configuration.settings.texts("skip_actions")}
    if hook.only <= skipped and not profile.hooks_of_skipped:
        return f"`skip_actions` skips {' and '.join(sorted(hook.only))}"
    silenced = configuration.settings.texts("check_repositories")
    if (
        hook.only == {"check"}
        and silenced
        and not profile.check_repositories_match
        and not profile.hooks_without_work
    ):
        return "`check_repositories` disables all checks"
    return ""


RULES = (HookRule(("BP320", "BP321"), never_running),)
