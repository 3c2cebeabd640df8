"""The scratch files that dumps need: the folder that holds them all, `dumps.json`, patterns, option files."""

from __future__ import annotations

import json

from ..config.databases import Database
from ..databases import layout
from ..databases.archive_layout import OWN_METADATA
from ..databases.client import Client
from ..databases.layout import Dump
from ..plan.scratch import Scratch, ScratchKind
from ..plan.words import EACH, Escape, ForEach, Listed, ScratchPath, Use, Value, Word, joined

_FOLDER, _PATTERNS = "DUMPS", "DUMP-PATTERNS"  # what people read in place of their paths
_NAMES = "NAMES"
_APART = "apart"
_STRIPPED = "/./"  # from Borg 1.4 on what stands before this in a root is not stored


class DumpFiles:
    """Collects what the dumps of one action need."""

    def __init__(self, scope: str) -> None:
        self._scope = scope
        self._folder = f"{scope} dumps"
        self._top = ScratchPath(self._folder, _FOLDER)
        self._texts: dict[str, tuple[Word, ...]] = {}
        self._folders: dict[str, None] = {}
        self._entries: dict[str, list[Word]] = {}  # of `dumps.json`, by option
        self._attributes: dict[str, list[Word]] = {}  # of `borgplan.json`, by option

    def name_of(self, what: str) -> str:
        """The name of a scratch file."""
        return f"{self._folder} {what}"

    def path(self, dump: Dump) -> Word:
        """Where a dump is made."""
        return (self._top, f"{_STRIPPED}{dump.path}")

    def path_of_each(self, database: Database) -> Word:
        """The same for each of several names."""
        return (self._top, f"{_STRIPPED}{layout.folder_of(database)}/", Use(EACH))

    def folder(self, database: Database) -> Word:
        """The folder of an entry's dumps."""
        return (self._top, f"{_STRIPPED}{layout.folder_of(database)}")

    def apart(self, database: Database, name: Word) -> Word:
        """Where a dump is that isn't whole yet, outside of what goes into the archive."""
        folder = f"{_APART}/{layout.folder_of(database)}"
        self._folders[folder] = None
        return joined((self._top, f"/{folder}/"), name)

    def all_apart(self) -> Word:
        """The folder of all that isn't whole yet."""
        return (self._top, f"/{_APART}")

    def beside(self, folder: str, name: str) -> Word:
        """A path in a folder that doesn't go into the archive."""
        self._folders[folder] = None
        return (self._top, f"/{folder}/{name}")

    def add(self, dump: Dump) -> None:
        """One dump."""
        entry = json.dumps(layout.entry(dump), sort_keys=True)
        self._entries.setdefault(dump.database.option, []).append(entry)

    def add_each(self, database: Database, names: Listed) -> None:
        """A dump for each of these names."""
        entry = json.dumps(layout.entry(Dump(database, "\0")), sort_keys=True)
        before, _, after = entry.partition("\\u0000")
        names = names._replace(wanted=names.wanted and not names.spared)
        each: Word = (ForEach(names, before, after, ", ", Escape.JSON),)
        self._entries.setdefault(database.option, []).append(each)

    def add_attributes(self, dump: Dump, value: Value) -> None:
        """What a step has printed of the file that a dump is of."""
        name = f"{layout.identifier(dump.database)}/{dump.name}"
        entry: Word = (f"{json.dumps(name)}: ", Use(value, otherwise="null"))
        self._attributes.setdefault(dump.database.option, []).append(entry)

    def add_folder(self, database: Database) -> None:
        """The folder in which a dump is one itself."""
        self._folders[layout.folder_of(database)] = None

    def add_names(self, database: Database, names: Listed) -> Word:
        """The path of a file that has a line for each name."""
        name = self.name_of(f"{database.option}[{database.number}] names")
        each = ForEach(names._replace(files=True), between="\n")
        self._texts[name] = ((each,),)
        return (ScratchPath(name, _NAMES),)

    def take(self, client: Client) -> None:
        """The texts that a client reads."""
        self._texts.update(client.files)

    @property
    def top(self) -> Word:
        """The folder that holds them all."""
        return (self._top,)

    def finish(self, base: str) -> tuple[Scratch, ...]:
        """All scratch files. `base`: where the folder is made."""
        return (
            self._new("", ScratchKind.FOLDER, path=base),
            *(self._new(path, ScratchKind.FOLDER, path=path, inside=True) for path in self._folders),
            *(self._metadata(option) for option in self._entries),
            *(self._own_metadata(option) for option in self._attributes),
            *(Scratch(name, self._scope, ScratchKind.TEXT, text) for name, text in self._texts.items()),
        )  # fmt: skip

    def given(
        self, scope: str, rules: tuple[Word, ...], *, inside: bool
    ) -> tuple[Scratch, tuple[Word, ...]]:
        """The words with which a Borg of a scope gets the dumps, and the text that they name. `rules`: more pattern
        lines; `inside`: whether that Borg runs in the folder."""
        lines: list[Word] = []
        for option in sorted(self._entries, reverse=True):  # as borgmatic has them
            path = f"{layout.TOP}/{option}"
            root: tuple[str | ScratchPath, ...] = (
                (path,) if inside else (self._top, f"{_STRIPPED}{path}")
            )
            # The rule keeps the user's excludes from the dumps.
            lines += [("R ", *root), ("+ pp:", *root)]
        patterns = Scratch(f"{scope} dumps patterns", scope, ScratchKind.TEXT, (*lines, *rules))
        return patterns, ("--patterns-from", (ScratchPath(patterns.name, _PATTERNS),))

    def _metadata(self, option: str) -> Scratch:
        text = joined('{"dumps": [', *_separated(self._entries[option]), "]}")
        return self._described(option, layout.METADATA, text)

    def _own_metadata(self, option: str) -> Scratch:
        text = joined('{"files": {', *_separated(self._attributes[option]), "}}")
        return self._described(option, OWN_METADATA, text)

    def _described(self, option: str, name: str, text: Word) -> Scratch:
        path = f"{layout.TOP}/{option}/{name}"
        return self._new(path, ScratchKind.TEXT, (text,), path, inside=True)

    def _new(
        self,
        name: str,
        kind: ScratchKind,
        lines: tuple[Word, ...] = (),
        path: str = "",
        *,
        inside: bool = False,
    ) -> Scratch:
        folder = self._folder if inside else ""
        return Scratch(self.name_of(name).strip(), self._scope, kind, lines, folder, path)


def _separated(entries: list[Word]) -> list[Word]:
    """With what stands between the entries of a list in JSON."""
    return [word for entry in entries for word in (", ", entry)][1:]
