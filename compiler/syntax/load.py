"""A configuration file with its includes as one tree of nodes.

Two passes, because the meaning of `<<` depends on the generation, and which generation a file
belongs to is seen from its keys: `load` reads files and puts included ones in place, `merge.merge`
resolves `<<` and repeated keys.
"""

from __future__ import annotations

from ..source.diagnostic import Diagnostic, Diagnostics, Severity
from ..source.host import Host, LeftUnreadError, UnreadableError
from ..source.span import Span
from ..support.record import NamedTuple
from .compose import Room, encoding_of, parse
from .nodes import Include, Mapping, Marked, Node, Scalar, Sequence

MAX_BYTES = 4 * 1024 * 1024
MAX_INCLUDES = 200


class Document(NamedTuple):
    """One configuration file: its tree, and the bytes of every file that went into it, by path.

    `marks`: whether there are any in the tree. `merges`: whether it has a `<<` or repeated keys.
    `unknown`: included files whose content is known only when the plan is applied: what they would set is
    not in the tree.
    """

    path: str
    root: Node
    files: dict[str, bytes]
    marks: bool = True
    merges: bool = True
    unknown: tuple[str, ...] = ()


_UNKNOWN = Mapping((), Span(""))  # stands for an included file that is known later


def load(path: str, host: Host, diagnostics: Diagnostics) -> Document | None:
    """Read `path` and what it includes; None after recording why it can't be used (codes BP1xx)."""
    loader = _Loader(host, diagnostics)
    root = loader.file(path, Span(path), (), 0)
    if root is None:
        return None
    room = loader.room
    return Document(path, root, loader.files, room.marks, room.merges, tuple(loader.unknown))


class _Loader:
    def __init__(self, host: Host, diagnostics: Diagnostics) -> None:
        self.files: dict[str, bytes] = {}
        self.unknown: dict[str, None] = {}
        self._host = host
        self._diagnostics = diagnostics
        self._includes = 0
        self.room = Room()

    def file(self, path: str, span: Span, parents: tuple[str, ...], depth: int) -> Node | None:
        """The tree of one file; `span` is where it is asked for, `parents` the files around it."""
        try:
            data = self._host.read(path, MAX_BYTES)
        except LeftUnreadError as error:
            if not parents:
                self._diagnostics.error("BP101", str(error), span)
                return None
            self.unknown[path] = None
            what = f"included file {path} {error}: what it sets is known when the plan is applied"
            self._diagnostics.note("BP631", what, span)
            return _UNKNOWN
        except UnreadableError as error:
            what = f"included file {path}: {error}" if parents else str(error)
            self._diagnostics.error("BP101", what, span)
            return None
        self.files[path] = data
        node = parse(path, data, self._diagnostics, self.room, depth)
        if node is None or not self.room.includes:
            return node
        return self._expand(node, (*parents, path), depth)

    def _expand(self, node: Node, parents: tuple[str, ...], depth: int) -> Node | None:
        match node:
            case Scalar():
                return node
            case Sequence(items, span):
                expanded = [self._expand(item, parents, depth + 1) for item in items]
                kept = tuple(item for item in expanded if item is not None)
                known = tuple(item for item in kept if item is not _UNKNOWN)
                return Sequence(known, span) if len(kept) == len(items) else None
            case Mapping(pairs, span):
                values = [(key, self._expand(value, parents, depth + 1)) for key, value in pairs]
                whole = tuple((key, value) for key, value in values if value is not None)
                known_pairs = tuple(pair for pair in whole if pair[1] is not _UNKNOWN)
                return Mapping(known_pairs, span) if len(whole) == len(pairs) else None
            case Include():
                return self._include(node, parents, depth)
            case Marked(mark, inner, span):
                expanded_node = self._expand(inner, parents, depth)
                if expanded_node is None or expanded_node is _UNKNOWN:
                    return expanded_node
                return Marked(mark, expanded_node, span)

    def _include(self, include: Include, parents: tuple[str, ...], depth: int) -> Node | None:
        inside = depth + (len(include.paths) > 1)
        nodes = [self._one_include(path, parents, inside) for path in include.paths]
        whole = [node for node in nodes if node is not None]
        if len(whole) < len(nodes):
            return None
        whole = [node for node in whole if node is not _UNKNOWN]
        if not whole:
            return _UNKNOWN
        if len(whole) == 1:
            return whole[0]
        # borgmatic turns a list of files into the list of their contents, last file first (measured,
        # 2.1.10); under `<<` the last file is therefore the strongest.
        return Sequence(tuple(reversed(whole)), include.span)

    def _one_include(self, name: Scalar, parents: tuple[str, ...], depth: int) -> Node | None:
        self._includes += 1
        if self._includes > MAX_INCLUDES:
            self._diagnostics.error("BP113", f"more than {MAX_INCLUDES} includes", name.span)
            return None
        path = self._find(name, parents[-1])
        if path is None:
            return None
        if any(self._host.same_file(path, parent) for parent in parents):
            self._diagnostics.append(
                Diagnostic(
                    "BP112", Severity.ERROR, f"{path} includes itself", name.span,
                    related=tuple(("in the chain", Span(parent)) for parent in parents),
                )
            )  # fmt: skip
            return None
        return self.file(path, name.span, parents, depth)

    def _find(self, name: Scalar, including: str) -> str | None:
        """Where an include is: as borgmatic does, in the working directory, then beside the file."""
        text = name.text
        if text.startswith("~/"):
            text = self._host.home + text[1:]
        if text.startswith("/"):
            return text
        beside = (including.rpartition("/")[0] + "/" if "/" in including else "") + text
        places = (text, beside)
        found = [path for path in places if self._host.exists(path)]
        # Where that can't be seen, reading it says why.
        found = found or [path for path in reversed(places) if self._host.is_there(path) is None]
        if not found:
            self._diagnostics.error(
                "BP101",
                f"included file {text} does not exist",
                name.span,
                f"searched {self._host.directory} and the directory of {including}",
            )
            return None
        if len(found) == 2 and not self._host.same_file(*found):
            self._diagnostics.warning(
                "BP114",
                f"two files match {text}; the one in the working directory is used, as in borgmatic",
                name.span,
                f"write an absolute path; the other file is {beside}",
            )
        return found[0]


def text_of(document: Document, path: str) -> str:
    """The text of one file of the document, for showing lines of it."""
    data = document.files[path]
    return data.decode(encoding_of(data))
