"""What commands claim."""

from ..support.record import NamedTuple


class Pair(NamedTuple):
    """Two sides that undo each other. `either`: whichever comes first takes; else only `takes` does.

    `owed`: to take it and never give it back is remarkable. `unless`: a command with this text in one
    of its words is something else. `exact`: things are the same if their texts are.
    """

    name: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    either: bool = False
    owed: bool = False
    unless: str = ""
    exact: bool = False
