"""Exit code 75, the soft failure, where it doesn't do what it is used for."""

from __future__ import annotations

from ...plan.model import Phase, ScopeKind, Status, Trigger
from ...semantics import Profile
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...support.regex import lazily
from ..rule import HookRule
from .hook_commands import HookCommand, Hooks, spelled

_SOFT = lazily(r"\b(?:exit|return)\s+75\b")


def soft_failures(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP325 in an after-hook, BP327 with retries, BP328 as a failure."""
    profile = hooks.profile
    for found in hooks.commands:
        if "75" not in found.command.text or not _SOFT.search(found.command.text):
            continue
        soft, _ = profile.effects.get((found.hook.scope, found.hook.phase), (None, None))
        if soft is None:
            continue
        if soft.status is Status.FAILED:
            _is_a_failure(found, profile, diagnostics)
        elif found.hook.phase is Phase.EXIT and found.hook.trigger is not Trigger.SUCCESS:
            diagnostics.warning(
                "BP325",
                "exit code 75 after a failure: borgmatic then reports a success, and what follows is skipped",
                found.command.span,
                "end an after-hook with 0, or with 1 if it went wrong",
            )
        elif found.hook.phase is Phase.ENTER:
            _is_repeated(found, profile, diagnostics)


def _is_a_failure(found: HookCommand, profile: Profile, diagnostics: Diagnostics) -> None:
    where = f"in `{spelled(found.hook)}`"
    hint = "a hook of an action or a repository can leave quietly"
    if not profile.hook_exits.soft:
        where = f"in semantics {profile.name} ({profile.releases})"
        hint = "soft failures came with borgmatic 1.5: --semantics 1.5"
    elif found.hook.phase is Phase.RECOVER:
        return
    diagnostics.warning(
        "BP328", f"exit code 75 is a failure like any other {where}", found.command.span, hint
    )


def _is_repeated(found: HookCommand, profile: Profile, diagnostics: Diagnostics) -> None:
    retries = found.configuration.settings.by_key.get("retries")
    inside = found.hook.scope in (ScopeKind.REPOSITORY, ScopeKind.ACTION)
    if inside and retries and retries.value and Status.SKIPPED in profile.retry.statuses:
        diagnostics.append(
            Diagnostic(
                "BP327",
                Severity.NOTE,
                f"`retries` repeats soft failures too: this is asked up to {retries.value} times more",
                found.command.span,
                related=(("the retries", retries.span),),
            )
        )


RULES = (HookRule(("BP325", "BP327", "BP328"), soft_failures),)
