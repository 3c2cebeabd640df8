"""Commands that differ only in what they are about, such as the mounts of ten volumes: only the first is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ...compiler.plan.claims import Mode
from ...compiler.plan.model import Role, Step
from ...compiler.shell.printable import printable

_MOST = 3  # alike commands that are all shown


def folds(steps: Sequence[Step]) -> Iterator[tuple[Step, list[Step]]]:
    """Each step that is shown, with those after it that are not, in the order of `steps`."""
    for key, group in groupby(steps, _kind):
        first, *rest = group
        if key and len(rest) >= _MOST:
            yield first, rest
        else:
            yield from ((step, []) for step in (first, *rest))


def _kind(step: Step) -> tuple[object, ...]:
    """Equal for steps that are alike; empty for those that stand alone. A command about several things says more
    than the next one would."""
    own = [claim for claim in step.claims if claim.mode is not Mode.READ]
    if step.role is not Role.SNAPSHOT or len(own) != 1:
        return ()
    (claim,) = own
    return step.origin, claim.kind, claim.mode, step.trigger, step.on_hard, step.timeout


def folded_note(number: int, steps: Sequence[Step]) -> str:
    """What is not shown, `number` being that of the first: numbers, and what each does to what."""
    titles = [printable(step.title).split(" ") for step in steps]
    shortest = min(map(len, titles)) - 1  # what each is about is never left out
    common = 0
    while common < shortest and len({words[common] for words in titles}) == 1:
        common += 1
    names = ", ".join(" ".join(words[common:]) for words in titles)
    what = " ".join([*titles[0][:common], names])
    return f"folded: {number} to {number + len(steps) - 1}, {what}; -v shows the commands"
