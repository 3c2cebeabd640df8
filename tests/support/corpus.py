"""Real configuration files, read with the included files that are stored beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.host import UnreadableError
from borgplan.runtime.system.host import RealHost

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"


class Entry(NamedTuple):
    """A line of the manifest. `cleanup`: what people found about its cleanup, or empty."""

    number: str
    path: str
    generation: str
    valid: bool | None
    cleanup: str


def entries() -> Iterator[Entry]:
    """All of the corpus; nothing where it isn't there."""
    manifest = CORPUS / "manifest.jsonl"
    if not manifest.exists():
        return
    for line in manifest.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        yield Entry(
            found["n"], str(CORPUS / found["file"]), found["generation"],
            found.get("valid_2_1_10"), found.get("cleanup", ""),
        )  # fmt: skip


class _Environment(dict[str, str]):
    """Every variable is set."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return "dummy"


class _Host(RealHost):
    """Finds includes by name in `include/`; those that were never public are empty."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self.environment = _Environment()

    def exists(self, path: str) -> bool:
        return path.endswith((".yaml", ".yml")) or super().exists(path)

    def read(self, path: str, limit: int) -> bytes:
        try:
            return super().read(path, limit)
        except UnreadableError:
            stored = f"{self._folder}/include/{os.path.basename(path)}"
            return super().read(stored, limit) if os.path.exists(stored) else b"{}\n"


def compiled(entry: Entry, semantics: str = "") -> Compilation:
    """The file as `lint` would compile it."""
    host = _Host(os.path.dirname(entry.path))
    diagnostics = Diagnostics()
    sources = read(CompileRequest((entry.path,), semantics=semantics), host, diagnostics)
    return plan_of(sources, host, diagnostics)
