"""From one pipe into another: everything, once, in order; and what is known of it at the end."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from borgplan.compiler.plan.feeds import Sound
from borgplan.runtime.process.passage import END, HEAD, Moved, Passage
from borgplan.runtime.process.pump import unsound


class Pipes:
    """Both pipes, and a passage between them."""

    def __init__(self) -> None:
        self.source, self.into = os.pipe()
        self.out, self.target = os.pipe()
        self.passage = Passage(self.source, self.target)
        for descriptor in (self.into, self.out):
            os.set_blocking(descriptor, False)

    def close(self) -> None:
        for descriptor in {self.source, self.into, self.out, self.target}:
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    made = Pipes()
    yield made
    made.close()


def forbidden(*_: Any, **__: Any) -> int:
    raise OSError(errno.EPERM, "not permitted")


def passed(pipes: Pipes, data: bytes, chance: random.Random) -> bytes:
    """What comes out, where writer and reader take turns of any size."""
    found, written, moved = b"", 0, Moved.NOTHING
    while moved is not Moved.ALL:
        if written < len(data) and chance.random() < 0.6:
            most = chance.choice((1, 100, 511, 512, 513, 5000, 70_000, 2_000_000))
            with suppress(BlockingIOError):
                written += os.write(pipes.into, data[written : written + most])
        if written == len(data) and pipes.into >= 0:
            os.close(pipes.into)
            pipes.into = -1
        moved = pipes.passage.move()
        if moved is Moved.FULL or chance.random() < 0.4:
            found += read(pipes.out, chance.choice((1, 4000, 100_000, 2_000_000)))
    while rest := read(pipes.out, 1 << 20):
        found += rest
    return found


def read(descriptor: int, most: int) -> bytes:
    try:
        return os.read(descriptor, most)
    except BlockingIOError:
        return b""


@pytest.mark.parametrize("splices", [True, False])
@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1023, 1024, 1025, 66_000, 3_500_001])
def test_everything_comes_through_and_both_ends_are_known(
    pipes: Pipes, monkeypatch: pytest.MonkeyPatch, size: int, *, splices: bool
) -> None:
    if not splices:
        monkeypatch.setattr(os, "splice", forbidden)
    chance = random.Random(size)
    data = chance.randbytes(size)
    assert passed(pipes, data, chance) == data
    passage = pipes.passage
    assert (passage.size, passage.gone) == (size, size)
    assert (passage.head, passage.end) == (data[:HEAD], data[-END:])


def test_most_bytes_are_never_copied(pipes: Pipes, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0
    real = os.read

    def counted(descriptor: int, most: int) -> bytes:
        nonlocal taken
        data = real(descriptor, most)
        taken += len(data) if descriptor == pipes.source else 0
        return data

    monkeypatch.setattr(os, "read", counted)
    os.write(pipes.into, bytes(900_000))
    os.close(pipes.into)
    pipes.into = -1
    while pipes.passage.move() is not Moved.ALL:
        read(pipes.out, 1 << 20)
    assert taken <= 3 * HEAD


def test_a_reader_that_is_gone_is_an_error(pipes: Pipes) -> None:
    os.close(pipes.out)
    pipes.out = -1
    os.write(pipes.into, b"x" * 5000)
    with pytest.raises(BrokenPipeError):
        pipes.passage.move()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"-- dump" + bytes(9000), "is not complete: its end is missing"),
        (b"++ dump" + bytes(9000) + b"-- end\n", "does not begin as such a dump does"),
        (b"-- dump" + bytes(9000) + b"-- end\n", ""),
        (b"-- dump" + bytes(9000) + b"-- end\n" + bytes(900), "is not complete: its end is missing"),
    ],
)  # fmt: skip
def test_what_is_unsound(pipes: Pipes, data: bytes, problem: str) -> None:
    passed(pipes, data, random.Random(1))
    assert unsound(Sound("-- dump", 0, ("-- end\n",)), pipes.passage) == problem
