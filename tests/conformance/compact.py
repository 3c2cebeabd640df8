"""Makes `traces/VERSION.json.gz` from a folder of recordings: `python tests/conformance/compact.py DIR`.

A recording says how a real borgmatic release behaved: which hooks and which Borg commands it ran, in
which order, when which of them failed. Kept are the parts that the tests use.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from tests.support.laboratory import normal

KEPT = (
    "files",
    "args",
    "env",
    "faults",
    "umask",
    "setup",
    "drop_capabilities",
    "signal",
    "exit_code",
)


def compact(folder: Path) -> dict[str, object]:
    scenarios: dict[str, object] = {}
    for path in sorted(folder.glob("*.json")):
        recorded = json.loads(path.read_text())
        kept = {key: recorded[key] for key in KEPT if recorded.get(key) not in (None, [], {})}
        kept["trace"] = [
            normal({"umask": "", **event}) for event in recorded["trace"] if not event.get("probe")
        ]
        kept["group"] = recorded["group"]
        scenarios[recorded["id"]] = kept
    return scenarios


def main() -> None:
    folder = Path(sys.argv[1])
    target = Path(__file__).parent / "traces" / f"{folder.name}.json.gz"
    target.parent.mkdir(exist_ok=True)
    lines = [
        f"{json.dumps(name)}: {json.dumps(scenario, sort_keys=True)}"
        for name, scenario in compact(folder).items()
    ]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    # Without a time stamp: the same recordings give the same bytes.
    target.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
