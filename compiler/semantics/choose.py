"""Which generation a run is compiled for, and what of a configuration that generation doesn't know."""

from __future__ import annotations

from collections.abc import Sequence

from ..config import Configuration
from ..diagnostic import Diagnostics
from ..forms import Forms
from ..hooks import Position
from ..source import COMMAND_LINE, Span
from . import NEWEST, OLDEST, PROFILES, profile_named
from .profile import Profile

AUTO = "auto"


def choose(
    name: str,
    files: Sequence[tuple[str, Forms]],
    diagnostics: Diagnostics,
    named_at: Span = COMMAND_LINE,
) -> Profile | None:
    """The profile for a run over these files; None, after error BP402, for an unknown name.

    `auto`: a file that consists of sections means what it meant when that form was documented: the
    oldest family that knows its hooks. All other files are compiled for the newest. A run has one
    meaning: the newest that one of its files asks for.
    """
    if name != AUTO:
        profile = profile_named(name)
        if profile is None:
            diagnostics.error(
                "BP402",
                f"no semantics are known for `{name}`",
                named_at,
                f"a borgmatic release from 1.3.22 to {NEWEST.name}, or {AUTO}",
            )
        return profile
    wanted = [_for_file(forms) for _, forms in files] or [OLDEST]
    for path, forms in files:
        if forms.sections and (forms.flat or forms.commands):
            diagnostics.warning(
                "BP408",
                "this file has sections and options outside of them, which only borgmatic 1.8 and later "
                f"read: it is compiled with semantics {NEWEST.name}",
                Span(path),
                "put every option into its section to keep the meaning that sections had",
            )
    chosen = max(wanted, key=lambda profile: profile.first)
    for (path, _), profile in zip(files, wanted, strict=False):
        if profile is not chosen:
            diagnostics.warning(
                "BP406",
                f"alone, this file would be compiled with semantics {profile.name}; beside the other "
                f"files of this run it is compiled with {chosen.name}",
                Span(path),
                f"run it apart, or choose: --semantics {profile.name}",
            )
    return chosen


def _for_file(forms: Forms) -> Profile:
    if not forms.sections or forms.flat or forms.commands:
        return NEWEST
    return next((p for p in PROFILES if forms.kinds <= p.known_hooks), NEWEST)


def check_hooks(configuration: Configuration, profile: Profile, diagnostics: Diagnostics) -> None:
    """Record hooks that don't exist in this generation (BP301), and those that can never run (BP306)."""
    if not profile.constants and configuration.constants_at is not None:
        diagnostics.error(
            "BP301",
            f"`constants` doesn't exist in semantics {profile.name} ({profile.releases})",
            configuration.constants_at,
            "they came with borgmatic 1.7.10: --semantics 1.7",
        )
    masks = [configuration.settings.by_key.get(key) for key in ("umask", "hooks_umask")]
    if profile.merged_umask and None not in masks and len({m.value for m in masks if m}) > 1:
        diagnostics.error(
            "BP217",
            f"`umask` has two values; semantics {profile.name} know one",
            masks[1].span if masks[1] else configuration.span,
            "borgmatic refuses such a file from 1.8 on",
        )
    settings = configuration.settings
    if profile.empty_prefix_is_all and settings.text("archive_name_format"):
        _check_prefix(configuration, diagnostics)
    retries = configuration.settings.by_key.get("retries")
    if retries is not None and retries.value and not profile.retry.statuses:
        diagnostics.warning(
            "BP309",
            f"`retries` has no effect in semantics {profile.name} ({profile.releases})",
            retries.span,
            "it came with borgmatic 1.5: --semantics 1.5",
        )
    for empty in configuration.empty_hooks if not profile.null_hooks else ():
        diagnostics.error("BP202", f"`{empty.text}` has no value", empty.span, "remove the line")
    for found in configuration.lenient if not profile.lenient else ():
        diagnostics.error(
            "BP203", found.text, found.span, "only releases before borgmatic 1.5 take it"
        )
    for hook in configuration.hooks:
        if hook.kind not in profile.known_hooks:
            since = next((p for p in PROFILES if hook.kind in p.known_hooks), NEWEST)
            diagnostics.error(
                "BP301",
                f"`{hook.kind.value}` doesn't exist in semantics {profile.name} ({profile.releases})",
                hook.span,
                f"it came with {since.releases.split(' to ')[0]}: --semantics {since.name}",
            )
    for repository in configuration.repositories:
        if repository.own is not None and not profile.repository_options:
            diagnostics.error(
                "BP301",
                f"options of one repository don't exist in semantics {profile.name} ({profile.releases})",
                repository.own.span,
                f"they came with borgmatic 2.1.10: --semantics {NEWEST.name}",
            )
    for entry in configuration.commands:
        if not profile.commands:
            diagnostics.error(
                "BP301",
                f"`commands` doesn't exist in semantics {profile.name} ({profile.releases})",
                entry.span,
                f"it came with borgmatic 2.0: --semantics {NEWEST.name}",
            )
        elif entry.states is not None and not profile.states:
            diagnostics.error(
                "BP301", f"`states` doesn't exist in semantics {profile.name}", entry.span
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
    """borgmatic 1.3 refuses a name format without a prefix; the intent is plain, so only warn (BP215)."""
    if not configuration.settings.text("prefix"):
        diagnostics.warning(
            "BP215",
            "`archive_name_format` without `prefix`: prune and check take the archives whose names fit the format",
            configuration.settings.by_key["archive_name_format"].span,
            "borgmatic 1.3 refuses such a file; later releases do the same as borgplan",
        )
