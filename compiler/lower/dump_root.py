"""Where Borg runs so that dumps lie at `borgmatic/…` in the archive, which every release of borgmatic reads.

From Borg 1.4 on `/./` in a root does that. An older Borg stores the whole path of a root, unless that is relative: it
runs in the folder with the dumps then, as long as nothing else that it is given depends on where it runs. Otherwise
paths are whole, below a folder called `borgplan-…`: borgmatic 2.1 and borgplan find dumps there, earlier releases don't.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from ..borg.action_inputs import Extent
from ..borg.target import Target, extra
from ..borg.versions import SLASHDOT
from ..plan.words import text_of
from ..source.host import Host

_PATHS = ("_DIR", "_FILE")  # variables of Borg that name a file or folder end so
_LISTS = ("PATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
_COMMANDS = ("BORG_RSH", "BORG_PASSCOMMAND")
_FILES_OF_RULES = ("--pat", "--exclude-f", "--paths-f")  # flags may be shortened


def runs_inside(target: Target, extent: Extent, host: Host) -> bool:
    """Whether `borg create` is to run in the folder with the dumps."""
    if target.version.knows(SLASHDOT) or extent.directories is not None:
        return False
    flags = extra(target, "create")
    paths = (*extent.roots, *extent.needed, *(w for w in extent.arguments if not w.startswith("-")))
    return (
        all(path.startswith("/") for path in paths)
        and ("/" not in target.borg or target.borg.startswith("/"))
        and (target.location.startswith("/") or ":" in target.location)
        and not any(flag.startswith(_FILES_OF_RULES) for flag in flags)
        and all(_is_absolute(*pair) for pair in _variables(target, host))
    )


def _variables(target: Target, host: Host) -> Iterable[tuple[str, str]]:
    yield from host.environment.items()
    for name, word in target.bare.environment:
        yield name, text_of(word)


def _is_absolute(name: str, value: str) -> bool:
    """Whether a variable means the same to Borg wherever it runs."""
    if name in _LISTS or (name.startswith("BORG_") and name.endswith(_PATHS)):
        return all(path.startswith("/") for path in value.split(":")) or not value
    if name not in _COMMANDS:
        return True
    try:
        words = shlex.split(value)
    except ValueError:
        return False
    return not any(map(_is_relative, words))


def _is_relative(word: str) -> bool:
    """Whether a word looks like a path that depends on where a program runs."""
    path = word.rpartition("=")[2]
    return "/" in path and not path.startswith(("/", "~"))
