"""What the kinds of snapshots have in common: the commands that they are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..config.settings import Settings
from ..plan.words import Known, Use, Word
from ..plan.work import Presence, Where
from ..source.volumes import Mounted, Volume
from ..support.record import NamedTuple

SNAPSHOT, MOUNT = "file-system snapshot", "mounted snapshot"  # kinds of claims
RUN = Use(Known.ID)
PREFIX = "borgplan-"

Argv = tuple[str, ...]


class Command(NamedTuple):
    """One command. `title` is for people; `kind` and `things`: what it takes, or gives back; `makes` and `removes`: how
    to see that it did. `uses`: kinds and names of what can't be given back as long as that is taken."""

    title: str
    argv: tuple[Word, ...]
    kind: str
    things: tuple[Word, ...]
    makes: tuple[Presence, ...] = ()
    removes: tuple[Presence, ...] = ()
    uses: tuple[tuple[str, Word], ...] = ()


def mounting(title: str, argv: tuple[Word, ...], place: str, *snapshots: Word) -> Command:
    """The command that mounts something at a place. `snapshots`: that can't be removed while it is mounted."""
    return Command(
        title,
        argv,
        MOUNT,
        (place,),
        makes=(Presence(place, Where.MOUNT),),
        uses=tuple((SNAPSHOT, snapshot) for snapshot in snapshots),
    )


class Naming(NamedTuple):
    """What the snapshots of one scope are called: after the run and the scope."""

    scope: str

    @property
    def word(self) -> Word:
        """A name that no other run has, and no other scope of the same run."""
        return (PREFIX, RUN, f"-{self.scope}")


class Kind(NamedTuple):
    """One kind of snapshot.

    `questions`: what to ask before planning, with the program's words and what is mounted. `read`: the volumes that
    the answers to those tell of; raises ValueError, in words, where they can't be read. `take`: commands that
    take snapshots of volumes. `mount`: the command that mounts the snapshot of a volume at a place. `remove`: the one
    that removes the snapshot. `program`: the option that names the program that is asked.
    """

    name: str
    program: str
    questions: Callable[[Argv, Sequence[Mounted]], list[Argv]]
    read: Callable[[Sequence[Mounted], Sequence[str]], list[Volume]]
    take: Callable[[Sequence[Volume], Settings, Naming], list[Command]]
    mount: Callable[[Volume, Settings, Naming, str], Command]
    remove: Callable[[Volume, Settings, Naming], Command]


def words_of(settings: Settings, option: str) -> Argv:
    """A program with its words, split at blanks; nothing is quoted there (measured). By default the option's own name."""
    kind, _, name = option.partition(".")
    default = name.removesuffix("_command")
    return tuple((settings.text(option) or "").split()) or (default or kind,)


def key_of(kind: Kind, settings: Settings) -> str:
    """Under which name the answers of its program are kept."""
    return f"{kind.name}: {' '.join(words_of(settings, kind.program))}"
