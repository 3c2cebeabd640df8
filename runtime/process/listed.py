"""The names that a step has printed, and what is done for each of them. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from fnmatch import fnmatchcase

from ...compiler.databases.containers import address_in
from ...compiler.plan.feeds import Feed
from ...compiler.plan.words import EACH, ForEach, Listed, Printed, Value, escaped
from ..engine.runner import NotReadyError


def names_of(listed: Listed, values: Mapping[Value, str]) -> list[str] | None:
    """The names, in the order in which they were printed; None if nothing has printed them. Raises NotReadyError."""
    text = values.get(listed.value, "" if listed.spared else None)
    if text is None:
        return None
    names = [
        name
        for name in dict.fromkeys(_printed(text, listed.printed))
        if name not in listed.without and (not listed.fits or fnmatchcase(name, listed.fits))
    ]
    if not names and listed.printed is Printed.ADDRESS:
        raise NotReadyError("the container has no address")
    if listed.wanted and not names:
        raise NotReadyError("the list of names is empty")
    if listed.files:
        for name in names:
            _check_file(name, "\n")
    return names


def _check_file(name: str, more: str = "") -> None:
    """Raises NotReadyError for what can't be a file's name. `more`: a character that it must not have either."""
    if "/" in name or name in (".", "..") or (more and more in name):
        raise NotReadyError(f"`{name}` can't be the name of a dump's file")


def _printed(text: str, printed: Printed) -> list[str]:
    match printed:
        case Printed.LINES:
            return [line for line in text.split("\n") if line]
        case Printed.NULLS:
            return [name for name in text.split("\0") if name]
        case Printed.ADDRESS:
            return [address for address in [address_in(text)] if address]
        case Printed.CSV:
            return [row[0] for row in csv.reader(io.StringIO(text, newline="")) if row]


def text_for_each(part: ForEach, values: Mapping[Value, str]) -> str | None:
    """The text that a part becomes; None if nothing has printed the names. Raises NotReadyError."""
    names = names_of(part.names, values)
    if names is None:
        return None
    return part.between.join(
        f"{part.before}{escaped(name, part.escape)}{part.after}" for name in names
    )


def words_for_each(part: ForEach, values: Mapping[Value, str]) -> list[str] | None:
    """The words that a part alone becomes. Raises NotReadyError."""
    names = names_of(part.names, values)
    return None if names is None else [f"{part.before}{name}{part.after}" for name in names]


def values_for_each(
    each: Listed | None, values: Mapping[Value, str]
) -> list[Mapping[Value, str]] | None:
    """The values for the words of what is there once for each name; None if nothing has printed the names. Raises
    NotReadyError."""
    if each is None:
        return [values]
    names = names_of(each, values)
    if names is None:
        return None
    for name in names:
        _check_file(name)
    return [{**values, EACH: name} for name in names]


def feeds_for_each(
    feeds: tuple[Feed, ...], values: Mapping[Value, str]
) -> list[tuple[Feed, Mapping[Value, str]]] | None:
    """Every feed with the values for its words; None if nothing has printed the names that it is for. Raises
    NotReadyError."""
    found: list[tuple[Feed, Mapping[Value, str]]] = []
    for feed in feeds:
        known = values_for_each(feed.each, values)
        if known is None:
            return None
        for own in known:
            title = f"{feed.title.removesuffix('*')}{own[EACH]}" if feed.each else feed.title
            found.append((feed._replace(title=title, each=None), own))
    return found
