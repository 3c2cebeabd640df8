"""Numbers of steps in sentences: `1`, `3 to 7 and 9`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...compiler.analysis.failure_records import Stretch
from ...compiler.plan.titles import listed

WIDEST = 8  # numbers or stretches of them in one sentence

Wording = Callable[[int, int], list[str]]


def in_stretches(numbers: Sequence[int], last: str = "and") -> str:
    """Ascending numbers from 1."""
    stretches = ((number - 1, number) for number in numbers)
    return in_words(stretches, plain, last, numbers[-1] - 1 if numbers else 0)


def in_words(stretches: Iterable[Stretch], worded: Wording, last: str, end: int) -> str:
    """Ascending stretches of numbers from 0, as `worded` names them; of many only the first are looked at. `end`: the
    last number of all."""
    joined: list[list[int]] = []
    for first, behind in stretches:
        if joined and joined[-1][1] == first - 1:
            joined[-1][1] = behind - 1
        elif len(joined) > WIDEST:
            break
        else:
            joined.append([first, behind - 1])
    words = [word for first, last_one in joined for word in worded(first, last_one)]
    if len(words) <= WIDEST:
        return listed(words, last)
    return f"{', '.join(words[: WIDEST - 1])} and more up to {end + 1}"


def plain(first: int, last: int) -> list[str]:
    """Numbers from 1, without names."""
    if last - first < 2:
        return [str(number + 1) for number in range(first, last + 1)]
    return [f"{first + 1} to {last + 1}"]
