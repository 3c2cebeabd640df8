"""Which runs of the journal a command is about: those of the files that are named, or of the default places.

There is one journal for all files of a user. Where neither a file is named nor one is in the default places, all runs
are meant.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from ...compiler.support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse


class AtHand(NamedTuple):
    """`files`: real paths. `folders`: of which every file counts, those that are gone by now too. `is_all`: every
    run counts."""

    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    is_all: bool = False

    def has(self, configurations: Iterable[str]) -> bool:
        """Whether a run of these configuration files counts."""
        return self.is_all or any(
            path in self.files or os.path.dirname(path) in self.folders for path in configurations
        )


EVERYTHING = AtHand(is_all=True)


def add_at_hand(parser: argparse.ArgumentParser, *, positional: bool = True) -> None:
    """The options that say which files are meant; without `positional` the command reads such words itself."""
    add = parser.add_argument
    what = "only runs of this configuration file or directory (default: those in borgmatic's default locations)"
    if positional:
        add("configs", nargs="*", metavar="CONFIG", default=[], help=what)
    add("-c", "--config", action="append", default=[], metavar="CONFIG",
        help="same as CONFIG, for compatibility with borgmatic" if positional else what)  # fmt: skip
    add("--all", action="store_true", help="runs of all files")


def at_hand(configs: Sequence[str], *, everything: bool = False) -> AtHand:
    """`configs`: as on a command line; none for the default places."""
    if everything:
        return EVERYTHING
    from ...compiler.config.discover import configuration_files, default_paths
    from ...compiler.source.diagnostic import Diagnostics
    from ..system.host import RealHost

    host = RealHost()
    paths = tuple(configs) or tuple(path for path in default_paths(host) if host.exists(path))
    if not paths:
        return EVERYTHING
    found = configuration_files(paths, host, Diagnostics())  # links among them lead elsewhere
    folders = (os.path.realpath(path) for path in paths if os.path.isdir(path))
    return AtHand(frozenset(map(os.path.realpath, found)), frozenset(folders))
