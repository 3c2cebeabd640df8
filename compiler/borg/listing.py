"""What Borg is asked to tell so that a run knows what came of it, where nobody wants to read it.

Without a list Borg doesn't say how many files are new or changed, nor which archives it prunes; without `--info`
(Borg 1) not what compact has freed. A list of files costs Borg a line for each that is new, so it is made only while somebody
watches the run, or where the project file asks for it (`count_files`). Words of the configuration that ask for such a thing
themselves are left alone: what they make Borg say is shown, and some of them may not stand there twice.
"""

from __future__ import annotations

from ..plan.listing import Listing
from ..support.record import NamedTuple
from .target import Target, verbosity
from .versions import SEPARATE_REPOSITORY

_LIST = "--list"
_LOUD = ("-v", "--v", "--info", "--debug")  # beginnings: Borg takes abbreviations


class Listed(NamedTuple):
    """The words for it, and for whom the command then lists what it does. `on_demand`: it can list files to count them."""

    words: tuple[str, ...]
    listing: Listing
    on_demand: bool = False


def files(shown: tuple[str, ...], more: tuple[str, ...]) -> Listed:
    """Of `create`. `shown`: the words for a list that somebody wants to read; `more`: words of the configuration."""
    if any(word.startswith(("--li", "--filt")) for word in more):
        return Listed(shown, Listing.NONE)
    if shown:
        return Listed(shown, Listing.SHOWN)
    return Listed((), Listing.NONE, on_demand=True)


def archives(*, shown: bool, more: tuple[str, ...]) -> Listed:
    """Of `prune`. `shown`: whether somebody wants to read them; `more`: as for `files`."""
    if shown:
        return Listed((_LIST,), Listing.SHOWN)
    if any(word.startswith("--li") for word in more):
        return Listed((), Listing.NONE)
    return Listed((_LIST,), Listing.COUNTED)


def space(target: Target, more: tuple[str, ...]) -> Listed:
    """Of `compact`. `more`: as for `files`."""
    is_loud = verbosity(target) or any(word.startswith(_LOUD) for word in more)
    if is_loud or target.version.knows(SEPARATE_REPOSITORY):
        return Listed((), Listing.NONE)
    return Listed(("--info",), Listing.QUIET)
