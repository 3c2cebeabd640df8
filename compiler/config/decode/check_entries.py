"""Entries of `checks`, decoded: a name, or a mapping with `frequency`, `only_run_on`, `max_duration`."""

from __future__ import annotations

from ...source.diagnostic import Diagnostics, did_you_mean
from ...source.span import Text
from ...support.regex import lazily
from ...syntax.nodes import Mapping, Node, Scalar, Sequence, kind
from ..options import Option
from ..settings import CheckEntry
from .values import wrong_item

KEYS = ("name", "frequency", "only_run_on", "max_duration")
# Of the check `spot`, which isn't implemented.
OF_SPOT = (
    "count_tolerance_percentage", "data_sample_percentage", "data_tolerance_percentage",
    "xxh64sum_command",
)  # fmt: skip
_NOT_IMPLEMENTED = ("spot",)
_FREQUENCY = lazily(r"(\d{1,9})\s+([a-z]+?)s?")
# A month is 30 days and a year 365, as for borgmatic.
_SECONDS = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400, "month": 30 * 86400,
    "year": 365 * 86400,
}  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = {
    **{name: frozenset({number}) for number, name in enumerate(_WEEKDAYS)},
    "weekday": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
}


def check_entry(
    option: Option, item: Node, unimplemented: list[Text], diagnostics: Diagnostics
) -> CheckEntry | None:
    """One entry; None after a diagnostic (BP203, BP207, BP210, BP233) or where it isn't implemented."""
    values: dict[str, Node] = {"name": item}
    if isinstance(item, Mapping):
        values = {}
        for key, value in item.pairs:
            values[key.text] = value
            if key.text not in (*KEYS, *OF_SPOT):
                hint = did_you_mean(key.text, KEYS) or f"known: {', '.join(KEYS)}"
                diagnostics.error("BP210", f"unknown key `{key.text}` in `checks`", key.span, hint)
    name = values.get("name")
    if name is None:
        diagnostics.error("BP233", "an entry of `checks` needs a `name`", item.span)
        return None
    if not isinstance(name, Scalar) or not isinstance(name.value, str):
        wrong_item(option, name, diagnostics)
        return None
    if name.text not in option.choices:
        hint = did_you_mean(name.text, option.choices) or f"known: {', '.join(option.choices)}"
        diagnostics.error("BP207", f"there is no check `{name.text}`", name.span, hint)
        return None
    if name.text in _NOT_IMPLEMENTED:
        unimplemented.append(Text(f"checks: {name.text}", name.span))
        return None
    return CheckEntry(
        name.text,
        name.span,
        _frequency(values.get("frequency"), diagnostics),
        _days(values.get("only_run_on"), diagnostics),
        _duration(values.get("max_duration"), diagnostics),
    )


def _frequency(node: Node | None, diagnostics: Diagnostics) -> int:
    text = node.text if isinstance(node, Scalar) and isinstance(node.value, str) else ""
    if node is None or text == "always":
        return 0
    match = _FREQUENCY.fullmatch(text)
    if match is None or match[2] not in _SECONDS:
        diagnostics.error(
            "BP233",
            f"`frequency` is always, or a number and a unit, not {kind(node)}",
            node.span,
            f"for example 2 weeks; units: {', '.join(_SECONDS)}",
        )
        return 0
    return int(match[1]) * _SECONDS[match[2]]


def _days(node: Node | None, diagnostics: Diagnostics) -> frozenset[int]:
    """Names of days in any case: borgmatic takes only those that begin with a capital letter."""
    if node is None:
        return frozenset()
    if not isinstance(node, Sequence):
        diagnostics.error("BP203", f"`only_run_on` takes a list, not {kind(node)}", node.span)
        return frozenset()
    found: frozenset[int] = frozenset()
    for item in node.items:
        word = item.text.lower() if isinstance(item, Scalar) else ""
        if word not in DAYS:
            hint = did_you_mean(word, DAYS) or f"known: {', '.join(DAYS)}"
            diagnostics.error("BP233", f"{kind(item)} is not a day", item.span, hint)
        found |= DAYS.get(word, frozenset())
    return found


def _duration(node: Node | None, diagnostics: Diagnostics) -> int:
    number = node.value if isinstance(node, Scalar) else None
    if node is None:
        return 0
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        diagnostics.error(
            "BP233", f"`max_duration` is a number of seconds, not {kind(node)}", node.span
        )
        return 0
    return number
