"""The pipes and devices among the sources: Borg would read them, as it is told to read the pipes with dumps.

They are found by one walk that looks at the kind of each entry alone, links followed, and are excluded by name.
"""

from __future__ import annotations

from ..plan.exits import ExitCodes
from ..plan.words import Escape, ForEach, Listed, Printed, Value, Word
from ..plan.work import Output, OutputUse, Process

_NAME = "special_files"
_KINDS = ("p", "b", "c")
_UNREADABLE = ((1, 1),)  # a folder that can't be read; Borg reports it


def finder(roots: tuple[str, ...], directory: str | None, *, one_file_system: bool) -> Process:
    """The command that prints their paths, each with a null character behind it."""
    tests = [word for kind in _KINDS for word in ("-o", "-xtype", kind, "-print0")]
    argv: tuple[Word, ...] = (
        "find",
        *(f"./{root}" if root.startswith("-") else root for root in roots),
        *(["-xdev"] if one_file_system else []),
        *("(", "-fstype", "proc", "-o", "-fstype", "sysfs", ")", "-prune"),
        *tests,
    )
    exits = ExitCodes(warning=_UNREADABLE, forgiven=_UNREADABLE)
    return Process(argv, None, exits, output=Output(OutputUse.KEEP, _NAME), directory=directory)


def excluded(found_by: str) -> Word:
    """The pattern lines that exclude them. `found_by`: the id of the step that finds them."""
    names = Listed(Value(found_by, _NAME), Printed.NULLS, wanted=False)
    return (ForEach(names, "! fm:", "", "\n", Escape.PATH_PATTERN),)
