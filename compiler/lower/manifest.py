"""The configuration files in archives, and the manifest that names them, so that `bootstrap` gets them out again.

Layout and place as borgmatic 2.1.10 has them: `borgmatic/bootstrap/manifest.json`, for Borg before 1.4 below its
runtime directory. Either program reads what the other has stored.
"""

from __future__ import annotations

import json
from posixpath import dirname, join, normpath

from ..borg.bootstrap import MANIFEST
from ..borg.target import Target
from ..plan.scratch import Scratch, ScratchKind
from ..plan.words import ScratchPath, Word
from ..semantics import NEWEST
from ..source.host import Host
from ..support.record import NamedTuple
from .runtime_folder import base_of

_FOLDER, _PATTERNS = "BOOTSTRAP", "BOOTSTRAP-PATTERNS"  # what people read in place of their paths
_STRIPPED = "/./"  # from Borg 1.4 on what stands before this in a root is not stored
_MOST_LINKS = 16
_RELEASE = ".".join(map(str, NEWEST.first))  # whose form the manifest has


class Stored(NamedTuple):
    """`scratch`: the manifest, and the patterns for it and the files. `words`: the flags with which Borg gets them."""

    scratch: tuple[Scratch, ...]
    words: tuple[Word, ...]


def paths_of(files: tuple[str, ...], host: Host) -> tuple[str, ...]:
    """The absolute paths of configuration files; of a link each step to the file itself. One whose name no line of a
    pattern file can express isn't stored."""
    found: dict[str, None] = {}
    for file in files:
        path = normpath(join(host.directory, file))
        for _ in range(_MOST_LINKS):
            found[path] = None
            target = host.link(path)
            if target is None:
                break
            path = normpath(join(dirname(path), target))
    return tuple(sorted(p for p in found if p.isprintable() and p == p.strip()))


def stored(target: Target, paths: tuple[str, ...], scope: str, host: Host) -> Stored:
    """What `borg create` is given for these paths while `scope` runs."""
    folder, patterns = f"{scope} bootstrap", f"{scope} bootstrap patterns"
    top = ScratchPath(folder, _FOLDER)
    root = f"{_STRIPPED}{dirname(MANIFEST)}"
    lines: list[Word] = [("R ", top, root), ("+ pp:", top, root)]
    for path in paths:
        # The rule keeps the user's excludes from it.
        lines += [f"R {path}", f"+ pp:{path}"]
    text = json.dumps({"borgmatic_version": _RELEASE, "config_paths": paths})
    base = base_of(target.settings, host)
    scratch = (
        Scratch(folder, scope, ScratchKind.FOLDER, path=base),
        Scratch(
            f"{folder} manifest",
            scope,
            ScratchKind.TEXT,
            (text,),
            folder,
            MANIFEST,
            names_files=True,
        ),
        Scratch(patterns, scope, ScratchKind.TEXT, tuple(lines), names_files=True),
    )
    return Stored(scratch, ("--patterns-from", (ScratchPath(patterns, _PATTERNS),)))


def keeping(paths: tuple[str, ...], scope: str) -> Stored:
    """The rules with which `borg recreate` leaves these paths, and the manifest, in an archive."""
    patterns = f"{scope} kept"
    rules = (*(f"+ pp:{path}" for path in paths), f"+ sh:{MANIFEST}", f"+ sh:**/{MANIFEST}")
    file = Scratch(patterns, scope, ScratchKind.TEXT, rules, names_files=True)
    return Stored((file,), ("--patterns-from", (ScratchPath(patterns),)))
