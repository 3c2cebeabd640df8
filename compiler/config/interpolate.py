"""What configuration files may refer to: `constants:` as `{name}`, the environment as `${NAME}`.

Both are resolved on the tree, before options are decoded, and the places stay. Shell commands are left
alone: in them a value has to be quoted for where it stands, which is `template`'s work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as ReadOnlyMap

from ..source.diagnostic import Diagnostics
from ..source.host import Withheld, is_withheld
from ..source.span import Span
from ..support.record import NamedTuple
from ..support.regex import lazily
from ..syntax.nodes import Late, Mapping, Node, Scalar, Sequence
from .hooks import HookKind
from .options import SECTIONS

ENVIRONMENT = lazily(r"(\\)?\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\}")
_CONSTANT = lazily(r"(\\)?\{([A-Za-z_][A-Za-z0-9_-]*)(\\)?\}")
_SHELL = frozenset({kind.value for kind in HookKind} | {"run"})


class Constants(NamedTuple):
    """The values of `constants:`: as scalars for options, as text for commands."""

    scalars: ReadOnlyMap[str, Scalar]
    texts: ReadOnlyMap[str, str]


NO_CONSTANTS = Constants({}, {})


def constants_of(
    root: Node, environment: ReadOnlyMap[str, str], diagnostics: Diagnostics
) -> Constants:
    """The constants that a merged tree defines, the environment resolved in them."""
    node = next((v for k, v in _top(root) if k.text == "constants"), None)
    if not isinstance(node, Mapping):
        return NO_CONSTANTS
    scalars, texts = {}, {}
    resolved = with_environment(node, environment, diagnostics)
    for key, value in resolved.pairs if isinstance(resolved, Mapping) else ():
        if isinstance(value, Scalar):
            scalars[key.text] = value
            texts[key.text] = value.text
        elif isinstance(value, Sequence):
            items = [item.text for item in value.items if isinstance(item, Scalar)]
            texts[key.text] = str(items)
    return Constants(scalars, texts)


def _top(root: Node) -> list[tuple[Scalar, Node]]:
    """Pairs at the top and in the old sections."""
    if not isinstance(root, Mapping):
        return []
    inner = [
        p for k, v in root.pairs if k.text in SECTIONS and isinstance(v, Mapping) for p in v.pairs
    ]
    return [*root.pairs, *inner]


def with_constants(node: Node, constants: Constants) -> Node:
    """The tree with `{name}` replaced in values; a value that is one constant takes its type."""
    if not constants.texts:
        return node
    match node:
        case Scalar(value=str()):
            return _constant(node, constants)
        case Sequence(items, span):
            return Sequence(tuple(with_constants(item, constants) for item in items), span)
        case Mapping(pairs, span):
            return Mapping(
                tuple(
                    (
                        k,
                        v
                        if k.text in _SHELL or k.text == "constants"
                        else with_constants(v, constants),
                    )
                    for k, v in pairs
                ),
                span,
            )
        case _:
            return node


def _constant(node: Scalar, constants: Constants) -> Scalar:
    whole = _CONSTANT.fullmatch(node.text)
    if whole and not whole[1] and whole[2] in constants.scalars:
        found = constants.scalars[whole[2]]
        return found._replace(span=node.span)

    def replaced(match: re.Match[str]) -> str:
        if match[2] not in constants.texts:
            return match[0]
        return f"{{{match[2]}}}" if match[1] and match[3] else constants.texts[match[2]]

    text = _CONSTANT.sub(replaced, node.text)
    return node if text == node.text else Scalar(text, text, plain=False, span=node.span)


def with_environment(
    node: Node, environment: ReadOnlyMap[str, str], diagnostics: Diagnostics
) -> Node:
    """The tree with `${NAME}` and `${NAME:-default}` replaced in values; BP118 for a missing one."""
    match node:
        case Scalar(value=str(), text=text, span=span) if "${" in text:
            new = environment_text(text, environment, span, diagnostics)
            value = Late(new) if _is_late(text, environment) else new
            return Scalar(value, new, plain=False, span=span)
        case Sequence(items, span):
            return Sequence(
                tuple(with_environment(item, environment, diagnostics) for item in items), span
            )
        case Mapping(pairs, span):
            return Mapping(
                tuple(
                    (k, v if k.text in _SHELL else with_environment(v, environment, diagnostics))
                    for k, v in pairs
                ),
                span,
            )
        case _:
            return node


def _is_late(text: str, environment: ReadOnlyMap[str, str]) -> bool:
    """Whether a text refers to a variable whose value is withheld; remembers which."""
    if not isinstance(environment, Withheld):
        return False
    found = {m[2]: None for m in ENVIRONMENT.finditer(text) if not m[1]}
    late = {name: None for name in found if environment.withholds(name)}
    environment.used.update(late)
    return bool(late)


def environment_text(
    text: str, environment: ReadOnlyMap[str, str], span: Span, diagnostics: Diagnostics
) -> str:
    """`text` with the environment's values; `\\${NAME}` stands for `${NAME}`, as does what is withheld."""

    def replaced(match: re.Match[str]) -> str:
        if match[1]:
            return match[0][1:]
        if is_withheld(environment, match[2]):
            return match[0]
        if missing(match, environment, span, diagnostics):
            return ""
        return environment.get(match[2], match[3] or "")

    return ENVIRONMENT.sub(replaced, text)


def missing(
    match: re.Match[str],
    environment: ReadOnlyMap[str, str],
    span: Span,
    diagnostics: Diagnostics,
) -> bool:
    """Whether a reference has neither a value nor a default; recorded as BP118."""
    if match[2] in environment or match[3] is not None or is_withheld(environment, match[2]):
        return False
    diagnostics.error(
        "BP118",
        f"environment variable `{match[2]}` is not set",
        span,
        f"for a shell variable write ${match[2]}; for one that may be unset, ${{{match[2]}:-…}}",
    )
    return True
