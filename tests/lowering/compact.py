"""Makes `vectors/VERSION.json.gz` from folders of recordings: `python tests/lowering/compact.py DIR...`; from those
of seldom actions, which are in the shape of traces, `vectors/VERSION+actions.json.gz`.

A recording says which Borg invocations a real borgmatic release made of a configuration. Kept are the
parts that the tests use: what went in (files, arguments, environment, Borg's version, how Borg ended,
clock and times of past checks), and of what came out the exit code and the invocations. Of probes, which
borgplan doesn't repeat, only those that look for the newest archive: which archives they look at matters.
Also, which times of checks were noted.
"""

from __future__ import annotations

import gzip
import json
import re
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


# What of a folder of traces is about Borg's command lines, and not about snapshots or the contents of archives.
_TRACED = ("create-json", "delete", "key", "mount", "prune", "recreate", "repo-delete", "umount")
_SAME_NAMES = (
    ("lab-2024-02-03T04:05:06", "host-2026-03-01T04:05:06.000007"),
    ("a" * 32, "ab" * 32),
)
_VERSION = "LAB_BORG_VERSION"


def compact_traces(folder: Path) -> tuple[str, dict[str, object]]:
    """As `compact`, of recordings that say one after the other what was started."""
    releases = set()
    vectors: dict[str, object] = {}
    for path in sorted(folder.glob("*.json")):
        text = path.read_text()
        for theirs, ours in _SAME_NAMES:
            text = text.replace(theirs, ours)
        recorded = json.loads(text)
        if not recorded["id"].startswith(_TRACED):
            continue
        releases.add(recorded["borgmatic"])
        environment = recorded.get("env", {})
        files = {f"$TMP/{name}": text for name, text in recorded["files"].items()}
        vectors[f"actions-{recorded['id']}"] = {
            "borg_version": environment.get(_VERSION, "1.4.0"),
            "files": {**files, "$TMP/src/file": "text", "$TMP/mnt": {"dir": True}},
            "args": recorded["args"],
            "env": {name: value for name, value in environment.items() if name != _VERSION},
            "fake_borg_rules": [
                {"cmd": fault["subcommand"], "rc": fault["exit"], **_where(fault)}
                for fault in recorded.get("faults", [])
            ],
            "exit_code": recorded["exit_code"],
            "invocations": [
                invocation
                for event in recorded["trace"]
                if event["event"] == "borg" and (invocation := _traced(event, recorded))
            ],
        }
    (release,) = releases
    return f"{release}+actions", vectors


def _where(fault: dict[str, Any]) -> dict[str, int]:
    """Which of the calls it is; each repository has a trial run before its own."""
    return {"nth": 2} if fault.get("repository") == "r2" else {}


def _traced(event: dict[str, Any], recorded: dict[str, Any]) -> dict[str, Any] | None:
    """An invocation of Borg; None for a probe other than for the newest archive."""
    lookup = is_lookup({"argv": ["borg", *event["argv"]], "probe": event["probe"]})
    if event["probe"] and not lookup:
        return None
    environment = dict(event.get("env") or {})
    secret = environment.pop("BORG_PASSPHRASE_FD", None)
    configured = re.search(
        r"^encryption_passphrase: (.*)$", "\n".join(map(str, recorded["files"].values())), re.M
    )
    return {
        "argv": ["borg", *event["argv"]],
        "cwd": event["cwd"],
        "env": environment,
        **({"patterns": event["patterns"]} if event.get("patterns") else {}),
        **({"passphrase_fd": configured[1]} if secret and configured else {}),
        **({"lookup": True} if lookup else {}),
    }


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
        is_traced = '"trace"' in next(folder.glob("*.json")).read_text()
        release, vectors = compact_traces(folder) if is_traced else compact(folder)
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
