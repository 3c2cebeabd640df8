"""Recorded runs of borgmatic with databases, each repeated by borgplan with the same stand-ins: how they end, and what is
left of them.

`test_recordings.py` compares the commands of dumps; here it is whole runs: failures, signals, orders, what is archived.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import re
import shutil
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.databases.own_recordings import own_recordings

ROOT = Path(__file__).parents[2]
_SHARED = ROOT.parent / "shared/databases"
GROUPS = ("borg-create", "dry-run", "failure", "leftovers", "order")
_PROGRAMS = (
    "cp",
    "find",
    "mv",
    "sed",
    "stat",
    "xargs",
)  # of the system, which borgmatic needs none of
_SHOWN = ("create", "rename", "prune", "compact", "check", "extract", "info", "list")
_HIDDEN = ".checkpoint"


class Seen(NamedTuple):
    """What a run came to. `code`: 0, 1, the number of a signal above 128, or `hangs`. `borg`: the subcommands that do what
    was asked for. `archives`: by repository, names without times; what is in each below `borgmatic/`. `left`: whether
    processes, pipes or folders are."""

    code: object
    hooks: tuple[str, ...]
    borg: tuple[str, ...]
    archives: tuple[str, ...]
    left: tuple[str, ...]


def why_not() -> str:
    """Why recorded runs can't be repeated here; empty if they can."""
    if not _SHARED.is_dir():
        return "no recordings beside the project"
    if os.geteuid() != 0:
        return "mounting needs root"
    return "" if shutil.which("unshare") else "no program unshare"


@cache
def recorded() -> dict[str, dict[str, Any]]:
    """All recorded runs that are repeated, by id."""
    if why_not():
        return {}
    shared = (json.loads(path.read_text()) for path in sorted(_SHARED.glob("recordings/*.json")))
    return {one["id"]: one for one in (*shared, *own_recordings()) if one["group"] in GROUPS}


def seen(run: dict[str, Any]) -> Seen:
    """Of a recording, or of its repetition."""
    trace = run["trace"]
    hooks = tuple(" ".join(e["argv"]) for e in trace if e["event"] == "hook")
    borg = tuple(filter(None, (_subcommand(e) for e in trace if e["event"] == "borg")))
    archives = tuple(
        f"{repository}: {_name(one['name'])}: {' '.join(_stored(one['paths']))}"
        for repository, found in sorted(run.get("archives_after", {}).items())
        for one in found
    )
    left = [what for what in ("left_processes", "left_files") if _is_left(run, what)]
    return Seen(_code(run["exit_code"]), hooks, borg, archives, tuple(left))


def _code(code: object) -> object:
    if not isinstance(code, int):
        return "hangs"
    return 128 - code if code < 0 else code


def _subcommand(event: dict[str, Any]) -> str:
    argv = event["argv"]
    name = next((word for word in argv if not word.startswith("-")), "")
    asks = event.get("probe") or "--dry-run" in argv or "--last" in argv
    return name if name in _SHOWN and not asks else ""


def _name(name: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "NOW", name)


def _stored(paths: list[str]) -> list[str]:
    """Dumps as they stand in the archive; of the sources whether they are there."""
    names = sorted(path for path in paths if "_databases/" in path and "borgplan.json" not in path)
    return [*names, *(["sources"] if any(path.endswith("src/file") for path in paths) else [])]


def _is_left(run: dict[str, Any], what: str) -> bool:
    return any(
        "apart" in one or "borg" in one or what == "left_processes" for one in run.get(what, ())
    )


def repeated(recording: dict[str, Any]) -> dict[str, Any]:
    """The same run by borgplan."""
    scenario = {
        **recording,
        "args": ["borgmatic", *recording["args"]],
        "env": {**recording.get("env", {}), "BORGPLAN_STATE_DIRECTORY": "$TMP/home/journal"},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the recorder closes not all of its pipes
        found: dict[str, Any] = _lab().run_scenario(
            scenario, [str(Path(sys.executable).with_name("borgplan"))]
        )
        gc.collect()
    if os.environ.get("SHOW"):
        print(*found.get("stdout", ()), *found.get("stderr_plain", ()), *found["errors"], sep="\n")
    return found


@cache
def _lab() -> Any:
    folder = f"/tmp/borgplan-databases-{os.getpid()}"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["LAB_WORK"] = folder
    sys.path.insert(0, str(_SHARED / "recorder"))
    try:
        import lab  # type: ignore[import-not-found]
        import recorder  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
        for name in ("lab", "recorder"):  # others are called so, too
            sys.modules.pop(name, None)

    class Recorder(recorder.Recorder):  # type: ignore[misc]
        """The recorder's stand-ins, which write dumps as they are when they are whole: borgmatic looks at none."""

        def answer_client(
            self, name: str, argv: list[str], start: Any, fault: Any, answer: Any
        ) -> None:
            super().answer_client(name, argv, start, fault, answer)
            if argv and argv[-1].startswith(".backup "):
                path = argv[-1].partition('"')[2].rstrip('"')
                answer["ops"] = [{"kind": "write", "path": path, "data": "x"}]
            for op in answer["ops"]:
                if op["kind"] == "stdout" and not fault.get("output"):
                    begin, end = _sound(name.removeprefix("my-"), argv)
                    op["data"] = begin + op["data"] * op.pop("repeat", 1) + end

        def answer_borg(self, event: Any, start: Any, fault: Any, answer: Any) -> None:
            super().answer_borg(event, start, fault, answer)
            code = fault.get("exit", 0)
            if {"create", "--stats"} <= {*event["argv"]} and "--dry-run" not in event["argv"]:
                # As a real one says it; the recorder's names the archive only with `--json`.
                name = next(word.partition("::")[2] for word in event["argv"] if "::" in word)
                said = f"Archive name: {recorder.expand_archive_name(name)}"
                told = {"type": "log_message", "time": 0, "levelname": "INFO"}
                answer["err1"] += (
                    json.dumps({**told, "name": "borg.output.stats", "message": said}) + "\n"
                )
            if (code == 1 or code >= 100) and "--log-json" in event[
                "argv"
            ]:  # as a real one logs it
                warning = {"type": "log_message", "time": 0, "levelname": "WARNING", "name": "borg"}
                answer["err1"] += json.dumps({**warning, "message": "a file changed"}) + "\n"

    lab.Recorder = Recorder
    build = lab.build

    def with_more() -> None:
        build()
        for name in _PROGRAMS:
            link = Path(lab.CORE, name)
            if not link.is_symlink():
                link.symlink_to(shutil.which(name) or "")

    lab.build = with_more
    return lab


def _sound(name: str, argv: list[str]) -> tuple[str, str]:
    """How a whole dump begins and ends."""
    if name == "pg_dump":
        return {
            "plain": ("", "\n-- PostgreSQL database dump complete\n"),
            "tar": ("x" * 257 + "ustar", ""),
        }.get(argv[argv.index("--format") + 1] if "--format" in argv else "", ("PGDMP", ""))
    if name == "sqlite3" and ".dump" in argv:
        return "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", "COMMIT;\n"
    return {
        "pg_dumpall": ("", "\n-- PostgreSQL database cluster dump complete\n"),
        "mariadb-dump": ("", "-- Dump completed\n"),
        "mysqldump": ("", "-- Dump completed\n"),
        "mongodump": ("m\u2641", ""),
    }.get(name, ("", ""))
