"""Recorded runs of borgmatic with snapshots, each repeated by borgplan with the same stand-ins.

    python -m tests.snapshots.recordings [WORD …]

prints how many are reproduced; `RECORDINGS=FOLDER` repeats others, for which a deliberate difference has no name yet: any
that explains exactly what is different counts. Compared are the exit code, the hooks, the volumes of which snapshots are taken, the files that
Borg sees below each source, and what is left when everything has ended.
"""

from __future__ import annotations

import atexit
import gc
import gzip
import itertools
import json
import os
import shutil
import sys
import warnings
from collections import Counter
from contextlib import suppress
from functools import cache
from pathlib import Path
from posixpath import normpath
from typing import Any

from tests.snapshots.differences import DIFFERENCES, RULES, Seen

ROOT = Path(__file__).parents[2]
_SNAPSHOTS = ROOT.parent / "shared" / "snapshots"
RECORDINGS = Path(os.environ.get("RECORDINGS", _SNAPSHOTS / "recordings"))
RECORDER = _SNAPSHOTS / "recorder"
EXPLAINED = "deliberately different: "
_OWN = Path(__file__).with_name("recordings.json.gz")
_ARCHIVE = '{"archive": {"name": "made", "id": "1"}}\n'


def why_not() -> str:
    """Why recorded runs can't be repeated here; empty if they can."""
    if not RECORDINGS.is_dir():
        return "no recordings beside the repository"
    if os.geteuid() != 0:
        return "mounting needs root"
    missing = [
        name for name in ("mkfs.btrfs", "unshare", "nsenter", "cc") if shutil.which(name) is None
    ]
    return f"no program {missing[0]}" if missing else ""


def recorded() -> list[str]:
    """The ids of all recorded runs with snapshots: those in the folder, and those that stand in this project."""
    shared = [file.stem for file in RECORDINGS.glob("*.json") if _is_of_snapshots(file.stem)]
    return sorted({*shared, *_own()})


def _is_of_snapshots(name: str) -> bool:
    return str(_vector(name)["group"]).startswith("snapshot")


@cache
def _vector(name: str) -> dict[str, Any]:
    file = RECORDINGS / f"{name}.json"
    data: dict[str, Any] = json.loads(file.read_text()) if file.exists() else _own()[name]
    return data


@cache
def _own() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(_OWN.read_bytes()))
    return found


def differences(name: str) -> list[str]:
    """In what borgplan's run is not the recorded one, or what a deliberate difference makes of that; in words."""
    vector = _vector(name)
    if vector.get("btrfs") and "btrfs" not in Path("/proc/filesystems").read_text().split():
        raise LookupError("the kernel has no btrfs")
    recorded, got = _of(vector, vector), _of(vector, _repeated(vector))
    wanted = RULES[name](vector, recorded) if name in RULES else recorded
    if name in RULES and wanted == recorded:
        return [f"`{DIFFERENCES[name]}` changes nothing"]
    if wanted != got and (why := _explanation(vector, recorded, got)):
        return [why]
    return [
        f"{field}: wanted {before}, now {now}"
        for field, before, now in zip(Seen._fields, wanted, got, strict=True)
        if before != now
    ]


def _explanation(vector: dict[str, Any], recorded: Seen, got: Seen) -> str:
    """The deliberate difference that makes of other recordings what is seen now; empty for none."""
    if RECORDINGS.parent == _SNAPSHOTS:
        return ""
    for name, rule in RULES.items():
        with suppress(ValueError):  # it changes what this recording doesn't have
            if rule(vector, recorded) == got:
                return f"{EXPLAINED}{DIFFERENCES[name]}"
    return ""


