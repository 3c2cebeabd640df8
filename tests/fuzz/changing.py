"""From one input to a slightly different one."""

from __future__ import annotations

import random
from collections.abc import Callable


def mutator(fragments: list[bytes], others: list[bytes]) -> Callable[[bytes, int, int], bytes]:
    """Changes an input, by single bytes, fragments, lines, repetition and parts of `others`.

    libFuzzer knows bytes only, and texts changed so are hardly ever a configuration any more.
    """

    def mutated(data: bytes, size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        for _ in range(chance.choice((1, 1, 2, 4))):
            data = _changed(data, chance, fragments, others)[:size]
        return data

    return mutated


def _changed(
    data: bytes, chance: random.Random, fragments: list[bytes], others: list[bytes]
) -> bytes:
    at = chance.randint(0, len(data))
    ways = ("bytes", "word", "line", "part", "repeat")
    match chance.choices(ways, (30, 30, 20, 18, 2))[0]:
        case "bytes":
            new = chance.randbytes(chance.randint(0, 2))
            return data[:at] + new + data[at + chance.choice((0, 1, 1, 2, 30)) :]
        case "word":
            return data[:at] + chance.choice(fragments) + data[at + chance.choice((0, 0, 1, 8)) :]
        case "line":
            lines = data.split(b"\n")
            moved = lines.pop(chance.randrange(len(lines)))
            for _ in range(chance.randint(0, 2)):
                lines.insert(chance.randint(0, len(lines)), moved)
            return b"\n".join(lines)
        case "part":
            other = chance.choice((data, chance.choice(others)))
            start = chance.randint(0, len(other))
            return data[:at] + other[start : start + chance.randint(1, 80)] + data[at:]
        case _:
            part = data[at : at + chance.randint(1, 12)]
            return data[:at] + part * chance.randint(2, 2000) + data[at:]
