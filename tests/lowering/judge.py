"""What a vector and borgplan make together: the same, a difference with a reason, or a mistake."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from tests.lowering.normal import differences
from tests.lowering.rules import DELIBERATE, REFUSED, Refusal, Rule
from tests.lowering.scenario import Ending, Ran, ran, run
from tests.lowering.vectors import OLDEST, Vector, bootstrap_as_ours, invocation_of

_COMMAND_LINE = re.compile(r"(?:argument -a/--actions: )?(.*?)(?:; known: .*)?", re.DOTALL)
_UNRECOGNIZED = "unrecognized arguments"


class Kind(Enum):
    """The values are for people."""

    EQUIVALENT = "equivalent"
    DELIBERATE = "deliberately different"
    REFUSED = "refused by name"
    FAILING = "failing"


class Verdict(NamedTuple):
    """`reason`: of the rule that applies."""

    kind: Kind
    reason: str = ""
    differences: tuple[str, ...] = ()
    rule: Rule | Refusal | None = None


def judge(vector: Vector, root: Path) -> Verdict:
    """`root`: an empty directory."""
    ending = run(vector, root)
    both_refuse = vector.failed and not vector.invocations
    if ending.missing and not (both_refuse and _UNRECOGNIZED in ending.missing[0]):
        return _refused(str(vector), tuple(map(_said, ending.missing)))
    found_differences = compare(vector, ending)
    if not found_differences:
        return Verdict(Kind.EQUIVALENT)
    for rule in DELIBERATE:
        if rule.covers(str(vector), found_differences):
            return Verdict(Kind.DELIBERATE, rule.reason, tuple(found_differences), rule)
    return Verdict(Kind.FAILING, differences=tuple(found_differences))


def _said(missing: str) -> str:
    """What borgplan doesn't have, without what is about its command line in general."""
    found = _COMMAND_LINE.fullmatch(missing)
    return found[1] if found else missing


def _refused(vector: str, missing: tuple[str, ...]) -> Verdict:
    for refusal in REFUSED:
        if refusal.covers(vector, missing):
            return Verdict(Kind.REFUSED, refusal.reason, missing, refusal)
    return Verdict(Kind.FAILING, differences=tuple(f"not implemented: {name}" for name in missing))


def expected(vector: Vector) -> list[Ran]:
    """What borgmatic ran, in normal form."""
    return [
        ran(
            invocation_of(bootstrap_as_ours(recorded)), vector.borg_version, None,
            lookup=recorded.get("lookup", False),
        )
        for recorded in vector.invocations
    ]  # fmt: skip


def compare(vector: Vector, ending: Ending) -> list[str]:
    """The differences, in words that begin with what differs."""
    found = []
    theirs, ours = expected(vector), list(ending.ran)
    if vector.release == OLDEST:
        # Borg 1.2.4 has no dry run of compact.
        found += [] if str(vector).endswith("-dry-run") else _space_not_freed(ours)
        ours = _without_freeing(ours)
    if [_name(one) for one in theirs] != [_name(one) for one in ours]:
        found.append(
            f"commands: {[_name(one) for one in theirs]} != {[_name(one) for one in ours]}"
        )
    else:
        for one, other in zip(theirs, ours, strict=True):
            found += [f"{_name(one)} {text}" for text in differences(one.form, other.form)]
            # The oldest release leaves it to the environment; borgplan asks for the old numbers.
            if vector.release != OLDEST and one.exit_codes != other.exit_codes:
                found.append(f"{_name(one)} exit codes: {one.exit_codes} != {other.exit_codes}")
    if vector.noted != ending.noted and vector.release != OLDEST:  # which knew no frequencies
        found.append(f"times: {sorted(vector.noted)} != {sorted(ending.noted)}")
    if vector.failed != ending.failed:
        word = {True: "failed", False: "did well"}
        found.append(f"exit: {word[vector.failed]} != {word[ending.failed]}")
    if found and ending.refused:
        found.append(f"refused: {'; '.join(ending.refused)}")
    return found


def _space_not_freed(ours: list[Ran]) -> list[str]:
    """The difference `space`: what borgplan runs more in a release without `compact` has to be there."""
    names = [_name(one) for one in ours]
    after = [names[n + 1 : n + 2] for n, name in enumerate(names) if name == "prune"]
    return ["space: nothing frees it" for following in after if following != ["compact"]]


def _without_freeing(ours: list[Ran]) -> list[Ran]:
    """Without the compact right after a prune; any other stays, and is a difference."""
    return [
        one
        for n, one in enumerate(ours)
        if not (_name(one) == "compact" and n and _name(ours[n - 1]) == "prune")
    ]


def _name(one: Ran) -> str:
    return f"{one.form.command} for the newest archive" if one.lookup else one.form.command
