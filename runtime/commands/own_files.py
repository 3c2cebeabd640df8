"""Which of some YAML files are configurations of their own: no fragments, no files of other programs.

For who can't know, as pre-commit, which names every changed file that a pattern fits. Files are judged by
their text, so that one with a mistake in its YAML is still looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from ...compiler.config.option_names import BESIDE
from ...compiler.config.options import BY_NAME, GROUPS, SECTIONS

_KEY = re.compile(r"^(?:([\"']?)([A-Za-z_][\w.-]*)\1|(<<))[ \t]*:(?=\s|$)", re.MULTILINE)
_INCLUDE = re.compile(
    r"!include[ \t]+(\[[^\]]*\]|[^\s\[#]+)|^\s*-\s+!include[ \t]+(\S+)", re.MULTILINE
)
_SUFFIXES = (".yaml", ".yml")
_MOST_NEIGHBOURS = 500  # files that are searched for includes
_MOST_BYTES = 1_000_000


def own_files(paths: Sequence[str]) -> tuple[str, ...]:
    """Those of `paths` that are configurations. What isn't a file that can be read stays, to be told of."""
    candidates = [path for path in paths if not os.path.isfile(path) or _may_be_own(_text(path))]
    included = {
        target
        for path in _with_neighbours([path for path in candidates if os.path.isfile(path)])
        for target in _includes(path)
    }
    return tuple(path for path in candidates if os.path.realpath(path) not in included)


def _may_be_own(text: str | None) -> bool:
    """Whether a text is mostly borgmatic's options, and has what a configuration can't be without."""
    if text is None:
        return True
    keys = [match[2] or match[3] for match in _KEY.finditer(text)]
    own = {key for key in keys if key in _OPTIONS}
    strange = {key for key in keys if key not in _OPTIONS}
    if not own or len(strange) > len(own):
        return False
    if own == {"repositories"}:  # other programs have those too
        return (
            "source_directories" in text
            or re.search(r"^\s+-\s+path:", text, re.MULTILINE) is not None
        )
    return bool(own & _NEEDED)


_NEEDED = frozenset(("repositories", "source_directories", "location", "<<"))
_OPTIONS = frozenset((*BY_NAME, *GROUPS, *SECTIONS, *BESIDE, "<<"))


def _text(path: str) -> str | None:
    try:
        with open(path, "rb") as stream:
            return stream.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return None


def _with_neighbours(paths: Sequence[str]) -> Iterator[str]:
    """The files themselves, and the other YAML files beside them, one folder down, one up, and down from there."""
    seen: set[str] = set()
    for path in paths:
        folder = os.path.dirname(os.path.realpath(path))
        above = os.path.dirname(folder)
        for place in (folder, above, *_folders(folder), *_folders(above)):
            if place not in seen and len(seen) < _MOST_NEIGHBOURS:
                seen.add(place)
                yield from _files(place)


def _folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            found = [
                e.path for e in entries if e.is_dir(follow_symlinks=False) and e.name[0] != "."
            ]
    except OSError:
        return []
    return sorted(found)[:_MOST_NEIGHBOURS]


def _files(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            found = [e.path for e in entries if e.name.endswith(_SUFFIXES) and e.is_file()]
    except OSError:
        return []
    return sorted(found)[:_MOST_NEIGHBOURS]


def _includes(path: str) -> Iterator[str]:
    """The real paths of what a file includes, in the working directory or beside the file."""
    text = _text(path) or ""
    if "!include" not in text:
        return
    for match in _INCLUDE.finditer(text):
        for name in re.split(r"[\s,]+", (match[1] or match[2]).strip("[]")):
            name = name.strip("\"'")
            if name:
                yield os.path.realpath(
                    os.path.join(os.path.dirname(path), os.path.expanduser(name))
                )
                yield os.path.realpath(os.path.expanduser(name))
