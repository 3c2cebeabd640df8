"""`lint --shell`: hook commands looked at with the tools that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...compiler.config.hook_texts import as_written, hook_texts
from ...compiler.config.model import Configuration
from ...compiler.lint.shell_rules.analysis import analyse
from ...compiler.lint.shell_rules.tree import MAX_CHARACTERS, is_available
from ...compiler.source.diagnostic import Diagnostics
from ...compiler.source.span import COMMAND_LINE
from ..process.shellcheck import ShellCheckError, comments, program

_TREE = "pip install 'borgplan[shell]' installs it"
_SHELLCHECK = (
    "Debian has it as the package shellcheck; pip install 'borgplan[shellcheck]' installs it too"
)


def shell_lint(
    configurations: Iterable[Configuration],
    texts: Mapping[str, str],
    environment: Mapping[str, str],
    diagnostics: Diagnostics,
) -> None:
    """Codes BP350 to BP359. `texts`: of the configuration files; `environment`: where to find ShellCheck."""
    every = tuple(configurations)
    hooks, written = hook_texts(every), as_written(every)
    path = program(environment)
    _tell_what_is_missing(path, diagnostics)
    checked: dict[str, list[Any]] = {}
    if path:
        commands = {command.text for hook in hooks for command in hook}
        short = sorted(text for text in commands if len(text) <= MAX_CHARACTERS)
        try:
            checked = comments(path, short, environment)
        except ShellCheckError as error:
            diagnostics.note("BP359", f"ShellCheck {error}: its checks are skipped", COMMAND_LINE)
    found = Diagnostics()
    try:
        analyse(hooks, texts, checked, found, written)
    except ValueError as error:
        diagnostics.note("BP359", f"ShellCheck's checks are skipped: {error}", COMMAND_LINE)
        found.clear()
        analyse(hooks, texts, {}, found, written)
    diagnostics += found


def _tell_what_is_missing(path: str, diagnostics: Diagnostics) -> None:
    if not is_available() and not path:
        what = "--shell can't check hooks: neither tree-sitter-bash nor ShellCheck is installed"
        diagnostics.warning("BP359", what, COMMAND_LINE, _TREE)
    elif not is_available():
        diagnostics.note(
            "BP359", "hooks are not parsed: tree-sitter-bash is not installed", COMMAND_LINE, _TREE
        )
    elif not path:
        diagnostics.note("BP359", "ShellCheck is not installed", COMMAND_LINE, _SHELLCHECK)
