"""Options whose values have to fit each other, or have to mean something; loaded where there are such."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from ..source.diagnostic import Diagnostics, did_you_mean
from ..source.span import Span
from .model import Repository
from .options import BY_SECTION
from .settings import Settings


def check_programs(settings: Settings, keys: tuple[str, ...], diagnostics: Diagnostics) -> None:
    """Commands are split into words as a shell would; there has to be one (BP234)."""
    for key in keys:
        setting = settings.by_key.get(key)
        if setting is None:
            continue
        try:
            words = shlex.split(str(setting.value))
        except ValueError:
            words = []
        if not words:
            diagnostics.error(
                "BP234",
                f"`{key}` is not a command: it is empty or has unclosed quotes",
                setting.span,
            )


def check_skip_actions(settings: Settings, diagnostics: Diagnostics) -> None:
    """`skip_actions` names actions (BP216)."""
    choices = BY_SECTION["hooks"]["skip_actions"].choices
    for action in settings.texts("skip_actions"):
        if action.text not in choices:
            diagnostics.error(
                "BP216",
                f"there is no action `{action.text}`",
                action.span,
                did_you_mean(action.text, choices),
            )


def check_repositories(
    settings: Settings, repositories: tuple[Repository, ...], diagnostics: Diagnostics
) -> None:
    """`check_repositories` names repositories of the file (BP214)."""
    known = {name for r in repositories for name in (r.path, r.label) if name}
    for wanted in settings.texts("check_repositories"):
        if wanted.text not in known:
            diagnostics.error(
                "BP214",
                f"`check_repositories` names {wanted.text}, which is not one of the repositories",
                wanted.span,
                did_you_mean(wanted.text, known),
            )


def check_passphrase(
    settings: Settings, places: Mapping[str, Span], diagnostics: Diagnostics
) -> None:
    """A passphrase and a command that prints it: the command isn't run (BP219)."""
    if "encryption_passphrase" in settings.by_key and "encryption_passcommand" in settings.by_key:
        diagnostics.warning(
            "BP219",
            "`encryption_passcommand` is ignored because `encryption_passphrase` is set too",
            places["encryption_passcommand"],
            "remove one of them",
        )
