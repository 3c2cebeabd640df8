"""The action `borg`: any subcommand, in the words of the command line."""

from __future__ import annotations

from ..plan.claims import FILES, Claim, Mode
from ..plan.work import SHOWN
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE
from .action_inputs import Extent, NamedCommand, form_of
from .target import Target

_OWN = ("create", "prune", "init", "repo-create")
_WITH_SUBCOMMANDS = ("key", "debug", "benchmark")


def borg(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """The words as they are, with the repository in Borg's environment (BORG_REPO)."""
    words = extent.options.words
    if not words:
        diagnostics.error(
            "BP413",
            "the action borg needs a command",
            COMMAND_LINE,
            "borgplan apply … -a borg -- list",
        )
        return []
    if words[0] in _OWN:
        diagnostics.warning(
            "BP416",
            f"borg {words[0]} has its own action; the options of that action don't apply here",
            COMMAND_LINE,
        )
    first = 2 if words[0] in _WITH_SUBCOMMANDS else 1
    command = target.command((*words[:first], *_flags(target), *words[first:]), None)
    environment = {**dict(command.environment), "BORG_REPO": target.location}
    if extent.options.archive:
        environment["ARCHIVE"] = extent.options.archive
    command = command._replace(
        environment=tuple(sorted(environment.items())),
        output=SHOWN._replace(form=form_of(words)),
        once=True,
    )
    anywhere = Claim(FILES, "", Mode.WRITE)  # the words may name any file
    return [NamedCommand(words[0], command, extent.called_for, claims=(anywhere,))]


def _flags(target: Target) -> tuple[str, ...]:
    """How long to wait for a lock, and which Borg to start on the other machine; and Borg's own word for what
    its exit code means."""
    settings = target.settings
    remote, wait = settings.text("remote_path"), settings.integer("lock_wait")
    return (
        "--log-json",
        *(["--remote-path", remote] if remote and target.version.knows(until="2.0.0b23") else []),
        *(["--lock-wait", str(wait)] if wait else []),
    )
