"""Entries of `borg_exit_codes`, decoded: `code` and `treat_as`."""

from __future__ import annotations

from ...plan.exits import FIRST_DEATH
from ...source.diagnostic import Diagnostics, did_you_mean
from ...syntax.nodes import Mapping, Node, Scalar, kind, whole_number
from ..options import Option
from ..settings import ExitRule

_NOT_STARTED = {126: "Borg could not be started", 127: "Borg was not found"}


def exit_rule(option: Option, item: Node, diagnostics: Diagnostics) -> ExitRule | None:
    """One entry; None after a diagnostic (BP210, BP228, BP229, BP235, BP427)."""
    code: Node | None = None
    treat_as: Node | None = None
    for key, value in item.pairs if isinstance(item, Mapping) else ():
        if key.text == "code":
            code = value
        elif key.text == "treat_as":
            treat_as = value
        else:
            diagnostics.error(
                "BP210", f"unknown key `{key.text}` in `{option.name}`", key.span,
                did_you_mean(key.text, ("code", "treat_as")),
            )  # fmt: skip
    if code is None or treat_as is None:
        diagnostics.error(
            "BP228", f"an entry of `{option.name}` needs `code` and `treat_as`", item.span
        )
        return None
    number = whole_number(code)
    if not number:
        diagnostics.error(
            "BP229", f"`code` takes an exit code other than 0, not {kind(code)}", code.span
        )
        return None
    if not 0 < number < 256:
        diagnostics.warning(
            "BP235",
            f"exit code {number} is impossible: the entry has no effect",
            code.span,
        )
        return None
    if not isinstance(treat_as, Scalar) or treat_as.value not in option.choices:
        diagnostics.error(
            "BP229", f"`treat_as` takes error or warning, not {kind(treat_as)}", treat_as.span
        )
        return None
    if number >= FIRST_DEATH and treat_as.value != "error":
        diagnostics.warning(
            "BP427",
            f"exit code {number} remains an error: {_death(number)}, so an archive is not certain",
            code.span,
            "remove the entry; if a wrapper around Borg returns that code, fix the wrapper",
        )
        return None
    return ExitRule(number, treat_as.value == "error", item.span)


def _death(code: int) -> str:
    """What a code means that Borg never ends with by itself."""
    if code in _NOT_STARTED:
        return _NOT_STARTED[code]
    return (
        f"Borg, or what runs it, was ended by signal {code - 128}"
        if code > 128
        else "Borg has died"
    )
