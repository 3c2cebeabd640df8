"""What rules about hooks look at: every hook of every file in its place, whether the run asks for it or not,
with the constants of the file filled in."""

from __future__ import annotations

from ...config.filled import filled_in
from ...config.model import Configuration
from ...driver.compile import Compilation
from ...lower.placement import Placement, placements
from ...plan.model import ScopeKind
from ...semantics import NEWEST, Profile, profile_named
from ...source.span import Text
from ...support.record import NamedTuple
from ...support.regex import naming

# Programs that write what a service holds.
dumps_data = naming(
    "pg_dump", "pg_dumpall", "mysqldump", "mariadb-dump", "mongodump", "slapcat", "sqlite3",
    "ldapsearch", "etcdctl",
)  # fmt: skip

# Of a longer command only the start is looked at: some rules take time that grows with its square.
_LIMIT = 8000


class HookCommand(NamedTuple):
    """One command of a hook."""

    configuration: Configuration
    hook: Placement
    command: Text


class Hooks(NamedTuple):
    """Collected once for all rules. `profile`: the generation of the run. `placed`: all hooks, file by
    file, in the order in which they run; then those of single repositories. `commands`: of all of them.
    `plain_text`: see `Compilation`."""

    profile: Profile
    placed: tuple[tuple[Configuration, Placement], ...]
    commands: tuple[HookCommand, ...]
    plain_text: tuple[str, ...] = ()


def spelled(hook: Placement) -> str:
    """A hook as it stands in a file: an option, or a position in `commands:`."""
    return hook.hook.replace(" ", ": ")


def profile_of(compilation: Compilation) -> Profile:
    """The generation of the run."""
    plan = compilation.plan
    return (profile_named(plan.semantics) if plan is not None else None) or NEWEST


def hooks_of(compilation: Compilation) -> Hooks:
    """The hooks of all files that could be decoded."""
    profile = profile_of(compilation)
    placed = [
        (configuration, hook)
        for whole in compilation.configurations
        for configuration, hook in _placed(whole, profile)
    ]
    commands = tuple(
        HookCommand(configuration, hook, _shortened(command))
        for configuration, hook in placed
        for command in hook.commands
    )
    return Hooks(profile, tuple(placed), commands, compilation.plain_text)


def _placed(
    configuration: Configuration, profile: Profile
) -> list[tuple[Configuration, Placement]]:
    found = [(configuration, hook) for hook in _hooks(configuration, profile)]
    for repository in configuration.repositories:
        if repository.own is not None and repository.own.commands is not None:
            own = configuration.of(repository)
            inside = (ScopeKind.REPOSITORY, ScopeKind.ACTION)
            found += [(own, hook) for hook in _hooks(own, profile) if hook.scope in inside]
    return found


def _hooks(configuration: Configuration, profile: Profile) -> list[Placement]:
    return [
        hook._replace(commands=filled_in(hook.commands, configuration))
        for hook in placements(configuration, profile)
    ]


def _shortened(command: Text) -> Text:
    return command if len(command.text) <= _LIMIT else command._replace(text=command.text[:_LIMIT])
