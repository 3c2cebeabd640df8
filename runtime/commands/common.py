"""What commands share: from arguments to a compilation, and saying what is wrong with it."""

from __future__ import annotations

import sys
from typing import IO, NamedTuple

from ...compiler.actions import Action
from ...compiler.borg.actions import RepositoryOptions
from ...compiler.compile import Compilation, Sources, plan_of, read
from ...compiler.diagnostic import Diagnostics
from ...compiler.semantics import PROFILES, Profile, profile_named
from ...compiler.source import COMMAND_LINE
from ..arguments import Arguments
from ..host import RealHost
from ..render.diagnostics import render
from ..render.style import Style, style_for


class Session(NamedTuple):
    """One command's surroundings."""

    arguments: Arguments
    host: RealHost

    def style(self, stream: IO[str], compilation: Compilation | None = None) -> Style:
        """`color: false` in a configuration counts unless the command line says otherwise."""
        wish = self.arguments.color
        configurations = compilation.configurations if compilation else ()
        if wish == "auto" and any(c.settings.boolean("color") is False for c in configurations):
            wish = "never"
        return style_for(stream, wish, self.host.environment)

    def show(self, compilation: Compilation, stream: IO[str]) -> None:
        """All diagnostics of a compilation, as text."""
        style = self.style(stream, compilation)
        stream.write(render(compilation.diagnostics, compilation.texts, style))
        stream.flush()


def compile_all(session: Session) -> Compilation:
    """Everything the arguments name, compiled; asks Borg about repositories only for repo-create."""
    arguments = session.arguments
    diagnostics = Diagnostics()
    profile = _profile(arguments.semantics, diagnostics)
    if profile is None:
        return Compilation(None, (), (), tuple(diagnostics), {}, {}, {})
    sources = read(arguments.configs, session.host, profile, diagnostics)
    existence = {}
    if Action.REPO_CREATE in arguments.actions and not arguments.offline:
        from ..probe import existence_of

        existence = existence_of(sources.configurations, profile, session.host, diagnostics)
    return plan_of(
        sources, profile, arguments.actions, session.host, diagnostics,
        RepositoryOptions(arguments.encryption, arguments.append_only, arguments.storage_quota),
        existence,
    )  # fmt: skip


def _profile(name: str, diagnostics: Diagnostics) -> Profile | None:
    if name == "auto":
        return PROFILES[0]
    profile = profile_named(name)
    if profile is None:
        known = ", ".join(profile.name for profile in PROFILES)
        diagnostics.error("BP402", f"unknown semantics `{name}`", COMMAND_LINE, f"known: {known}")
    return profile


__all__ = ["Session", "Sources", "compile_all", "write"]


def write(text: str) -> None:
    """A result, to standard output, whatever characters the terminal can't show."""
    data = text.encode(sys.stdout.encoding or "utf-8", "backslashreplace")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
