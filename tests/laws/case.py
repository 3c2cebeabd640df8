"""One configuration, one request, some faults; and what the description makes of them."""

from __future__ import annotations

import shlex
from typing import Any, NamedTuple

import yaml

from tests.laws import naive
from tests.laws.naive_world import Asked, Release
from tests.support.stand_in_rules import Faults

Fault = dict[str, Any]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Where $TMP is, if there is none.
TMP = "/lab"


class Case(NamedTuple):
    """One comparison. `semantics`: for `--semantics`; `release`: one that this name stands for.

    `files`: their texts, with $TMP where they stand. `faults`: as `support.stand_in` takes them.
    """

    semantics: str
    release: Release
    files: tuple[str, ...]
    actions: tuple[str, ...]
    repository: str
    faults: tuple[Fault, ...] = ()

    @property
    def paths(self) -> list[str]:
        return [f"$TMP/borgmatic.d/{number}.yaml" for number, _ in enumerate(self.files, 1)]

    @property
    def arguments(self) -> list[str]:
        """For `borgplan plan` and `borgplan apply`."""
        found = ["--semantics", self.semantics]
        if self.actions:
            found += ["--actions", ",".join(self.actions)]
        if self.repository:
            found += ["--repository", self.repository]
        return [*found, *self.paths]

    def __repr__(self) -> str:
        lines = [f"borgplan apply {shlex.join(self.arguments)}"]
        for path, text in zip(self.paths, self.files, strict=True):
            lines += [f"--- {path}", text.rstrip()]
        lines += ["--- faults", *(str(fault) for fault in self.faults)]
        return "\n".join(lines)


def described(case: Case, tmp: str = TMP) -> naive.Run:
    """The case by the description, which is given the plain data."""
    datas = [yaml.load(text.replace("$TMP", tmp), LOADER) for text in case.files]
    asked = Asked(case.release, case.actions, case.repository.replace("$TMP", tmp))
    faults = Faults([placed(fault, tmp) for fault in case.faults])
    return naive.run(
        datas, asked, lambda event, words: int(faults.take(event, words).get("exit", 0))
    )


def placed(fault: Fault, tmp: str) -> Fault:
    """A fault, with its arguments where $TMP is."""
    if "argv" not in fault:
        return fault
    return {**fault, "argv": [word.replace("$TMP", tmp) for word in fault["argv"]]}
