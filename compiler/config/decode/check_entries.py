"""Entries of `checks`, decoded: a name, or a mapping with `frequency`, `only_run_on`, `max_duration`, and what `spot` needs."""

from __future__ import annotations

import shlex

from ...source.diagnostic import Diagnostics, did_you_mean
from ...support.regex import lazily
from ...syntax.nodes import Mapping, Node, Scalar, Sequence, is_late, kind, whole_number
from ..options import Option
from ..settings import CheckEntry, SpotCheck
from .values import wrong_item

KEYS = ("name", "frequency", "only_run_on", "max_duration")
SPOT = "spot"
PERCENTAGES = (
    "count_tolerance_percentage", "data_sample_percentage", "data_tolerance_percentage",
)  # fmt: skip
SUMS, DEFAULT_SUMS = "xxh64sum_command", "xxh64sum"
OF_SPOT = (*PERCENTAGES, SUMS)
_MOST = 10**6  # per cent; there may be many times as many files as there were
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


def check_entry(option: Option, item: Node, diagnostics: Diagnostics) -> CheckEntry | None:
    """One entry; None after a diagnostic (BP203, BP207, BP210, BP233)."""
    values: dict[str, Node] = {"name": item}
    if isinstance(item, Mapping):
        values = {}
        for key, value in item.pairs:
            values[key.text] = value
            if key.text not in (*KEYS, *OF_SPOT):
                known = (*KEYS, *OF_SPOT)
                hint = did_you_mean(key.text, known) or f"known: {', '.join(KEYS)}"
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
    spot: SpotCheck | None = None
    if name.text == SPOT:
        spot = _spot(name, values, diagnostics)
        if spot is None:
            return None
    return CheckEntry(
        name.text,
        name.span,
        _frequency(values.get("frequency"), diagnostics),
        _days(values.get("only_run_on"), diagnostics),
        _duration(values.get("max_duration"), diagnostics),
        spot,
    )


def _spot(name: Scalar, values: dict[str, Node], diagnostics: Diagnostics) -> SpotCheck | None:
    """What the check `spot` needs; None after a diagnostic (BP233)."""
    absent = [key for key in PERCENTAGES if key not in values]
    if absent:
        diagnostics.error(
            "BP233", f"the check `{SPOT}` needs {', '.join(f'`{key}`' for key in absent)}", name.span,
            "for example count_tolerance_percentage: 10, data_sample_percentage: 1, data_tolerance_percentage: 0.5",
        )  # fmt: skip
        return None
    found = [_percentage(key, values[key], diagnostics) for key in PERCENTAGES]
    numbers = [number for number in found if number is not None]
    command = values.get(SUMS)
    if command is not None and not (
        isinstance(command, Scalar) and isinstance(command.value, str) and _is_command(command.text)
    ):
        diagnostics.error("BP233", f"`{SUMS}` is a command, not {kind(command)}", command.span)
        return None
    if len(numbers) < len(PERCENTAGES):
        return None
    if numbers[2] > numbers[1]:
        diagnostics.error(
            "BP233", f"`{PERCENTAGES[2]}` is above `{PERCENTAGES[1]}`: no sample can fail",
            values[PERCENTAGES[2]].span, "compare more files, or tolerate fewer that differ",
        )  # fmt: skip
        return None
    count, sample, tolerance = (f"{number:.12g}" for number in numbers)
    text = command.text if isinstance(command, Scalar) else DEFAULT_SUMS
    return SpotCheck(count, sample, tolerance, text)


def _is_command(text: str) -> bool:
    try:
        return bool(shlex.split(text))
    except ValueError:
        return False


def _percentage(key: str, node: Node, diagnostics: Diagnostics) -> float | None:
    """A number; None after a diagnostic (BP233), or where it is known later."""
    number = node.value if isinstance(node, Scalar) else None
    if isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= _MOST:
        return number
    if not is_late(node):
        diagnostics.error(
            "BP233", f"`{key}` is a percentage, a number from 0, not {kind(node)}", node.span
        )
    return None


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
    if node is None:
        return 0
    number = whole_number(node)
    if number is None or number < 0:
        diagnostics.error(
            "BP233", f"`max_duration` is a number of seconds, not {kind(node)}", node.span
        )
        return 0
    return number
