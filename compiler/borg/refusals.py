"""Telling of what Borg will refuse whenever the plan runs: values, locations, nothing to back up."""

from __future__ import annotations

from ..plan.actions import Action
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE, Span
from .action_options import ActionOptions
from .locations import is_remote, refused_location, taken_for_a_path
from .patterns import Selection
from .target import Target, extra
from .values import OF_ACTIONS, OF_REPOSITORIES, OF_SETTINGS, refused
from .versions import SEPARATE_REPOSITORY, Version

_LONGEST_SHOWN = 60
_COMMANDS = frozenset({"ssh_command", "encryption_passcommand"})
_OF_SSH = frozenset({"ssh_command", "remote_path"})
_EXTRA = "extra_borg_options."
# Words of `extra_borg_options.create` that may bring sources.
_SOURCES = ("--pattern", "--paths-from", "--content-from")


def check_values(
    target: Target,
    version: Version | None,
    actions: frozenset[Action],
    options: ActionOptions,
    diagnostics: Diagnostics,
) -> None:
    """BP441: values that Borg refuses in one of `actions`. `version`: None if it isn't known."""
    if version is not None and version.knows(SEPARATE_REPOSITORY):
        return
    settings = target.settings
    unused = set() if is_remote(target.location) else set(_OF_SSH)
    if settings.text("encryption_passphrase") is not None:
        unused.add("encryption_passcommand")
    for key, setting, problem in refused(settings, OF_SETTINGS, actions, version):
        if key not in unused and not _is_late(str(setting.value), target):
            value = "" if key in _COMMANDS else str(setting.value)
            name = key.removeprefix("check_") if key == "check_prefix" else key
            _tell(f"`{name}`", value, problem, setting.span, diagnostics)
    if any(key.startswith(_EXTRA) for key in settings.by_key):
        _check_extra(target, version, actions, diagnostics)
    creation = target.repository.creation
    for key, setting, problem in refused(creation, OF_REPOSITORIES, actions, version):
        if not _is_late(str(setting.value), target):
            _tell(f"`{key}`", str(setting.value), problem, setting.span, diagnostics)
    for name, rule in OF_ACTIONS.items():
        value = getattr(options, name)
        if value and (problem := rule(value, version)):
            flag = f"--{name.replace('_', '-')}"
            _tell(flag, value, problem, COMMAND_LINE, diagnostics)


def _check_extra(
    target: Target, version: Version | None, actions: frozenset[Action], diagnostics: Diagnostics
) -> None:
    """Few files have such options; what reads them is loaded for these only."""
    from .extra_values import refused_words

    for name, flag, value, problem in refused_words(target, version, actions):
        place = target.settings.by_key[_EXTRA + name].span
        shown = "" if flag == "--rsh" else value
        _tell(f"`{flag}` in `{_EXTRA}{name}`", shown, problem, place, diagnostics)


def check_location(target: Target, version: Version | None, diagnostics: Diagnostics) -> None:
    """BP441: a location that Borg refuses. BP448: one that it takes for something else."""
    if version is not None and version.knows(SEPARATE_REPOSITORY):
        return
    place = target.repository.span
    if "${" in target.location or _is_late(target.location, target):
        return  # a variable, in a generation that has none or where it isn't known
    if problem := refused_location(target.location, version):
        _tell("the repository's path", "", problem, place, diagnostics)
    elif version is not None and (scheme := taken_for_a_path(target.location)):
        diagnostics.warning(
            "BP448",
            f"`{scheme}:` needs Borg 2; Borg {version} treats {target.location} as "
            + ("the name of a host" if is_remote(target.location) else "a directory here"),
            place,
        )


def _is_late(text: str, target: Target) -> bool:
    """Whether a constant in a text may be one of an included file that isn't known here."""
    return "{" in text and not target.configuration.whole


def _tell(what: str, value: str, problem: str, place: Span, diagnostics: Diagnostics) -> None:
    """`value`: empty where a secret may stand in it."""
    shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}..."
    which = f"`{shown}`" if value else "this"
    diagnostics.error("BP441", f"{what}: Borg refuses {which}: {problem}", place)


def check_selection(target: Target, chosen: Selection, diagnostics: Diagnostics) -> None:
    """BP442: neither a source nor a root among the patterns.

    Options that aren't implemented may bring some. A file of patterns without a byte is one that isn't
    made yet, or that wasn't to be read.
    """
    configuration = target.configuration
    if (
        chosen.roots
        or not chosen.complete
        or configuration.databases
        or configuration.unimplemented
        or not configuration.whole
    ):
        return
    if target.settings.texts("patterns_from") and not all(data for _, data in chosen.read):
        return
    words = extra(target, "create")
    if any(word.startswith(_SOURCES) or not word.startswith("-") for word in words):
        return
    by_key = target.settings.by_key
    given = [by_key[k] for k in ("source_directories", "patterns", "patterns_from") if k in by_key]
    diagnostics.error(
        "BP442",
        "there is nothing to back up: no source and no pattern `R path`; borg create refuses that",
        given[0].span if given else target.configuration.span,
        "name a directory in `source_directories`",
    )
