"""What steps claim: things that they read, write, acquire or release.

Locks, parallel runs, the journal, the cleanup proof, recovery, resume, summary and diff read claims and
nothing else. Builders fill them in for Borg and for generated steps; for users' hooks they are inferred
from the text, and marked so.
"""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import NamedTuple

REPOSITORY = "repository"  # of Borg, by its location
OUTPUT = "output"  # standard output: the answer that was asked for
FILES = "files"  # outside of every repository; an empty name for any
FOLDER = "folder"  # that a run has for itself, made and removed by it
DATABASE = "database"  # by its server and name, or its file
ANYTHING = "anything"  # a hook whose text doesn't say what it is about


class Mode(Enum):
    """What a step does with a thing."""

    READ = "read"  # beside others that read
    ALONE = "alone"  # changes nothing, but nobody else may use it meanwhile
    WRITE = "write"
    TAKE = "take"  # acquires it: somebody has to give it back
    GIVE = "give"  # releases it


class Claim(NamedTuple):
    """`kind` and `name` say which thing. `inferred`: from the text of a hook, not known.

    What a step reads that itself takes something can't be released before that: a folder in which something is mounted.
    """

    kind: str
    name: str
    mode: Mode
    inferred: bool = False


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
