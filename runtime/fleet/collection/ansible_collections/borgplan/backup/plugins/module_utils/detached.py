# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)
"""Commands of borgplan that outlive who started them, each at most once for a key.

A folder for each key, in borgplan's state directory on the host:

    lock     held as long as the command runs
    output   what it printed
    exit     its exit code, once it has ended
    events   what it did, if it writes that down: a JSON object a line

The command runs in a session of its own, under a small process that waits for it. So it survives the end of the
connection, of Ansible and of the controller.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from hashlib import sha256
from typing import NamedTuple

KEEP = 90 * 24 * 3600  # seconds that ends and plans stay
LAST_BYTES = 4096
MOST_EVENTS = 512 * 1024  # bytes of events in one answer
# Holds the lock, which it inherits, and writes down how the command ended.
_WAITER = """
import os, subprocess, sys
folder, *words = sys.argv[1:]
try:
    code = subprocess.call(words)
    code = 128 - code if code < 0 else code
except OSError as error:
    print("%s can't be started: %s" % (words[0], error.strerror or error), flush=True)
    code = 127
with open(folder + "/exit.new", "w") as file:
    file.write("%d\\n" % code)
    file.flush()
    os.fsync(file.fileno())
os.rename(folder + "/exit.new", folder + "/exit")
"""


class Standing(NamedTuple):
    """How the command with a key stands: `absent`, `running` or `ended`. `code`: its exit code. `output`: the last
    of what it printed."""

    how: str
    code: int | None = None
    output: str = ""


def folder() -> str:
    """Where keys and plans are, once there are any."""
    home = os.path.expanduser("~")
    own = os.environ.get("BORGPLAN_STATE_DIRECTORY")
    given = own or os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        state = os.path.join(home, given)
    elif os.geteuid() == 0:
        state = "/var/lib/borgplan"
    else:
        state = (os.environ.get("XDG_STATE_HOME") or home + "/.local/state") + "/borgplan"
    return os.path.join(state, "fleet")


def plan_path(digest: str) -> str:
    return os.path.join(folder(), digest + ".plan")


def has_plan(digest: str) -> bool:
    """Whether the plan is here, as it was saved."""
    try:
        with open(plan_path(digest), "rb") as file:
            return sha256(file.read()).hexdigest() == digest
    except OSError:
        return False


def keep_plan(digest: str, text: bytes) -> None:
    """Raises ValueError if it is not the plan with this digest."""
    if sha256(text).hexdigest() != digest:
        raise ValueError("the plan that arrived has another SHA-256 than the one that was saved")
    os.makedirs(folder(), mode=0o700, exist_ok=True)
    _written(plan_path(digest), text)


def standing(key: str) -> Standing:
    """How the command with this key stands, by its folder."""
    place = os.path.join(folder(), key)
    if not os.path.isdir(place):
        return Standing("absent")
    with open(place + "/lock", "ab") as lock:
        if not _locked(lock.fileno()):
            return Standing("running")
        return _end(place)


def start(key: str, words: list[str], *, again: bool) -> Standing:
    """Start a command, unless it runs or has ended. `again`: also if it has ended without running anything."""
    place = os.path.join(folder(), key)
    os.makedirs(place, mode=0o700, exist_ok=True)
    with open(place + "/lock", "ab") as lock:
        if not _locked(lock.fileno()):
            return Standing("running")
        found = _end(place)
        if found.how == "ended" and not again:
            return found
        if found.how == "ended":
            os.unlink(place + "/exit")
        with open(place + "/output", "wb") as output:
            os.chmod(place + "/output", 0o600)
            subprocess.Popen(
                [sys.executable, "-c", _WAITER, place, *words], stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, start_new_session=True, pass_fds=(lock.fileno(),), cwd=os.path.expanduser("~"),
            )  # fmt: skip
    return Standing("running")


def waited(key: str, seconds: float) -> Standing:
    """How it stands, once it has ended or so many seconds are over."""
    until = time.monotonic() + seconds
    while True:
        found = standing(key)
        if found.how != "running" or time.monotonic() >= until:
            return found
        time.sleep(0.1)


def events_path(key: str) -> str:
    return os.path.join(folder(), key, "events")


def events_since(key: str, seen: int) -> tuple[str, int]:
    """The events after the first `seen` bytes, and how many bytes are seen then. If there are too many for one answer,
    the oldest are left out, which an event says, too."""
    try:
        with open(events_path(key), "rb") as file:
            file.seek(seen)
            found = file.read()
    except OSError:
        return "", seen
    found = found[
        : found.rfind(b"\n") + 1
    ]  # a line that is not complete comes with the next answer
    seen += len(found)
    if len(found) > MOST_EVENTS:
        start = found.find(b"\n", len(found) - MOST_EVENTS) + 1
        left_out = {"event": "dropped", "run": key, "count": found[:start].count(b"\n")}
        found = json.dumps(left_out).encode() + b"\n" + found[start:]
    return found.decode("utf-8", "replace"), seen


def tidy() -> None:
    """Remove what is older than anybody asks for."""
    top = folder()
    for name in os.listdir(top) if os.path.isdir(top) else ():
        path = os.path.join(top, name)
        if time.time() - os.stat(path).st_mtime < KEEP:
            continue
        if name.endswith(".plan"):
            os.unlink(path)
        elif standing(name).how != "running":
            for part in os.listdir(path):
                os.unlink(os.path.join(path, part))
            os.rmdir(path)


def _end(place: str) -> Standing:
    try:
        with open(place + "/exit") as file:
            code = int(file.read())
    except (OSError, ValueError):
        return Standing("absent", output=_last(place))
    return Standing("ended", code, _last(place))


def _last(place: str) -> str:
    try:
        with open(place + "/output", "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LAST_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _written(path: str, text: bytes) -> None:
    new = f"{path}.{os.getpid()}.new"
    with open(new, "wb") as file:
        os.chmod(new, 0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(new, path)
