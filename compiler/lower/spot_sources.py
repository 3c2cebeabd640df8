"""What the check `spot` takes for the sources: those that `create` would back up, without snapshots and dumps."""

from __future__ import annotations

from ..borg.action_inputs import SpotSources
from ..borg.pattern_words import pattern_words
from ..borg.patterns import selection
from ..borg.target import Target
from ..plan.scratch import Scratch, ScratchKind
from ..plan.words import ScratchPath, Word
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..support.record import NamedTuple
from .manifest import paths_of
from .places import Place

_FILES = "CONFIGURATION-FILES"  # what people read in place of the path


class Found(NamedTuple):
    """`scratch`: the pattern files that the sources need; `read`: those that went into them, by path."""

    sources: SpotSources
    scratch: tuple[Scratch, ...]
    read: tuple[tuple[str, bytes], ...]


def sources_of(
    target: Target, place: Place, host: Host, diagnostics: Diagnostics, *, stores: bool
) -> Found:
    """The sources of a repository. `stores`: whether archives get the configuration files, too."""
    chosen = selection(target, host, diagnostics, hooked=place.is_hooked)
    files, words = pattern_words(chosen, f"{place.scope} spot")
    scratch = [file._replace(scope=place.scope) for file in files]
    own: tuple[Word, ...] = ()
    if stores:
        paths = paths_of(place.request.files, host)
        lines = tuple(line for path in paths for line in (f"R {path}", f"+ pp:{path}"))
        name = f"{place.scope} spot files"
        scratch.append(Scratch(name, place.scope, ScratchKind.TEXT, lines, names_files=True))
        own = ("--patterns-from", (ScratchPath(name, _FILES),))
    needed = tuple(file.path for file in chosen.late)
    return Found(SpotSources((*own, *words), chosen.arguments, needed), tuple(scratch), chosen.read)
