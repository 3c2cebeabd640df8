"""The files and folders that steps need while their scope runs."""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import NamedTuple
from .words import Word, text_of

ScopeId = str


class ScratchKind(Enum):
    TEXT = "text"  # a file with `lines`
    FOLDER = "folder"


class Scratch(NamedTuple):
    """A file or folder that exists while `scope` runs, and is removed after its RECOVER. A TEXT has lines, such as
    what Borg is to back up and what to leave out; it is in memory, or at `path` in the scratch folder `folder`. A
    FOLDER is made, for its owner alone, in the directory `path`. `names_files`: its lines name the configuration
    files themselves, so that another name of one of those is no other plan."""

    name: str
    scope: ScopeId
    kind: ScratchKind
    lines: tuple[Word, ...] = ()
    folder: str = ""
    path: str = ""
    names_files: bool = False

    @property
    def shown_lines(self) -> tuple[str, ...]:
        """The lines as people read them."""
        return tuple(map(text_of, self.lines))
