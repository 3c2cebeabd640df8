"""A configuration file with its includes as one tree of nodes.

Two passes, because the meaning of `<<` depends on the generation, and which generation a file
belongs to is seen from its keys: `load` reads files and puts included ones in place, `merge`
resolves `<<` and repeated keys.
"""

from __future__ import annotations

from enum import Enum

from ..source.diagnostic import Diagnostic, Diagnostics, Severity
from ..source.host import Host, LeftUnreadError, UnreadableError
from ..source.span import Span
from ..support.record import NamedTuple
from .compose import MERGE_KEY, Room, encoding_of, parse
from .nodes import Include, Mapping, Mark, Marked, Node, Scalar, Sequence

MAX_BYTES = 4 * 1024 * 1024
MAX_INCLUDES = 200


class IncludeMerge(Enum):
    """What `<<` does with a key that both sides have."""

    SHALLOW = "shallow"  # the local value replaces the merged one: borgmatic up to 1.5
    DEEP = "deep"  # lists are joined, mappings merged, scalars replaced: borgmatic 1.6 and later


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


def merge(
    root: Node,
    strategy: IncludeMerge,
    diagnostics: Diagnostics,
    *,
    marks: bool = True,
    merges: bool = True,
) -> Node:
    """The tree without `<<`, without repeated keys and without marks; `merges`, `marks`: whether there
    are any.

    A key that stands twice in one mapping is combined as borgmatic 2 does it (measured): lists are
    joined, mappings merged, of scalars the last wins, different types are an error.
    """
    merged = _merge(root, strategy, diagnostics) if merges else root
    return _without_marks(merged, diagnostics) if marks else merged


def _merge(root: Node, strategy: IncludeMerge, diagnostics: Diagnostics) -> Node:
    match root:
        case Scalar() | Include():
            return root
        case Marked(mark, node, span):
            return Marked(mark, _merge(node, strategy, diagnostics), span)
        case Sequence(items, span):
            return Sequence(tuple([_merge(item, strategy, diagnostics) for item in items]), span)
        case Mapping(pairs, span):
            names = {key.text for key, _ in pairs}
            if len(names) == len(pairs) and MERGE_KEY not in names:
                return Mapping(
                    tuple([(key, _merge(value, strategy, diagnostics)) for key, value in pairs]),
                    span,
                )
            inherited: dict[str, tuple[Scalar, Node]] = {}
            own: dict[str, tuple[Scalar, Node]] = {}
            merge_key: Scalar | None = None
            for key, value in pairs:
                value = _merge(value, strategy, diagnostics)
                if key.plain and key.text == MERGE_KEY:
                    if merge_key is not None:
                        _second_merge(key, merge_key, diagnostics)
                    merge_key = key
                    for pair in _merged_pairs(value, diagnostics):
                        _put(inherited, pair, strategy, diagnostics)
                else:
                    _repeat(own, (key, value), diagnostics)
            for pair in own.values():
                _put(inherited, pair, strategy, diagnostics)
            return Mapping(tuple(inherited.values()), span)


def _second_merge(key: Scalar, first: Scalar, diagnostics: Diagnostics) -> None:
    diagnostics.append(
        Diagnostic(
            "BP123", Severity.ERROR, "`<<` occurs twice", key.span,
            "merge both in one: `<<: !include [one.yaml, two.yaml]`, or `<<: [*one, *two]`",
            (("first", first.span),),
        )
    )  # fmt: skip


def _merged_pairs(value: Node, diagnostics: Diagnostics) -> tuple[tuple[Scalar, Node], ...]:
    if isinstance(value, Mapping):
        return value.pairs
    if isinstance(value, Sequence) and all(isinstance(item, Mapping) for item in value.items):
        # YAML's merge key: of several mappings the first is the strongest.
        return tuple(p for m in reversed(value.items) if isinstance(m, Mapping) for p in m.pairs)
    diagnostics.error("BP115", "`<<` merges a mapping, or a list of mappings", value.span)
    return ()


