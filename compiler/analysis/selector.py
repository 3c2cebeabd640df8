"""Choosing steps: the language of `grammar/selector.lark`, compiled to a test of one step."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ...grammar import parse
from ..config.hooks import HookKind, Position
from ..config.options import ACTION_NAMES
from ..plan.actions import Action
from ..plan.command_text import command_text
from ..plan.index import Index
from ..plan.model import ScopeKind, Step
from ..plan.titles import subcommand
from ..plan.work import Request, Shell
from ..source.diagnostic import Diagnostics, did_you_mean
from ..source.span import Span, Text

if TYPE_CHECKING:
    from lark import Token, Tree

Selector = Callable[[Step, Index], bool]
Place = Callable[["Token"], Span]

_HOOKS = [kind.value for kind in (*HookKind, *Position)]
_ACTIONS = [*(action.value for action in Action), *ACTION_NAMES]
_PHASES = ["enter", "body", "exit", "recover"]
# Properties with a closed set of values: a word without wildcards that isn't one of them is a mistake.
_KNOWN = {"hook": _HOOKS, "action": _ACTIONS, "phase": _PHASES}
MAX_LENGTH = 400  # bounds how deep brackets can nest
_WILD = re.compile(r"[*?\[]")


def selector(written: Text, diagnostics: Diagnostics) -> Selector | None:
    """The test that a text stands for; None after a diagnostic (BP703)."""
    if len(written.text) > MAX_LENGTH:
        diagnostics.error("BP703", f"a selector has at most {MAX_LENGTH} characters", written.span)
        return None
    tree = parse("selector", written.text)
    if isinstance(tree, int):
        near = written.text[tree : tree + 20]
        where = f"at `{near}`" if near else "at its end"
        diagnostics.error(
            "BP703",
            f"this selector can't be parsed {where}",
            written.span,
            'for example: hook before_backup and command "systemctl stop *"',
        )
        return None
    before = len(diagnostics)
    test = compiled(tree, lambda _: written.span, diagnostics)
    return test if len(diagnostics) == before else None


def compiled(tree: Tree[Token], place: Place, diagnostics: Diagnostics) -> Selector:
    """The test that the tree of a selector, of at most MAX_LENGTH characters, stands for.

    `place`: where a token of it stands, for what is wrong with it (BP703).
    """
    if tree.data == "test":
        name, pattern = (child for child in tree.children if isinstance(child, str))
        return _test(str(name), unquoted(pattern), place(pattern), diagnostics)
    tests = [
        compiled(child, place, diagnostics) for child in tree.children if not isinstance(child, str)
    ]
    if tree.data == "negated":
        return lambda step, index: not tests[0](step, index)
    if tree.data == "both":
        return lambda step, index: all(test(step, index) for test in tests)
    return lambda step, index: any(test(step, index) for test in tests)


def unquoted(pattern: str) -> str:
    """What a WORD or QUOTED of the grammar stands for."""
    if pattern.startswith('"'):
        return re.sub(r"\\(.)", r"\1", pattern[1:-1])
    return pattern[1:-1] if pattern.startswith("'") else pattern


def _test(name: str, pattern: str, span: Span, diagnostics: Diagnostics) -> Selector:
    if name == "hook":
        pattern = pattern.replace(" ", "_")
    known = [word.replace(" ", "_") for word in _KNOWN.get(name, ())]
    if known and not _WILD.search(pattern) and pattern not in known:
        hint = did_you_mean(pattern, known) or f"known: {', '.join(dict.fromkeys(known))}"
        diagnostics.error("BP703", f"there is no {name} `{pattern}`", span, hint)
    properties = _PROPERTIES[name]
    return lambda step, index: any(
        fnmatchcase(text, pattern) for text in properties(step, index) if text
    )


def _hook(step: Step, _index: Index) -> tuple[str, ...]:
    return (step.hook.replace(" ", "_"),)


def _borg(step: Step, _index: Index) -> tuple[str, ...]:
    name = subcommand(step)
    return (name,) if name else ()


def _action(step: Step, index: Index) -> tuple[str, ...]:
    return (index.name_of(step.scope, ScopeKind.ACTION),)


def _repository(step: Step, index: Index) -> tuple[str, ...]:
    found = index.around(step.scope, ScopeKind.REPOSITORY)
    return (found.name, found.label) if found else ()


def _configuration(step: Step, index: Index) -> tuple[str, ...]:
    name = index.name_of(step.scope, ScopeKind.CONFIGURATION)
    return (name, name.rpartition("/")[2])


def _command(step: Step, _index: Index) -> tuple[str, ...]:
    if isinstance(step.work, Shell):
        return (step.work.written.strip(),)
    if isinstance(step.work, Request):
        return (command_text(step),)
    return (shlex.join(word for word in step.work.argv if isinstance(word, str)),)


def _phase(step: Step, _index: Index) -> tuple[str, ...]:
    return (step.phase.value,)


def _step(step: Step, _index: Index) -> tuple[str, ...]:
    return (step.id, step.name)


_PROPERTIES: dict[str, Callable[[Step, Index], tuple[str, ...]]] = {
    "hook": _hook,
    "borg": _borg,
    "action": _action,
    "repository": _repository,
    "configuration": _configuration,
    "command": _command,
    "phase": _phase,
    "step": _step,
}
