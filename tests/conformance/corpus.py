"""Real configuration files from public repositories, and what borgmatic itself says of each.

The corpus lies beside the repository: most of its files have no licence that would let them be
copied here. Its verdicts were made with a stand-in for every environment variable and with includes
that point at the stored copies; `CorpusHost` is the same for borgplan.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.host import UnreadableError
from borgplan.runtime.system.host import RealHost

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
MANIFEST = CORPUS / "manifest.jsonl"
NOT_RECORDED = "no reason recorded"
# The releases whose verdicts are recorded, and what each is compared with. What is current is
# compared with what a user gets who says nothing about semantics.
RELEASES = {"2.1.10": "auto", "1.7.15": "1.7"}

_VARIABLE = re.compile(rb"\$\{([A-Za-z_][A-Za-z0-9_]*)")
_COMPLAINT = re.compile(r"(?=\bAt (?:'|the top level))")


class Verdict(NamedTuple):
    """Whether a file is accepted, and each complaint if it is not.

    `refused`: what borgplan knows by name only, and accepts but doesn't run.
    """

    accepted: bool
    complaints: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One file. `form`: sectioned, flat, commands, template or not-a-config."""

    path: Path
    form: str
    includes: Mapping[str, str | None]
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.path.relative_to(CORPUS / "files"))

    def verdict_of_borgmatic(self, release: str) -> Verdict | None:
        """What that release's own validation said; None where it wasn't asked or an include is missing."""
        key = release.replace(".", "_")
        accepted = self.data.get(f"valid_{key}")
        if accepted is None:
            return None
        if accepted:
            return Verdict(accepted=True)
        text = self.data.get(f"error_{key}") or NOT_RECORDED
        _, _, complaints = text.rpartition("while parsing a configuration file at ")
        found = [part.strip() for part in _COMPLAINT.split(complaints)]
        return Verdict(False, tuple(found[1:] or found))


class CorpusHost(RealHost):
    """This machine as the files' own: variables are set, includes are there, other files are empty."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        texts = [file.read_bytes() for file in entry.path.parent.rglob("*") if file.is_file()]
        names = {name.decode() for text in texts for name in _VARIABLE.findall(text)}
        self.environment = dict.fromkeys(names, "7")
        self._entry = entry

    def _place(self, path: str) -> Path | None:
        """The stored file for a path; None if that file isn't stored."""
        copy = self._entry.includes.get(path, "")
        if copy:
            return self._entry.path.parent / copy
        return Path(path) if copy is not None and Path(path).is_relative_to(CORPUS) else None

    def read(self, path: str, limit: int) -> bytes:
        place = self._place(path)
        if place is not None:
            return super().read(str(place), limit)
        if path.replace(self.home, "~", 1) in self._entry.includes or path in self._entry.includes:
            raise UnreadableError("is not in the corpus")
        return b""  # a file of patterns

    def exists(self, path: str) -> bool:
        place = self._place(path)
        return place is not None and place.exists()


@cache
def entries() -> tuple[Entry, ...]:
    """Empty where there is no corpus."""
    if not MANIFEST.exists():
        return ()
    lines = MANIFEST.read_text().splitlines()
    return tuple(_entry(json.loads(line)) for line in lines)


def _entry(data: dict[str, Any]) -> Entry:
    return Entry(CORPUS / data["file"], data["generation"], data.get("includes", {}), data)


def compiled(entry: Entry, semantics: str) -> Compilation:
    diagnostics = Diagnostics()
    host = CorpusHost(entry)
    sources = read(CompileRequest((str(entry.path),), semantics=semantics), host, diagnostics)
    return plan_of(sources, host, diagnostics)


@cache
def verdict_of_borgplan(path: Path, semantics: str) -> Verdict:
    """Whether there is a plan of that file of the corpus."""
    found = compiled(next(entry for entry in entries() if entry.path == path), semantics)
    errors = tuple(f"{problem.code} {problem.message}" for problem in found.errors)
    refused = tuple(item.message for item in found.diagnostics if item.code == "BP218")
    return Verdict(found.plan is not None, errors, refused)
