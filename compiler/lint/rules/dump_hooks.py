"""Dumps that hooks make and that an entry of an option could make: into the archive, and checked."""

from __future__ import annotations

from ...databases.hook_dumps import hook_dump
from ...databases.hook_entries import command_of, lines_of
from ...plan.model import Phase
from ...source.diagnostic import Diagnostics
from ...support.regex import lazily
from ..rule import HookRule
from .hook_commands import HookCommand, Hooks, dumps_data

_OPTIONS = (
    (lazily(r"(?<![\w.-])pg_dump(?:all)?(?![\w-]|\.\w)"), "postgresql_databases"),
    (lazily(r"(?<![\w.-])mariadb-dump(?![\w-]|\.\w)"), "mariadb_databases"),
    (lazily(r"(?<![\w.-])mysqldump(?![\w-]|\.\w)"), "mysql_databases"),
    (lazily(r"(?<![\w.-])mongodump(?![\w-]|\.\w)"), "mongodb_databases"),
    (lazily(r"(?<![\w.-])sqlite3\s[^;|&\n]{0,200}?(?:\.dump|\.backup|(?i:vacuum\s+into))"), "sqlite_databases"),
)  # fmt: skip
_SPEAKS = lazily(r"\s*(?:echo|printf|logger)\s")


def dump_hooks(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP345: one for each command before a backup."""
    for found in hooks.commands:
        if _is_before_backup(found) and dumps_data(found.command.text):
            _could_be_an_entry(found, diagnostics)


def _is_before_backup(found: HookCommand) -> bool:
    return found.hook.phase is Phase.ENTER and found.hook.fits_action("create")


def _could_be_an_entry(found: HookCommand, diagnostics: Diagnostics) -> None:
    text = found.command.text
    option = next((name for pattern, name in _OPTIONS if pattern.search(text)), "")
    if not option or _SPEAKS.match(text):
        return
    message = (
        f"`{option}` can make this dump: it goes into the archive, is checked and can be restored"
    )
    dump = hook_dump(text)
    if dump is None:
        diagnostics.note("BP345", message, found.command.span, "see docs/databases.md")
        return
    entry = ", ".join(lines_of(dump, shown=True))
    hint = f"{dump.kind}_databases: [{{{entry}}}] runs: {command_of(dump)}; `borgplan migrate --dumps` writes it"
    diagnostics.note("BP345", message, found.command.span, hint)


RULES = (HookRule(("BP345",), dump_hooks),)