def _put(
    into: dict[str, tuple[Scalar, Node]],
    pair: tuple[Scalar, Node],
    strategy: IncludeMerge,
    diagnostics: Diagnostics,
) -> None:
    key, value = pair
    if key.text in into and strategy is IncludeMerge.DEEP:
        value = _combine(into[key.text][1], value, key, diagnostics)
    into[key.text] = key, value


def _repeat(
    own: dict[str, tuple[Scalar, Node]], pair: tuple[Scalar, Node], diagnostics: Diagnostics
) -> None:
    key, value = pair
    if key.text in own:
        first = own[key.text][0]
        effect = (
            "the last value takes effect" if isinstance(value, Scalar) else "both values are joined"
        )
        diagnostics.append(
            Diagnostic(
                "BP116", Severity.WARNING, f"`{key.text}` is set twice: {effect}", key.span,
                "write it once", (("first", first.span),),
            )
        )  # fmt: skip
        value = _combine(own[key.text][1], value, key, diagnostics)
    own[key.text] = key, value


def _combine(first: Node, second: Node, key: Scalar, diagnostics: Diagnostics) -> Node:
    match first, second:
        case _, Marked(Mark.RETAIN, Sequence() | Mapping() as node):
            return node
        case Sequence(), Sequence():
            omitted = {
                item.node.text
                for item in second.items
                if isinstance(item, Marked)
                and item.mark is Mark.OMIT
                and isinstance(item.node, Scalar)
            }
            kept = [i for i in first.items if not (isinstance(i, Scalar) and i.text in omitted)]
            _check_omitted(first, second, diagnostics)
            own = [i for i in second.items if not isinstance(i, Marked) or i.mark is not Mark.OMIT]
            return Sequence((*kept, *own), second.span)
        case Mapping(), Mapping():
            pairs = {pair[0].text: pair for pair in first.pairs}
            for pair in second.pairs:
                _put(pairs, pair, IncludeMerge.DEEP, diagnostics)
            return Mapping(tuple(pairs.values()), second.span)
        case Scalar(), Scalar():
            return second
        case _:
            diagnostics.append(
                Diagnostic(
                    "BP117", Severity.ERROR, f"`{key.text}` is set twice with different types",
                    key.span, related=(("the other value", first.span),),
                )
            )  # fmt: skip
            return second


def _check_omitted(first: Sequence, second: Sequence, diagnostics: Diagnostics) -> None:
    """Warn of `!omit` where nothing is left out (BP119); borgmatic compares single values only."""
    there = {item.text for item in first.items if isinstance(item, Scalar)}
    for item in second.items:
        if not isinstance(item, Marked) or item.mark is not Mark.OMIT:
            continue
        if not isinstance(item.node, Scalar) or item.node.text not in there:
            single = isinstance(item.node, Scalar)
            diagnostics.warning(
                "BP119",
                "this `!omit` has no effect",
                item.span,
                "no item of the included list has this text"
                if single
                else "it works for texts only",
            )


def _without_marks(node: Node, diagnostics: Diagnostics) -> Node:
    """The tree as it is; every mark that no merge has used up is an error (BP120)."""
    match node:
        case Scalar() | Include():
            return node
        case Sequence(items, span):
            kept = [_without_marks(item, diagnostics) for item in items]
            return (
                node
                if all(a is b for a, b in zip(kept, items, strict=True))
                else Sequence(tuple(kept), span)
            )
        case Mapping(pairs, span):
            values = [_without_marks(value, diagnostics) for _, value in pairs]
            if all(a is b for a, (_, b) in zip(values, pairs, strict=True)):
                return node
            return Mapping(tuple((k, v) for (k, _), v in zip(pairs, values, strict=True)), span)
        case Marked(mark, inner, span):
            what = {
                Mark.RETAIN: "`!retain` requires a list or mapping that the include also has",
                Mark.OMIT: "`!omit` requires an item of a list that the include also has",
            }[mark]
            diagnostics.error(
                "BP120", what, span, "it only works with `<<: !include`; remove it elsewhere"
            )
            return _without_marks(inner, diagnostics)


def text_of(document: Document, path: str) -> str:
    """The text of one file of the document, for showing lines of it."""
    data = document.files[path]
    return data.decode(encoding_of(data))
