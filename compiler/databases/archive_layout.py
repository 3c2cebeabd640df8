"""Where an archive holds its dumps: read from a listing and from the `dumps.json` that borgmatic writes.

Layouts, measured (borgmatic 1.9.14, 2.0.13, 2.1.10 with Borg 1.2 and 1.4): `ROOT/KIND_databases/IDENTIFIER/NAME`, a
file or, for formats of several files, a directory. ROOT is `borgmatic` from Borg 1.4 on; with older ones it is the
whole path of that run's runtime directory, and before borgmatic 1.9 its source directory (`~/.borgmatic`). Files of
users may lie at a path that looks the same, so the likeliest kind of root counts, and two of them are never
mixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..config.databases import DATABASES
from ..support.record import NamedTuple

KINDS = tuple(DATABASES)
HERE = "localhost"  # stands in paths for no host
METADATA = "dumps.json"
OWN_METADATA = "borgplan.json"  # what borgmatic has no word for; beside its own
_SUFFIX = "_databases"
_MANIFEST = "bootstrap/manifest.json"

# A regular expression of Borg, which is searched for, for all that `layout_of` wants to know of.
LISTED = rf"(^|/)(({'|'.join(KINDS)}){_SUFFIX}/|{_MANIFEST}$)"


class Item(NamedTuple):
    """What an archive holds at a path. `size`: of a file, in bytes."""

    path: str
    is_directory: bool
    size: int


class Attributes(NamedTuple):
    """Of the file that a dump of SQLite was made of: `mode` in octal digits; its owners by name and by number."""

    mode: str
    user: str
    group: str
    uid: str
    gid: str


class Dump(NamedTuple):
    """A dump in an archive: of which database, and where. `identifier`: what stands for the server in its path.

    `hostname`, `port`, `label`, `container`: as they were configured; `described`: whether the archive says so, or
    they are read from the path. `size`: of all its files. `file`: of what it was made, if that is known.
    """

    kind: str
    name: str
    path: str
    identifier: str
    hostname: str = ""
    port: int | None = None
    label: str = ""
    container: str = ""
    is_directory: bool = False
    size: int = 0
    described: bool = True
    file: Attributes | None = None

    @property
    def title(self) -> str:
        """As people call it: `postgresql users`, with its server where it has one."""
        where = "" if self.identifier == HERE else f"@{self.identifier}"
        return f"{self.kind} {self.name}{where}"


class Layout(NamedTuple):
    """The dumps of an archive, in the order in which they were made, and what is wrong with it, in words."""

    dumps: tuple[Dump, ...]
    problems: tuple[str, ...] = ()


def identifier_of(hostname: str, port: int | None, label: str, container: str) -> str:
    """What stands for a server in the path of its dumps."""
    if label:
        return label
    return (container or hostname or HERE) + (f":{port}" if port is not None else "")


def metadata_paths(items: Iterable[Item], source_directory: str = "") -> list[str]:
    """The files of an archive that describe its dumps. `source_directory`: of borgmatic before 1.9."""
    found = [item for item in items if not item.is_directory]
    root, _ = _root(found, source_directory)
    paths = {item.path for item in found}
    if root is None:
        return []
    names = (METADATA, OWN_METADATA)
    wanted = [f"{root}/{kind}{_SUFFIX}/{name}" for kind in KINDS for name in names]
    return [path for path in wanted if path in paths]


def layout_of(
    items: Iterable[Item], metadata: Mapping[str, bytes], source_directory: str = ""
) -> Layout:
    """The dumps that an archive holds. `metadata`: the content of what `metadata_paths` names."""
    listed = list(items)
    root, problems = _root([item for item in listed if not item.is_directory], source_directory)
    if root is None:
        return Layout((), tuple(problems))
    found = _by_path(root, listed)
    dumps: list[Dump] = []
    for kind in _in_order(root, listed):
        folder = f"{root}/{kind}{_SUFFIX}"
        files = _attributes(metadata.get(f"{folder}/{OWN_METADATA}", b""), folder)
        found |= {
            path: found[path]._replace(file=file) for path, file in files.items() if path in found
        }
        own = [dump for dump in found.values() if dump.kind == kind]
        text = metadata.get(f"{root}/{kind}{_SUFFIX}/{METADATA}")
        if not own and text is None:
            continue
        if text is None:
            dumps += own
            continue
        described, wrong = _described(kind, text, f"{root}/{kind}{_SUFFIX}", found)
        problems += wrong
        dumps += own if wrong and not described else described
    return Layout(tuple(dumps), tuple(problems))


def _attributes(text: bytes, folder: str) -> dict[str, Attributes]:
    """What `borgplan.json` says, by the dump's path; nothing where it isn't as it should be."""
    import json

    try:
        entries = json.loads(text)["files"] if text else {}
        found = {
            f"{folder}/{name}": Attributes(**{key: str(value) for key, value in entry.items()})
            for name, entry in entries.items()
            if entry is not None
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {path: file for path, file in found.items() if _is_sound(file)}


def _is_sound(file: Attributes) -> bool:
    is_mode = 3 <= len(file.mode) <= 4 and set(file.mode) <= set("01234567")
    return is_mode and all(number.isascii() and number.isdigit() for number in (file.uid, file.gid))


def _in_order(root: str, items: list[Item]) -> list[str]:
    """The kinds of database in the archive's order."""
    folders = (
        item.path[len(root) + 1 :].partition("/")[0] for item in items if item.path.startswith(root)
    )
    kinds = dict.fromkeys(folder.removesuffix(_SUFFIX) for folder in folders)
    return [kind for kind in kinds if kind in KINDS]


