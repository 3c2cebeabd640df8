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
                "exit code 75 after a failure: borgmatic then reports success and skips the following steps",
                found.command.span,
                "exit an after-hook with 0, or with 1 on failure",
            )
        elif found.hook.phase is Phase.ENTER:
            _is_repeated(found, profile, diagnostics)


def _is_a_failure(found: HookCommand, profile: Profile, diagnostics: Diagnostics) -> None:
    where = f"in `{spelled(found.hook)}`"
    hint = "soft failures work in hooks of actions and repositories"
    if not profile.hook_exits.soft:
        where = f"in {profile.releases}"
        hint = "borgmatic supports soft failures since 1.5: --semantics 1.5"
    elif found.hook.phase is Phase.RECOVER:
        return
    diagnostics.warning(
        "BP328", f"exit code 75 is an ordinary failure {where}", found.command.span, hint
    )


def _is_repeated(found: HookCommand, profile: Profile, diagnostics: Diagnostics) -> None:
    retries = found.configuration.settings.by_key.get("retries")
    inside = found.hook.scope in (ScopeKind.REPOSITORY, ScopeKind.ACTION)
    if inside and retries and retries.value and Status.SKIPPED in profile.retry.statuses:
        diagnostics.append(
            Diagnostic(
                "BP327",
                Severity.NOTE,
                f"`retries` also repeats soft failures: this runs up to {retries.value} more times",
                found.command.span,
                related=(("the retries", retries.span),),
            )
        )


RULES = (HookRule(("BP325", "BP327", "BP328"), soft_failures),)
