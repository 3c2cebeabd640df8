"""What rules about hooks look at: every hook of every file in its place, whether the run asks for it or not."""

from collections.abc import Iterator
from typing import NamedTuple

from ..compile import Compilation
from ..config import Configuration
from ..hooks import Text
from ..lazily import lazily
from ..placement import Placement, placements
from ..plan import ScopeKind
from ..semantics import NEWEST, Profile, profile_named

# Programs that write what a service holds.
DUMP = lazily(
    r"\b(?:pg_dump(?:all)?|mysqldump|mariadb-dump|mongodump|slapcat|sqlite3|ldapsearch|etcdctl)\b"
)


# Of a longer command only the start is looked at: some rules take time that grows with its square.
_LIMIT = 8000


class HookCommand(NamedTuple):
    """One command of a hook."""

    configuration: Configuration
    hook: Placement
    command: Text


def spelled(hook: Placement) -> str:
    """A hook as it stands in a file: an option, or a position in `commands:`."""
    return hook.hook.replace(" ", ": ")


def profile_of(compilation: Compilation) -> Profile:
    """The generation of the run."""
    plan = compilation.plan
    return (profile_named(plan.semantics) if plan is not None else None) or NEWEST


def hooks(compilation: Compilation) -> Iterator[tuple[Configuration, Placement]]:
    """All hooks, file by file, in the order in which they run; then those of single repositories."""
    profile = profile_of(compilation)
    for configuration in compilation.configurations:
        for hook in placements(configuration, profile):
            yield configuration, hook
        for repository in configuration.repositories:
            if repository.own is not None and repository.own.commands is not None:
                own = configuration.of(repository)
                for hook in placements(own, profile):
                    if hook.scope in (ScopeKind.REPOSITORY, ScopeKind.ACTION):
                        yield own, hook


def hook_commands(compilation: Compilation) -> Iterator[HookCommand]:
    """The commands of all hooks."""
    for configuration, hook in hooks(compilation):
        for command in hook.commands:
            yield HookCommand(configuration, hook, Text(command.text[:_LIMIT], command.span))
