"""What is wrong with a file's databases, found before anything runs (codes BP384 to BP388)."""

from __future__ import annotations

from ..config.credentials import Reference, reference
from ..config.databases import DATABASES, Database
from ..config.model import Configuration
from ..source.diagnostic import Diagnostics
from ..source.span import Span, Text
from . import containers, layout
from .kinds import kind_of

_REFERENCE = "{credential"


def check_databases(configuration: Configuration, diagnostics: Diagnostics) -> list[Text]:
    """Record what can't work, as measured, or would dump something else than is meant. Gives what borgplan doesn't do
    yet, by name."""
    places: dict[str, Database] = {}
    for database in configuration.databases:
        _names(database, diagnostics)
        _credentials(database, diagnostics)
        kind_of(database.kind).check(database, diagnostics)
        path = layout.Dump(database, database.name).path
        if path in places:
            diagnostics.error(
                "BP385",
                f"two entries of `{database.option}` write the same dump, {path}",
                database.place("name"),
                f"the other one is {places[path].place('name')}; a `label` gives one of them another path",
            )
        places.setdefault(path, database)
    return [text for entry in configuration.databases for text in kind_of(entry.kind).lacks(entry)]


def _names(database: Database, diagnostics: Diagnostics) -> None:
    """Each part of a dump's path is a file's name."""
    name = database.name
    if not name or "/" in name or "\0" in name or name in (".", ".."):
        message = f"`{name}` can't be the name of a dump: it is a file's name in the archive"
        diagnostics.error("BP384", message, database.place("name"))
    elif name.startswith("-"):
        message = f"`{name}` begins with a dash: the dump program would read it as an option"
        diagnostics.error("BP384", message, database.place("name"))
    container = database.text("container")
    if database.is_set("container") and not containers.NAME.fullmatch(container):
        message = f"`{container}` can't be the name of a container"
        diagnostics.error("BP384", message, database.place("container"))
    identifier = layout.identifier(database)
    if "/" in identifier or identifier in (".", ".."):
        option = next(o for o in ("label", "container", "hostname") if database.text(o))
        hint = "" if option == "label" else "`label` gives the dump another path: label: local"
        message = f"`{option}: {database.text(option)}` can't be a part of the dump's path"
        diagnostics.error("BP384", message, database.place(option), hint)


def _credentials(database: Database, diagnostics: Diagnostics) -> None:
    for option in DATABASES[database.kind].options:
        value = database.text(option.name)
        if not value.startswith(_REFERENCE):
            continue
        found = reference(value)
        if not option.lent:
            _report(
                option.name, "takes no `{credential …}`", database.place(option.name), diagnostics
            )
        elif not isinstance(found, Reference):
            what = f"has an invalid credential reference{f': {found}' if found else ''}"
            _report(option.name, what, database.place(option.name), diagnostics)


def _report(option: str, what: str, span: Span, diagnostics: Diagnostics) -> None:
    diagnostics.error("BP386", f"`{option}` {what}", span)
