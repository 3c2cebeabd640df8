"""The recorded vectors, and their invocations in the shape that `normal.py` takes.

`$TMP` in a recording is the directory of the scenario, `$RELTMP` the same without its first slash. In
normal forms both become `/TMP` and `TMP`, so that they count as the absolute and relative paths they are.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.lowering.normal import Invocation

VECTORS = Path(__file__).parent / "vectors"
OLDEST = "1.3.25"
_DUMPS = "/./borgmatic/"
_MANIFEST = re.compile(r"\+ .*/borgmatic/bootstrap")
MANIFEST_OF_OURS = "/BOOTSTRAP/./borgmatic/bootstrap"


@dataclass(frozen=True)
class Vector:
    release: str
    name: str
    data: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.release}/{self.name}"

    @property
    def borg_version(self) -> str:
        """1.3.25 never asks for Borg's version; it was recorded with 1.1, which borgplan doesn't
        know: what it says is compared as Borg 1.2 understands it."""
        return "1.2.4" if self.release == OLDEST else str(self.data["borg_version"])

    @property
    def args(self) -> list[str]:
        return list(self.data.get("args", []))

    @property
    def files(self) -> dict[str, Any]:
        return dict(self.data.get("files", {}))

    @property
    def environment(self) -> dict[str, str]:
        """What was inherited, beside what every scenario inherits."""
        return dict(self.data.get("env", {}))

    @property
    def faults(self) -> list[dict[str, Any]]:
        """How Borg ended where it didn't end well."""
        return list(self.data.get("fake_borg_rules", []))

    @property
    def noted(self) -> frozenset[str]:
        """The checks whose time was noted: `.../checks/REPOSITORY/CHECK` or `.../CHECK/ARCHIVES`."""
        written = [
            file for file, how in self.data.get("state_after", {}).items() if how == "written"
        ]
        return frozenset(file.partition("/checks/")[2].split("/")[1] for file in written)

    @property
    def failed(self) -> bool:
        return bool(self.data["exit_code"] != 0)

    @property
    def invocations(self) -> list[dict[str, Any]]:
        return list(self.data["invocations"])


@cache
def vectors(release: str) -> list[Vector]:
    """Those in all files of a release: `RELEASE.json.gz`, and `RELEASE+NAME.json.gz` for what was recorded apart."""
    return [
        Vector(release, name, vector)
        for path in sorted(VECTORS.glob("*.json.gz"))
        if _release(path) == release
        for name, vector in json.loads(gzip.decompress(path.read_bytes())).items()
    ]


def all_vectors() -> Iterator[Vector]:
    for release in sorted({_release(path) for path in VECTORS.glob("*.json.gz")}):
        yield from vectors(release)


def _release(path: Path) -> str:
    return path.name.removesuffix(".json.gz").partition("+")[0]


def placed(text: str) -> str:
    return text.replace("$RELTMP", "TMP").replace("$TMP", "/TMP")


def invocation_of(recorded: dict[str, Any]) -> Invocation:
    """The lines of all files of one kind are recorded together; the first such file gets them all."""
    argv = tuple(map(placed, recorded["argv"]))
    files: dict[str, tuple[str, ...]] = {}
    for flag, key in (("--patterns-from", "patterns"), ("--exclude-from", "exclude_from")):
        lines = tuple(map(placed, recorded.get(key) or ()))
        for before, name in pairwise(argv):
            if before == flag and name not in files:
                files[name], lines = lines, ()
    secret = recorded.get("passphrase_fd")
    return Invocation(
        argv=argv,
        environment={name: placed(text) for name, text in recorded.get("env", {}).items()},
        directory=placed(recorded["cwd"]),
        files=files,
        passphrase=None if secret is None else placed(secret),
    )


def bootstrap_as_ours(recorded: dict[str, Any]) -> dict[str, Any]:
    """With the configuration files and the manifest that borgmatic stores named as borgplan names them.

    They are pairs of `R path` and `+ path` at the start of the patterns, the manifest's the last; roots for
    database dumps stay. borgplan names the manifest first, in a folder of its own, and its rules are paths, as
    the name of a file is no pattern."""
    lines = recorded.get("patterns") or []
    end = next((n + 1 for n, line in enumerate(lines) if _MANIFEST.fullmatch(line)), 0)
    pairs = list(zip(lines[:end:2], lines[1:end:2], strict=True))
    if not pairs or any(root[:2] != "R " or rule != f"+ {root[2:]}" for root, rule in pairs):
        return recorded
    dumps = [line for pair in pairs[:-1] if _DUMPS in pair[0] for line in pair]
    files = sorted(root[2:] for root, _ in pairs[:-1] if _DUMPS not in root)
    stored = [MANIFEST_OF_OURS, *files]
    ours = [line for path in stored for line in (f"R {path}", f"+ pp:{path}")]
    return {**recorded, "patterns": [*dumps, *ours, *lines[end:]]}
