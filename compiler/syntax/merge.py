"""The second pass over a document: `<<`, repeated keys and marks resolved, as the borgmatic release has them."""

from __future__ import annotations

from ..source.diagnostic import Diagnostic, Diagnostics, Severity
from ..support.enums import Enum
from .compose import MERGE_KEY
from .nodes import Include, Mapping, Mark, Marked, Node, Scalar, Sequence


class IncludeMerge(Enum):
    """What `<<` does with a key that both sides have."""

    SHALLOW = "shallow"  # the local value replaces the merged one: borgmatic up to 1.5
    DEEP = "deep"  # lists are joined, mappings merged, scalars replaced: borgmatic 1.6 and later


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
