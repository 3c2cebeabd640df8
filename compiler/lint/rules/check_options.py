"""Checks of repositories that don't happen, or don't count."""

from __future__ import annotations

from ...driver.compile import Compilation
from ...plan.titles import subcommand
from ...plan.work import Process
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ..rule import Rule
from .hook_commands import profile_of


def checking(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP430: `check_repositories` leaves all out. BP431: switched off. BP432: damage is only a warning."""
    profile = profile_of(compilation)
    # What a generation forgives that nobody has named is no news; BP330 tells that it is a guess.
    guessed = compilation.generations.guessed if compilation.generations else ()
    for configuration in compilation.configurations:
        silencing = configuration.settings.by_key.get("check_repositories")
        if silencing is not None and silencing.value and not profile.check_repositories_match:
            diagnostics.warning(
                "BP430",
                f"no repository is checked: in borgmatic {profile.name} `check_repositories` matches none",
                silencing.span,
                "remove it; to skip one repository, use `skip_actions: [check]` in its entry",
            )
        for entry in configuration.settings.checks():
            if entry.name == "disabled":
                diagnostics.note(
                    "BP431",
                    "no check runs: damage in the repository remains unnoticed until a restore",
                    entry.span,
                )
        path = configuration.path
        if path not in guessed and _takes_damage_lightly(compilation, path):
            diagnostics.note(
                "BP432",
                f"in borgmatic {profile.name}, exit code 1 of `borg check`, which "
                "means damage, is a warning and not a failure",
                configuration.span,
                "`borg_exit_codes` with code 1 and `treat_as: error` makes it a failure",
            )


def _takes_damage_lightly(compilation: Compilation, path: str) -> bool:
    return any(
        isinstance(step.work, Process)
        and subcommand(step) == "check"
        and step.origin.file == path
        and step.work.exits.is_warning(1)
        for step in (compilation.plan.steps if compilation.plan else ())
    )


RULES = (Rule(("BP430", "BP431", "BP432"), checking),)
