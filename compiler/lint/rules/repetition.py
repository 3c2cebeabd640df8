"""Hooks that run more often than their author may think: for each repository, and on every retry."""

from __future__ import annotations

from ...config.model import Configuration
from ...plan.model import Phase, ScopeKind
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ..rule import HookRule
from .hook_commands import Hooks, dumps_data

_INSIDE = (ScopeKind.REPOSITORY, ScopeKind.ACTION)


def repetition(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP331: `retries` repeats them. BP342: a dump is made once for each repository."""
    retried: dict[str, Configuration] = {}
    for configuration, hook in hooks.placed:
        if hook.scope not in _INSIDE or hook.phase is not Phase.ENTER:
            continue
        retried.setdefault(configuration.path, configuration)
        times = len(configuration.repositories)
        dump = next((c for c in hook.commands if dumps_data(c.text)), None)
        if times > 1 and dump is not None and hook.fits_action("create"):
            diagnostics.note(
                "BP342",
                f"this runs {times} times, once for each repository: the dumps are taken at different times",
                dump.span,
                "a hook around everything or (since 2.0) around the configuration runs once",
            )
    if not hooks.profile.retry.statuses:
        return
    for configuration in retried.values():
        setting = configuration.settings.by_key.get("retries")
        if setting is not None and setting.value:
            diagnostics.append(
                Diagnostic(
                    "BP331",
                    Severity.NOTE,
                    "`retries` restarts a failed repository: its hooks run again, and after "
                    "a failed prune or check a second archive is made",
                    setting.span,
                    "to retry a single step, use `retries` in borgplan.yaml",
                )
            )


RULES = (HookRule(("BP331", "BP342"), repetition),)