def _repeated(vector: dict[str, Any]) -> dict[str, Any]:
    lab = _lab()
    actions = [arg for arg in vector["args"] if arg in ("create", "prune", "check")]
    args = ["apply", *(word for action in actions for word in ("-a", action))]
    args += ["--dry-run"] if "--dry-run" in vector["args"] else []
    for flag, value in itertools.pairwise(vector["args"]):
        args += ["--config", value] if flag == "--config" else []
    release = ".".join(vector["borgmatic"].split(".")[:2])
    inspect = vector.get("inspect", "")
    # A copy that stands for a whole system lacks the folder in which others are mounted.
    copies = [row["copy"] for row in vector.get("lvm", {}).get("devices", ()) if "copy" in row]
    folders = "".join(f"mkdir -p {copy}/srv\n" for copy in copies)
    scenario = {
        **vector,
        "faults": [_as_of_real_borg(fault) for fault in vector.get("faults", ())],
        "setup_ns": vector.get("setup_ns", "") + folders,
        "args": [*args, "--semantics", release],
        "env": {**vector.get("env", {}), "BORGPLAN_STATE_DIRECTORY": "$TMP/home/journal"},
        "answers": [*vector.get("answers", []), {"argv": ["create"], "stdout": _ARCHIVE}],
        "inspect": inspect
        or "findmnt -rno TARGET | grep borgplan; find /srv -name '.borgplan-*'; true",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the recorder closes not all of its pipes
        found: dict[str, Any] = lab.run_scenario(
            scenario, [str(Path(sys.executable).with_name("borgplan"))]
        )
        gc.collect()
    if os.environ.get("SHOW"):
        print(*found.get("stdout", ()), *found.get("stderr_plain", ()), *found["errors"], sep="\n")
    return found


def _as_of_real_borg(fault: dict[str, Any]) -> dict[str, Any]:
    """A real Borg that ends with 1 has logged a warning."""
    if fault["event"] != "borg" or fault.get("exit") != 1:
        return fault
    warning = {"type": "log_message", "time": 0, "levelname": "WARNING", "name": "borg"}
    return {**fault, "stderr": json.dumps({**warning, "message": "a file changed"}) + "\n"}


@cache
def _lab() -> Any:
    folder = f"/tmp/borgplan-snapshots-{os.getpid()}"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.setdefault("SNAP_WORK", folder)
    sys.path.insert(0, str(RECORDER))
    import lab  # type: ignore[import-not-found]
    import models  # type: ignore[import-not-found]

    class Model(models.Model):  # type: ignore[misc]
        """The recorder's stand-ins, for what borgplan asks of the real programs and borgmatic doesn't."""

        def do_zfs(self, argv: list[str]) -> Any:
            if argv[:1] != ["snapshot"]:
                return super().do_zfs(argv)
            done = [super(Model, self).do_zfs(["snapshot", name]) for name in argv[1:]]
            bad = next((one for one in done if one[0]), None)
            script = "; ".join(one[3][-1] for one in done if one[3])
            return bad or (0, "", "", models.sh(script))

        def do_lvs(self, argv: list[str]) -> Any:
            if "--noheadings" not in argv:
                return super().do_lvs(argv)
            return 0, "".join(f"  {one['lv_path']}\n" for one in self.lvm_snapshots), "", []

        def do_mount(self, argv: list[str]) -> Any:
            if "--bind" in argv:
                return 0, "", "", ["/bin/mount", *argv]
            return super().do_mount(argv)

    import recorder  # type: ignore[import-not-found]

    def pattern_lines(argv: list[str], pid: int) -> list[str] | None:
        """borgplan's pattern files are open files of the process."""
        names = [value for flag, value in itertools.pairwise(argv) if flag == "--patterns-from"]
        files = [Path(f"/proc/{pid}/fd/{Path(name).name}") for name in names]
        return [line for file in files for line in file.read_text().split("\n")] if files else None

    recorder.pattern_lines = pattern_lines
    lab.Model = Model
    return lab


def _of(vector: dict[str, Any], run: dict[str, Any]) -> Seen:
    trace = run["trace"]
    hooks = tuple(" ".join(e["argv"]) for e in trace if e["event"] == "hook")
    created = [
        e for e in trace if e["event"] == "borg" and "create" in e["argv"] and not e.get("probe")
    ]
    files = [
        f"{_original(root)}: {' '.join(sorted(n for n in names if '.borgmatic-snapshot' not in n))}"
        for event in created
        for root, names in event.get("seen", {}).items()
    ]
    return Seen(
        run["exit_code"], hooks, _order(trace), tuple(sorted(set(_volumes(trace)))), tuple(sorted(set(files))), _left(run),
    )  # fmt: skip


def _order(trace: list[dict[str, Any]]) -> tuple[str, ...]:
    """Hooks, snapshots taken, backups and snapshots removed, in their order; several of one sort in a row are one."""
    sorts = (_sort(event) for event in trace)
    return tuple(sort for sort, _ in itertools.groupby(filter(None, sorts)))


def _sort(event: dict[str, Any]) -> str:
    name, argv = event["event"], event["argv"]
    if event.get("exit"):
        return ""
    if name == "hook":
        return "hook"
    if name == "borg":
        return "borg" if "create" in argv and not event.get("probe") else ""
    if (
        name == "lvcreate"
        or argv[:2] == ["subvolume", "snapshot"]
        or (name, argv[:1]) == ("zfs", ["snapshot"])
    ):
        return "take"
    if (
        name == "lvremove"
        or argv[:2] == ["subvolume", "delete"]
        or (name, argv[:1]) == ("zfs", ["destroy"])
    ):
        return "remove"
    return ""


def _original(root: str) -> str:
    """The source that a root stands for, in either way."""
    path = f"/{root.partition('/./')[2]}" if "/./" in root else root
    return normpath(path if path.startswith(("/", "$")) else f"/{path}")


def _volumes(trace: list[dict[str, Any]]) -> list[str]:
    found = []
    for event in trace:
        argv = event["argv"]
        if event["event"] == "btrfs" and argv[:2] == ["subvolume", "snapshot"]:
            found.append(next(word for word in argv[2:] if word.startswith("/")))
        elif event["event"] == "zfs" and argv[:1] == ["snapshot"]:
            found += [name.partition("@")[0] for name in argv[1:]]
        elif event["event"] == "lvcreate":
            found.append(argv[-1])
    return found


def _left(run: dict[str, Any]) -> tuple[str, ...]:
    """Whether mounts or snapshots are left."""
    left = run.get("left_over", {})
    inspected = [line for line in left.get("inspected", ()) if "borgplan" in line]
    snapshots = [s for s in left.get("snapshots", ()) if "borgmatic" in s or "borgplan" in s]
    return ("something",) if snapshots or inspected or left.get("mounts") else ()


def main(words: list[str]) -> int:
    """Print the counts; 1 if a run is not as recorded, or not as its deliberate difference says."""
    if reason := why_not():
        print(f"not repeated: {reason}")
        return 0
    counts: Counter[str] = Counter()
    wrong = 0
    for name in recorded():
        if words and not any(word in name for word in words):
            continue
        try:
            found = differences(name)
        except LookupError as error:
            counts[f"skipped: {error}"] += 1
            continue
        why = DIFFERENCES.get(name, "")
        sort = f"{EXPLAINED}{why}" if why else f"reproduced: {name.split('-')[0]}"
        if found and found[0].startswith(EXPLAINED):
            sort = found[0]
        elif found:
            wrong += 1
            sort = "wrong"
            print(f"{name}: {'; '.join(found)}")
        counts[sort] += 1
    for what, number in sorted(counts.items()):
        print(f"{number:4} {what}")
    print(f"{sum(counts.values()):4} recorded runs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
