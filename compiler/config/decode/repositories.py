"""Entries of `repositories`, decoded: a path, or a mapping with options of that repository."""

from __future__ import annotations

from collections.abc import Callable

from ...source.diagnostic import Diagnostics
from ...source.span import Text
from ...syntax.nodes import Mapping, Node, Scalar, Sequence
from ..model import Own, Repository
from ..options import BY_SECTION, REPOSITORY_OPTIONS, Option
from ..settings import Setting, Settings
from . import values as decode

Pairs = tuple[tuple[Scalar, Node], ...]


def repositories(
    node: Node,
    own_of: Callable[[Pairs], Own],
    unimplemented: list[Text],
    diagnostics: Diagnostics,
) -> tuple[Repository, ...]:
    """The usable entries; `own_of` decodes the options one has for itself (codes BP2xx).

    `unimplemented` gets the options that are known by name only.
    """
    option = BY_SECTION["location"]["repositories"]
    if not isinstance(node, Sequence):
        if isinstance(node, Scalar) and node.value is None:
            decode.value_of(option, node, diagnostics)
        else:
            decode.mismatch(option, node, diagnostics)
        return ()
    if not node.items:
        diagnostics.warning("BP212", "`repositories` is empty: nothing is backed up", node.span)
    found = [
        _repository(option, item, number, own_of, unimplemented, diagnostics)
        for number, item in enumerate(node.items)
    ]
    return tuple(repository for repository in found if repository is not None)


def _repository(
    option: Option,
    item: Node,
    number: int,
    own_of: Callable[[Pairs], Own],
    unimplemented: list[Text],
    diagnostics: Diagnostics,
) -> Repository | None:
    if isinstance(item, Scalar) and isinstance(item.value, str):
        if item.value:
            return Repository(item.value, "", item.span, number)
    elif not isinstance(item, Mapping):
        decode.mismatch(option, item, diagnostics)
        return None
    settings: dict[str, Setting] = {}
    others = []
    for key, value in item.pairs if isinstance(item, Mapping) else ():
        known = next((o for o in REPOSITORY_OPTIONS if o.name == key.text), None)
        if known is None:
            others.append((key, value))
        elif not known.implemented:
            unimplemented.append(Text(f"repositories: {key.text}", key.span))
        elif (decoded := decode.value_of(known, value, diagnostics)) is not None:
            settings[known.key] = Setting(decoded, value.span)
    creation = Settings(settings)
    own = own_of(tuple(others)) if others else None
    path = creation.text("path")
    if not path:
        diagnostics.error("BP213", "a repository needs a `path`", item.span)
        return None
    label = creation.text("label") or ""
    return Repository(path, label, item.span, number, creation, own)
