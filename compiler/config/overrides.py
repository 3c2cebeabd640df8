"""`--set OPTION=VALUE`: options from the command line in the place of a file's.

As borgmatic's `--override`: texts are taken as they are, everything else is YAML; a value replaces the
file's, lists included. Errors are BP13x.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..source.diagnostic import Diagnostics
from ..source.span import Span
from ..support.record import NamedTuple
from ..syntax.compose import Room, parse
from ..syntax.nodes import Include, Mapping, Marked, Node, Scalar, Sequence
from .options import BY_SECTION, OPTIONS, SECRETS, SECTIONS, SERVICE_NAMES, Option, Type

_REFERENCE = "{credential "
_WISH = re.compile(r"([a-z0-9_]+(?:\.[a-z0-9_]+)*)=(.*)", re.DOTALL)


class Override(NamedTuple):
    """`route`: the keys that lead to the value, without a section; `section` if one was named."""

    section: str
    route: tuple[str, ...]
    value: Node


def overrides(wishes: Iterable[str], diagnostics: Diagnostics) -> tuple[Override, ...]:
    """The wishes of a command line, parsed; those that can't be are recorded."""
    found = [_override(wish, diagnostics) for wish in wishes]
    return tuple(override for override in found if override is not None)


def _override(wish: str, diagnostics: Diagnostics) -> Override | None:
    match = _WISH.fullmatch(wish)
    if match is None:
        diagnostics.error(
            "BP131", "`--set` takes OPTION=VALUE", Span("--set"), "for example --set keep_daily=7"
        )
        return None
    keys = match[1].split(".")
    section = keys.pop(0) if keys[0] in SECTIONS and len(keys) > 1 else ""
    name = ".".join(keys)
    place = Span(f"--set {match[1]}")
    if keys[-1] in SECRETS and not match[2].startswith(_REFERENCE):
        _refuse_secret(keys[-1], place, diagnostics)
        return None
    if keys[0] in SERVICE_NAMES and _tells_secret(keys):
        hint = "set the options of services in the file"
        _refuse_secret(name, place, diagnostics, hint)
        return None
    option = _option(name, section)
    if option is not None and option.type is Type.TEXT:
        value: Node | None = Scalar(match[2], match[2], plain=False, span=place)
    elif not match[2].strip():
        value = Scalar(None, "", plain=True, span=place)
    else:
        value = parse(place.file, match[2].encode(errors="replace"), diagnostics, Room())
    if value is None:
        return None
    if _reads_files(value):
        diagnostics.error("BP133", "`--set` takes a plain value without tags", place)
        return None
    secret = next(_secrets(value), None)
    if secret is not None:
        _refuse_secret(secret, place, diagnostics)
        return None
    return Override(section, tuple(keys), value)


def _tells_secret(keys: list[str]) -> bool:
    """Whether a value for this option of a service, or for all of it, holds what is secret."""
    from .services import SERVICES

    secrets = {option.name for option in SERVICES[keys[0]].options if option.secret}
    return bool(secrets) if len(keys) == 1 else ".".join(keys[1:]) in secrets


def _refuse_secret(
    name: str,
    place: Span,
    diagnostics: Diagnostics,
    hint: str = "put a reference into the file: {credential file PATH}",
) -> None:
    diagnostics.error(
        "BP132",
        f"`{name}` is a secret, and everybody on this machine can read command lines",
        place,
        hint,
    )


def _secrets(node: Node) -> Iterator[str]:
    """The names of secrets that a value holds, other than as references."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _secrets(item)
    for key, value in node.pairs if isinstance(node, Mapping) else ():
        if key.text in SECRETS and not getattr(value, "text", "").startswith(_REFERENCE):
            yield key.text
        yield from _secrets(value)


def _option(name: str, section: str) -> Option | None:
    own = BY_SECTION.get(section, {}).get(name)
    return own or next((option for option in OPTIONS if option.name == name), None)


def _reads_files(node: Node) -> bool:
    match node:
        case Scalar():
            return False
        case Sequence(items):
            return any(_reads_files(item) for item in items)
        case Mapping(pairs):
            return any(_reads_files(value) for _, value in pairs)
        case Include() | Marked():
            return True


def overridden(root: Node, wishes: tuple[Override, ...]) -> Node:
    """A merged tree with the wishes in it, in the sections where the file has such."""
    for wish in wishes:
        if isinstance(root, Mapping):
            section = _section(root, wish)
            route = (section, *wish.route) if section else wish.route
            root = _put(root, route, wish.value)
    return root


def _section(root: Mapping, wish: Override) -> str:
    """Where the value goes: where the option stands, else where it belongs in a file of sections."""
    sections = {
        key.text: value
        for key, value in root.pairs
        if key.text in SECTIONS and isinstance(value, Mapping)
    }
    if not sections:
        return ""
    if wish.section:
        return wish.section
    if any(key.text == wish.route[0] for key, _ in root.pairs):
        return ""
    for name, value in sections.items():
        if any(key.text == wish.route[0] for key, _ in value.pairs):
            return name
    option = _option(".".join(wish.route), wish.section)
    return option.section if option else ""


def _put(root: Mapping, route: tuple[str, ...], value: Node) -> Mapping:
    """`root` with `value` at the end of a route of keys; mappings on the way are kept."""
    first, *rest = route
    old = next((v for key, v in root.pairs if key.text == first), None)
    if rest:
        inner = old if isinstance(old, Mapping) else Mapping((), value.span)
        value = _put(inner, tuple(rest), value)
    key = Scalar(first, first, plain=True, span=value.span)
    return Mapping((*(p for p in root.pairs if p[0].text != first), (key, value)), root.span)
