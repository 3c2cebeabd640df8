"""What a configuration says that its generation doesn't know, or that can't have an effect there."""

from __future__ import annotations

from ..config.hooks import Position
from ..config.model import Configuration
from ..source.diagnostic import Diagnostics
from . import NEWEST, PROFILES
from .profile import Profile


def check_hooks(configuration: Configuration, profile: Profile, diagnostics: Diagnostics) -> None:
    """Record what doesn't exist in this generation (BP301), and hooks that can never run (BP306)."""
    _check_options(configuration, profile, diagnostics)
    _check_hook_options(configuration, profile, diagnostics)
    _check_entries(configuration, profile, diagnostics)


def _check_options(
    configuration: Configuration, profile: Profile, diagnostics: Diagnostics
) -> None:
    """BP301 of constants, BP217 of two masks, BP215, and BP309 of retries."""
    if not profile.constants and configuration.constants_at is not None:
        diagnostics.error(
            "BP301",
            f"`constants` doesn't exist in {profile.releases}",
            configuration.constants_at,
            "available since borgmatic 1.7.10: --semantics 1.7",
        )
    masks = [configuration.settings.by_key.get(key) for key in ("umask", "hooks_umask")]
    if profile.merged_umask and None not in masks and len({m.value for m in masks if m}) > 1:
        diagnostics.error(
            "BP217",
            f"`umask` has two values; borgmatic {profile.name} supports one",
            masks[1].span if masks[1] else configuration.span,
            "borgmatic refuses such a file since 1.8",
        )
    settings = configuration.settings
    if profile.empty_prefix_is_all and settings.text("archive_name_format"):
        _check_prefix(configuration, diagnostics)
    retries = configuration.settings.by_key.get("retries")
    if retries is not None and retries.value and not profile.retry.statuses:
        diagnostics.warning(
            "BP309",
            f"`retries` has no effect in {profile.releases}",
            retries.span,
            "available since borgmatic 1.5: --semantics 1.5",
        )


def _check_hook_options(
    configuration: Configuration, profile: Profile, diagnostics: Diagnostics
) -> None:
    """BP202 and BP203 of what only some generations take; BP301 of hooks and of repositories' options."""
    for empty in configuration.empty_hooks if not profile.null_hooks else ():
        diagnostics.error("BP202", f"`{empty.text}` has no value", empty.span, "remove the line")
    for found in configuration.lenient if not profile.lenient else ():
        diagnostics.error(
            "BP203", found.text, found.span, "only releases before borgmatic 1.5 accept it"
        )
    for hook in configuration.hooks:
        if hook.kind not in profile.known_hooks:
            since = next((p for p in PROFILES if hook.kind in p.known_hooks), NEWEST)
            diagnostics.error(
                "BP301",
                f"`{hook.kind.value}` doesn't exist in {profile.releases}",
                hook.span,
                f"available since {since.releases.split(' to ')[0]}: --semantics {since.name}",
            )
    for repository in configuration.repositories:
        if repository.own is not None and not profile.repository_options:
            diagnostics.error(
                "BP301",
                f"options of one repository don't exist in {profile.releases}",
                repository.own.span,
                f"available since borgmatic 2.1.10: --semantics {NEWEST.name}",
            )


def _check_entries(
    configuration: Configuration, profile: Profile, diagnostics: Diagnostics
) -> None:
    """The entries of `commands:`: BP301 and BP306."""
    if configuration.services:
        from .service_options import check_services

        check_services(configuration, profile, diagnostics)
    for entry in configuration.commands:
        if not profile.commands:
            diagnostics.error(
                "BP301",
                f"`commands` doesn't exist in {profile.releases}",
                entry.span,
                f"available since borgmatic 2.0: --semantics {NEWEST.name}",
            )
        elif entry.states is not None and not profile.states:
            diagnostics.error(
                "BP301", f"`states` doesn't exist in borgmatic {profile.name}", entry.span
            )
        elif entry.when == () or entry.states == ():
            diagnostics.warning(
                "BP306", "an empty `when` or `states`: this hook can never run", entry.span
            )
        elif entry.position is Position.AFTER_ERROR and "fail" not in (entry.states or ("fail",)):
            diagnostics.warning(
                "BP306", "`after: error` with these states can never run", entry.span
            )


def _check_prefix(configuration: Configuration, diagnostics: Diagnostics) -> None:
    """borgmatic 1.3 refuses a name format without a prefix; the intent is clear, so only warn (BP215)."""
    if not configuration.settings.text("prefix"):
        diagnostics.warning(
            "BP215",
            "`archive_name_format` without `prefix`: prune and check select the archives whose names match the format",
            configuration.settings.by_key["archive_name_format"].span,
            "borgmatic 1.3 refuses such a file; later releases do the same as borgplan",
        )
