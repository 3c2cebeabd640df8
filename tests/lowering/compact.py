"""Makes `vectors/VERSION.json.gz` from folders of recordings: `python tests/lowering/compact.py DIR...`.

A recording says which Borg invocations a real borgmatic release made of a configuration. Kept are the
parts that the tests use: what went in (files, arguments, environment, Borg's version, how Borg ended,
clock and times of past checks), and of what came out the exit code and the invocations. Of probes, which
borgplan doesn't repeat, only those that look for the newest archive: which archives they look at matters.
Also, which times of checks were noted.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

KEPT = (
    "borg_version",
    "files",
    "args",
    "env",
    "fake_borg_rules",
    "state_before",
    "state_after",
    "now",
    "exit_code",
)
KEPT_OF_INVOCATIONS = ("argv", "env", "cwd", "patterns", "exclude_from", "passphrase_fd")
_NOTHING: tuple[object, ...] = (None, [], {})


def compact(folder: Path) -> tuple[str, dict[str, object]]:
    """The release that a folder of recordings is of, and its vectors by name."""
    releases = set()
    vectors: dict[str, object] = {}
    for path in sorted(folder.glob("*.json")):
        recorded = json.loads(path.read_text())
        releases.add(recorded["borgmatic_version"])
        vectors[recorded["id"]] = {
            **_kept(recorded, KEPT),
            "invocations": [
                {**_kept(invocation, KEPT_OF_INVOCATIONS), **({"lookup": True} if lookup else {})}
                for invocation in recorded["invocations"]
                if (lookup := is_lookup(invocation)) or not invocation["probe"]
            ],
        }
    (release,) = releases
    return release, vectors


def is_lookup(invocation: dict[str, Any]) -> bool:
    """Whether borgmatic asked for the newest archive. 1.3.25 asked for all and took the last line."""
    words = invocation["argv"][1:]
    if not invocation["probe"] or words[:1] not in (["list"], ["repo-list"]):
        return False
    return "--last" in words or "--log-json" not in words


def _kept(recorded: dict[str, object], keys: Iterable[str]) -> dict[str, object]:
    return {key: recorded[key] for key in keys if recorded.get(key) not in _NOTHING}


def main() -> None:
    for folder in map(Path, sys.argv[1:]):
        release, vectors = compact(folder)
        target = Path(__file__).parent / "vectors" / f"{release}.json.gz"
        target.parent.mkdir(exist_ok=True)
        lines = [
            f"{json.dumps(name)}: {json.dumps(vector, sort_keys=True)}"
            for name, vector in vectors.items()
        ]
        text = "{\n" + ",\n".join(lines) + "\n}\n"
        # Without a time stamp: the same recordings give the same bytes.
        target.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
