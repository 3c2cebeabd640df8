"""A stand-in for `borg` and `hook`: notes what it was started as, and ends as it is told to.

Installed as a script under both names by `support.laboratory`. Runs thousands of times, so it imports
only what an isolated interpreter has loaded anyway.
"""

from __future__ import annotations

import marshal
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Fault = dict[str, Any]

ARCHIVE = "lab-2024-02-03T04:05:06"


def subcommand(argv: list[str]) -> str:
    return next((word for word in argv if not word.startswith("-")), "")


def applies(fault: Fault, name: str, argv: list[str]) -> bool:
    if fault["event"] != name:
        return False
    if name == "hook":
        wanted = fault.get("argv", [])
        return bool(argv[: len(wanted)] == wanted)
    if fault.get("subcommand") not in (None, subcommand(argv)):
        return False
    repository = fault.get("repository")
    if repository and not any("/repos/" + repository in word for word in argv):
        return False
    if not all(word in argv for word in fault.get("argv_contains", ())):
        return False
    return not any(word in argv for word in fault.get("argv_lacks", ()))


def read_events(path: str) -> list[Fault]:
    events: list[Fault] = []
    try:
        with open(path, "rb") as file:
            while True:
                events.append(marshal.load(file))
    except (OSError, EOFError):
        return events


def answer(argv: list[str], fault: Fault) -> None:
    """What Borg prints where it does its work, or only warns; `stderr` of a fault is in place of its log."""
    code = fault.get("exit", 0)
    warns = code == 1 or 100 <= code <= 125
    if warns and "--log-json" in argv and "stderr" not in fault:
        message = '{"type": "log_message", "levelname": "WARNING", "name": "borg.archiver", "message": "odd"}'
        sys.stderr.write(message + "\n")
    if subcommand(argv) == "list":
        print(ARCHIVE)
    elif subcommand(argv) == "info" and "stdout" not in fault:
        print("Archive name:", ARCHIVE)
    elif (
        subcommand(argv) == "create"
        and "--json" in argv
        and (warns or code == 0)
        and not fault.get("signal")
    ):
        print('{"archive": {"name": "' + ARCHIVE + '"}}')
    elif argv[:2] == ["key", "export"] and code == 0 and os.path.isabs(argv[-1]):
        with open(argv[-1], "w") as file:
            file.write("BORG_KEY\n")


def main() -> None:
    state = os.environ["LAB_STATE"]
    name, argv = os.path.basename(sys.argv[0]), sys.argv[1:]
    if name == "borg" and argv == ["--version"]:  # a question, and no part of a run
        print("borg 1.4.0")
        return
    mask = os.umask(0)
    os.umask(mask)
    with open(os.path.join(state, "faults"), "rb") as file:
        faults = marshal.load(file)
    before = read_events(os.path.join(state, "events"))
    fault: Fault = {}
    for candidate in faults:
        if applies(candidate, name, argv):
            nth = 1 + sum(applies(candidate, event["event"], event["argv"]) for event in before)
            if candidate.get("nth") in (None, nth):
                fault = candidate
                break
    record: Fault = {"event": name, "argv": argv, "umask": f"{mask:04o}", "cwd": os.getcwd()}
    if "LAB_ENVIRONMENT" in os.environ:
        record["env"] = {k: v for k, v in os.environ.items() if k.startswith("BORG")}
    with open(os.path.join(state, "events"), "ab") as file:
        file.write(marshal.dumps(record))
    if name == "borg":
        answer(argv, fault)
    sys.stdout.write(fault.get("stdout", ""))
    sys.stdout.flush()
    sys.stderr.write(fault.get("stderr", ""))
    sys.stderr.flush()
    wait = fault.get("slow") or fault.get("hold")
    if wait:
        with open(os.path.join(state, "ready"), "wb"):
            pass  # who waits for this moment sees it
        time.sleep(wait)
    if fault.get("signal"):
        os.kill(os.getpid(), fault["signal"])
        time.sleep(10)
    os._exit(fault.get("exit", 0))


main()
