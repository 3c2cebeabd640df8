"""Which fault strikes which command: the rule of `stand_in.py`, for simulations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Faults:
    def __init__(self, faults: Sequence[dict[str, Any]]) -> None:
        self._faults = faults
        self._before: list[tuple[str, list[str]]] = []

    def take(self, event: str, argv: list[str]) -> dict[str, Any]:
        """The fault for a command that starts now; empty for a command that goes well."""
        found: dict[str, Any] = {}
        for fault in self._faults:
            if _applies(fault, event, argv):
                nth = 1 + sum(_applies(fault, *before) for before in self._before)
                if fault.get("nth") in (None, nth):
                    found = fault
                    break
        self._before.append((event, argv))
        return found


def _applies(fault: dict[str, Any], event: str, argv: list[str]) -> bool:
    if fault["event"] != event:
        return False
    if event == "hook":
        wanted = fault.get("argv", [])
        return bool(argv[: len(wanted)] == wanted)
    if fault.get("subcommand") not in (None, argv[0]):
        return False
    if fault.get("repository") and f"/repos/{fault['repository']}" not in " ".join(argv):
        return False
    if not all(word in argv for word in fault.get("argv_contains", ())):
        return False
    return not any(word in argv for word in fault.get("argv_lacks", ()))
