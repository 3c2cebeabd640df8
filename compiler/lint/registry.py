"""The rules of `lint`: which modules of `rules/` hold some, in the order in which they run.

Each of these modules has RULES. `lint` compiles each file for itself and lets the rules look at every one, in several
processes. `rules/shared_use.py` alone is about all files.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..config.model import Configuration
from ..config.option_names import SNAPSHOT_NAMES
from ..driver.compile import Compilation
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from .rule import HookRule, Rule

OF_FILES = (
    # options
    "former_names", "zeros", "borgmatic_defects",
    # checks and retention
    "check_options", "pruning",
    # what is backed up
    "sources",
    # safety
    "file_modes", "host_keys", "owners", "plain_secrets", "unseen_characters",
)  # fmt: skip

# The rest is loaded where a file has hooks. First what is to be seen in single ones.
OF_HOOKS = (
    "never_running", "quoted_placeholders", "success_after_failure", "empty_commands", "soft_failures", "repetition",
    "last_test", "nested_runs", "quiet_failures", "fragile_notices",
    # safety
    "dump_hooks", "snapshot_hooks", "dump_places", "secrets_in_commands", "values_in_hooks",
)  # fmt: skip

# Then what is about all hooks of a file, or about more than their texts.
OF_FILES_WITH_HOOKS = (
    "generations", "hidden_failures", "gone_early", "proofs", "script_modes", "dump_modes",
)  # fmt: skip

# What is about entries of databases.
OF_FILES_WITH_DATABASES = ("database_entries",)

# What is about options of snapshots.
OF_FILES_WITH_SNAPSHOTS = ("snapshot_options",)

# And what is proved of files that have monitoring services, but no hooks.
OF_FILES_WITH_SERVICES = ("proofs",)

# What only `--check-programs` asks for.
ON_REQUEST = ("programs",)


def rules_in(modules: tuple[str, ...]) -> Iterator[Rule | HookRule]:
    """The rules of modules, each of which is loaded when it is its turn."""
    for name in modules:
        found: tuple[Rule | HookRule, ...] = __import__(
            f"{__package__}.rules.{name}", fromlist=["RULES"]
        ).RULES
        yield from found


def run_checks(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """Let every rule look at the compilation; those about hooks are loaded where there are any."""
    _run(OF_FILES, compilation, host, diagnostics)
    if any(configuration.databases for configuration in compilation.configurations):
        _run(OF_FILES_WITH_DATABASES, compilation, host, diagnostics)
    if any(_takes_snapshots(configuration) for configuration in compilation.configurations):
        _run(OF_FILES_WITH_SNAPSHOTS, compilation, host, diagnostics)
    if any(_has_hooks(configuration) for configuration in compilation.configurations):
        from .rules.hook_commands import hooks_of

        hooks = hooks_of(compilation)
        for rule in rules_in(OF_HOOKS):
            if isinstance(rule, HookRule):
                rule.check(hooks, diagnostics)
        _run(OF_FILES_WITH_HOOKS, compilation, host, diagnostics)
    elif any(configuration.services for configuration in compilation.configurations):
        _run(OF_FILES_WITH_SERVICES, compilation, host, diagnostics)


def _run(
    modules: tuple[str, ...], compilation: Compilation, host: Host, diagnostics: Diagnostics
) -> None:
    for rule in rules_in(modules):
        if isinstance(rule, Rule):
            rule.check(compilation, host, diagnostics)


def _has_hooks(configuration: Configuration) -> bool:
    own = any(repository.own for repository in configuration.repositories)
    return bool(configuration.hooks or configuration.commands or configuration.empty_hooks or own)


def _takes_snapshots(configuration: Configuration) -> bool:
    several = (configuration, *(configuration.of(r) for r in configuration.repositories if r.own))
    return any(not one.settings.by_key.keys().isdisjoint(SNAPSHOT_NAMES) for one in several)
