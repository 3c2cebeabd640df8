"""`--set OPTION=VALUE`: options from the command line in the place of a file's.

As borgmatic's `--override`: texts are taken as they are, everything else is YAML; a value replaces the
file's, lists included. `OPTION[0]` is an item of a list; `OPTION!` takes the option away. Errors are BP13x.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..source.diagnostic import Diagnostics
from ..source.span import Span
from ..support.record import NamedTuple
from ..syntax.compose import Room, parse
from ..syntax.nodes import Include, Mapping, Marked, Node, Scalar, Sequence
from .option_names import SERVICE_NAMES
from .options import BY_SECTION, OPTIONS, SECRETS, SECTIONS, Option, Type

_REFERENCE = "{credential "
_SETTING = re.compile(r"([a-z0-9_]+(?:\[[0-9]{1,6}\]|\.[a-z0-9_]+)*)(?:=(.*)|!)", re.DOTALL)


class Override(NamedTuple):
    """`route`: the keys that lead to the value, and numbers of items as `[0]`, without a section; `section` if
    one was named. `value`: None takes the option away."""

    section: str
    route: tuple[str, ...]
    value: Node | None
    place: Span


def overrides(
    settings: Iterable[str], diagnostics: Diagnostics, *, secret: bool = False
) -> tuple[Override, ...]:
    """What a command line sets, parsed; those that can't be are recorded. `secret`: they may hold secrets."""
    found = [_override(setting, diagnostics, secret=secret) for setting in settings]
    return tuple(override for override in found if override is not None)


def tells_secret(setting: str) -> bool:
    """Whether a setting is refused for the secret in it."""
    found = Diagnostics()
    _override(setting, found, secret=False)
    return any(item.code == "BP132" for item in found)


def _override(setting: str, diagnostics: Diagnostics, *, secret: bool) -> Override | None:
    match = _SETTING.fullmatch(setting)
    if match is None:
        diagnostics.error(
            "BP131", "`--set` takes OPTION=VALUE", Span("--set"), "for example --set keep_daily=7"
        )
        return None
    keys = match[1].replace("[", ".[").split(".")
    section = keys.pop(0) if keys[0] in SECTIONS and len(keys) > 1 else ""
    name = ".".join(keys)
    place = Span(f"--set {match[1]}")
    if match[2] is None:
        return Override(section, tuple(keys), None, place)
    if not secret and keys[-1] in SECRETS and not match[2].startswith(_REFERENCE):
        _refuse_secret(keys[-1], place, diagnostics)
        return None
    if not secret and keys[0] in SERVICE_NAMES and _tells_secret(keys):
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
    told = None if secret else next(_secrets(value), None)
    if told is not None:
        _refuse_secret(told, place, diagnostics)
        return None
    return Override(section, tuple(keys), value, place)


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


def overridden(root: Node, overrides: tuple[Override, ...], diagnostics: Diagnostics) -> Node:
    """A merged tree with the overrides in it, in the sections where the file has such."""
    for override in overrides:
        if isinstance(root, Mapping):
            section = _section(root, override)
            route = (section, *override.route) if section else override.route
            try:
                root = _put(root, route, override)
            except IndexError:
                diagnostics.error("BP131", "there is no such item in the list", override.place)
    return root


def _section(root: Mapping, override: Override) -> str:
    """Where the value goes: where the option stands, else where it belongs in a file of sections."""
    sections = {
        key.text: value
        for key, value in root.pairs
        if key.text in SECTIONS and isinstance(value, Mapping)
    }
    if not sections:
        return ""
    if override.section:
        return override.section
    if any(key.text == override.route[0] for key, _ in root.pairs):
        return ""
    for name, value in sections.items():
        if any(key.text == override.route[0] for key, _ in value.pairs):
            return name
    option = _option(".".join(override.route), override.section)
    return option.section if option else ""


def _put(root: Node | None, route: tuple[str, ...], override: Override) -> Mapping:
    """`root` with the override's value at the end of a route; mappings on the way are kept. Raises IndexError."""
    first, *rest = route
    pairs = root.pairs if isinstance(root, Mapping) else ()
    others = tuple(pair for pair in pairs if pair[0].text != first)
    old = next((value for key, value in pairs if key.text == first), None)
    value = _changed(old, tuple(rest), override)
    key = Scalar(first, first, plain=True, span=override.place)
    if value is None:
        return Mapping(others, override.place)
    return Mapping(
        (*others, (key, value)), root.span if isinstance(root, Mapping) else override.place
    )


def _changed(old: Node | None, rest: tuple[str, ...], override: Override) -> Node | None:
    """A value with the override's at the end of the rest of a route."""
    if not rest:
        return override.value
    if not rest[0].startswith("["):
        return _put(old, rest, override)
    items = list(old.items) if isinstance(old, Sequence) else []
    at = int(rest[0][1:-1])
    if at == len(items) == 0:
        items.append(Mapping((), override.place))  # the first of a list that the file doesn't have
    new = _changed(items[at], rest[1:], override)
    items[at : at + 1] = [] if new is None else [new]
    return Sequence(tuple(items), old.span if isinstance(old, Sequence) else override.place)
