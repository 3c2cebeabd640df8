"""What stands still only while snapshots are taken, such as a stopped service: taken just before, released just after.

A mark says that something is frozen, so that a second release, which runs whatever fails, knows whether there is something to do.
It is in `/run`: a machine that starts anew has nothing frozen.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..plan.model import Fact
from ..plan.words import Word, joined
from ..plan.work import Presence, Where
from ..source.span import Text
from ..support.record import NamedTuple
from .kind import RUN, Command

FROZEN = "frozen"  # kind of claims
MARKS = "/run/borgplan/frozen"


class Freeze(NamedTuple):
    """Two commands for the shell: `give` undoes what `take` does."""

    take: Text
    give: Text


def freezing(freeze: Freeze, scope: str, number: int) -> tuple[Command, Command]:
    """The mark, and the command itself. `scope` and `number` tell marks of one run apart."""
    mark = _mark(scope, number)
    text = freeze.take.text
    return (
        Command(
            f"mark for `{text}`", ("mkdir", "-m", "700", "-p", mark), FROZEN, (text,), makes=(Presence(mark, Where.PATH),)
        ),
        Command(f"freeze by `{text}`", ("/bin/sh", "-c", text), FROZEN, (text,)),
    )  # fmt: skip


def releasing(freeze: Freeze, scope: str, number: int) -> Command:
    """The command that releases, and removes the mark if it succeeds."""
    mark = _mark(scope, number)
    argv: tuple[Word, ...] = (
        "/bin/sh",
        "-c",
        '/bin/sh -c "$1" && rmdir "$0"',
        mark,
        freeze.give.text,
    )
    return Command(
        f"release by `{freeze.give.text}`",
        argv,
        FROZEN,
        (freeze.take.text,),
        removes=(Presence(mark, Where.PATH),),
    )


def downtimes(freezes: Sequence[Freeze], snapshots: int) -> tuple[Fact, ...]:
    """How long each lasts, for people."""
    what = f"{snapshots} snapshots are" if snapshots > 1 else "a snapshot is"
    return tuple(
        Fact(
            f"`{f.take.text}`",
            f"until `{f.give.text}`, only while {what} taken; Borg runs after that",
        )
        for f in freezes
    )


def _mark(scope: str, number: int) -> Word:
    return joined(f"{MARKS}/", (RUN, f"-{scope}-{number}"))