def _root(files: list[Item], source_directory: str) -> tuple[str | None, list[str]]:
    """The directory of one run below which the dumps lie; None if there is none, or several are as likely."""
    paths = {item.path for item in files}
    roots = {root for path in paths if (root := _root_of(path)) is not None}
    ranked: dict[int, list[str]] = {}
    for root in sorted(roots):
        rank = _rank(root, paths, source_directory.strip("/"))
        if rank is not None:
            ranked.setdefault(rank, []).append(root)
    if not ranked:
        return None, []
    best = ranked[min(ranked)]
    if len(best) > 1:
        return None, [f"dumps lie below {' and '.join(best)}: which of them a run made is unclear"]
    return best[0], []


def _root_of(path: str) -> str | None:
    parts = path.split("/")
    names = {kind + _SUFFIX for kind in KINDS}
    place = next((number for number, part in enumerate(parts) if part in names), None)
    return None if place is None or place in (0, len(parts) - 1) else "/".join(parts[:place])


def _rank(root: str, paths: set[str], source_directory: str) -> int | None:
    """How likely it is that borgmatic made this directory, 0 most; None where nothing speaks for it."""
    if root == "borgmatic":
        return 0
    parent, _, last = root.rpartition("/")
    if last == "borgmatic" and parent.rpartition("/")[2].startswith("borgmatic-"):
        return 1
    if last == "borgmatic" and f"{root}/{_MANIFEST}" in paths:
        return 2
    if root == source_directory or last == ".borgmatic":
        return 3
    return 4 if last == "borgmatic" else None


def _by_path(root: str, items: list[Item]) -> dict[str, Dump]:
    """Each dump below a root by its path, as far as paths tell."""
    found: dict[str, Dump] = {}
    for item in items:
        if not item.path.startswith(f"{root}/"):
            continue
        folder, *rest = item.path[len(root) + 1 :].split("/")
        kind = folder.removesuffix(_SUFFIX)
        if kind not in KINDS or folder == kind or len(rest) < 2:
            continue
        path = "/".join((root, folder, *rest[:2]))
        known = found.get(path) or _of_path(kind, rest[0], rest[1], path)
        is_directory = known.is_directory or item.is_directory or len(rest) > 2
        found[path] = known._replace(is_directory=is_directory, size=known.size + item.size)
    return found


def _of_path(kind: str, identifier: str, name: str, path: str) -> Dump:
    host, colon, port = identifier.partition(":")
    number = int(port) if colon and port.isascii() and port.isdigit() else None
    return Dump(kind, name, path, identifier, "" if host == HERE else host, number, described=False)


def _described(
    kind: str, text: bytes, folder: str, found: Mapping[str, Dump]
) -> tuple[list[Dump], list[str]]:
    """The dumps of a kind as its `dumps.json` describes them, each with what lies at its path."""
    import json

    try:
        entries = json.loads(text)["dumps"]
        described = [_entry(kind, entry) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [], [f"{folder}/{METADATA} is not readable; names are taken from paths"]
    dumps: dict[str, Dump] = {}
    problems = []
    for dump in described:
        path = f"{folder}/{dump.identifier}/{dump.name}"
        there = found.get(path)
        if there is None:
            problems.append(
                f"{dump.title} is named in {METADATA}, but {path} is not in the archive"
            )
        elif path not in dumps:
            dumps[path] = dump._replace(
                path=path, is_directory=there.is_directory, size=there.size, file=there.file
            )
    return list(dumps.values()), problems


def _entry(kind: str, entry: Mapping[str, object]) -> Dump:
    """An entry of `dumps.json`, whatever else a newer release writes into it."""
    name, port = entry["data_source_name"], entry.get("port")
    if not isinstance(name, str) or not (port is None or isinstance(port, int)):
        raise TypeError(name)
    host, label, container = (
        str(entry.get(key) or "") for key in ("hostname", "label", "container")
    )
    return Dump(
        kind, name, "", identifier_of(host, port, label, container), host, port, label, container
    )
