"""One run at a time for a repository, whichever configurations name it.

A lock is the kernel's (`flock`) on a file for each repository: it ends with the process that holds it,
so none is ever left over. What the file says about its holder is for people and decides nothing. Runs
that only read share a lock, as Borg has it. Locks are taken in one order by all runs, so that no two
can wait for each other.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from ...compiler.borg.locations import normal_location
from ...compiler.plan.claims import FOLDER, REPOSITORY, Mode
from ...compiler.plan.model import Plan
from ...compiler.plan.work import directory_of
from ...compiler.shell.passwords import hidden
from ...compiler.shell.printable import printable
from ...compiler.support.digest import sha256
from ...compiler.support.record import NamedTuple
from ..system.host import reason
from ..system.trusted_way import made

FOREVER = float("inf")
_LOOK_EVERY = 0.2  # seconds
_OF_ROOT = "/run/borgplan"
_READABLE = 40  # letters of a repository's name in the name of its file


class BusyError(Exception):
    """Another run has a repository, or a lock can't be taken at all. In words, for people."""


class Wanted(NamedTuple):
    """A lock. `repository`: as the plan names it. `file`: the name of the lock's file. `shared`: others
    that only read don't hinder."""

    repository: str
    file: str
    shared: bool


class Holder(NamedTuple):
    """Who has a lock, as its file tells it."""

    pid: int
    user: str
    command: str
    since: str

    @classmethod
    def of_this_process(cls, command: str) -> Holder:
        import pwd

        try:
            user = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:  # as in a container, under a number that has no name
            user = f"user {os.geteuid()}"
        return cls(os.getpid(), user, command, time.strftime("%Y-%m-%d %H:%M:%S"))

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user}, `{self.command}`, since {self.since}"


def wanted(plan: Plan, *, dry_run: bool) -> list[Wanted]:
    """The locks that a run of a plan needs, in the order in which they are taken: of repositories, and of folders that it
    has for itself.

    A run needs a repository for itself unless it only reads, or is a dry run.
    """
    files: dict[tuple[str, str], str] = {}
    found: dict[str, Wanted] = {}
    for step in plan.steps:
        for claim in step.claims:
            if claim.kind not in (REPOSITORY, FOLDER):
                continue
            shared = dry_run or claim.mode is Mode.READ
            place = claim.name, directory_of(step.work) or ""
            file = files[place] = files.get(place) or _file_name(real_location(*place))
            before = found.get(file)
            found[file] = Wanted(claim.name, file, shared and (before is None or before.shared))
    return [found[file] for file in sorted(found)]


def real_location(location: str, directory: str) -> str:
    """One text for all spellings of a repository's location, links followed."""
    return normal_location(location, os.path.join(os.getcwd(), directory), os.path.realpath)


def _file_name(location: str) -> str:
    """A name that people recognise, and that no other repository has."""
    shown = hidden(location)  # without a password
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in shown)
    digest = sha256(location.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{name[-_READABLE:].strip('-')}-{digest}.lock"


def directory_of_locks(environment: Mapping[str, str], home: str) -> str:
    """Where the locks of this user are; made if need be. Raises BusyError if it can't be.

    Not below $XDG_RUNTIME_DIR: a run from cron knows none and would not meet those of a session.
    """
    state = environment.get("XDG_STATE_HOME") or os.path.join(home, ".local/state")
    own = os.path.join(state, "borgplan/locks")
    # Root's come first: they are there whatever the environment says.
    tries = (_OF_ROOT, own) if os.geteuid() == 0 else (own,)
    why = ""
    for path in tries:
        try:
            made(path)
        except OSError as error:
            why = why or f"locks can't be kept in {path}: {reason(error)}"
            continue
        if os.access(path, os.W_OK):
            return path
        why = why or f"locks can't be kept in {path}: it isn't writable"
    raise BusyError(why)


@contextmanager
def held(
    locks: Iterable[Wanted],
    directory: str,
    holder: Holder,
    wait: float,
    tell: Callable[[str], None],
) -> Iterator[None]:
    """Have all locks, in the order given; each is waited for within the same `wait` seconds.

    `tell` is told in words whom the run waits for. Raises BusyError when time is up.
    """
    deadline = time.monotonic() + wait
    with ExitStack() as stack:
        for lock in locks:
            path = os.path.join(directory, lock.file)
            try:
                descriptor = _take(path, lock, deadline, tell)
            except OSError as error:
                raise BusyError(f"its lock {path} can't be used: {reason(error)}") from error
            stack.callback(_give_back, path, descriptor)
            _sign(descriptor, holder)
        yield


def _take(path: str, lock: Wanted, deadline: float, tell: Callable[[str], None]) -> int:
    is_told = False
    while True:
        descriptor = _try(path, shared=lock.shared)
        if descriptor is not None:
            return descriptor
        busy = f"{lock.repository} is in use by {_holder(path)}"
        left = deadline - time.monotonic()
        if left <= 0:
            raise BusyError(busy)
        if not is_told:
            tell(f"Waiting: {busy}")
            is_told = True
        time.sleep(min(left, _LOOK_EVERY))


def _try(path: str, *, shared: bool) -> int | None:
    """The open file, locked; None if somebody else has it."""
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o600)
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        if _is_at(path, descriptor):
            return descriptor
        os.close(descriptor)  # its holder removed it just now: this is no lock any more


def _is_at(path: str, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except OSError:
        return False


def _give_back(path: str, descriptor: int) -> None:
    """Remove the file if nobody else has a share in it, and let go."""
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(path, descriptor):
            os.unlink(path)
    os.close(descriptor)


def _sign(descriptor: int, holder: Holder) -> None:
    with suppress(OSError):  # a full disk: nobody learns who it is, but the lock holds
        os.ftruncate(descriptor, 0)
        lines = "".join(f"{value}\n" for value in holder)
        os.pwrite(descriptor, lines.encode("utf-8", "surrogateescape"), 0)


def _holder(path: str) -> str:
    """Who has a lock, in words."""
    unknown = "another run of borgplan"  # it hasn't signed yet, or who signed last is gone
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            pid, user, command, since = file.read(4096).splitlines()
        holder = Holder(int(pid), user, command, since)
    except (OSError, ValueError):
        return unknown
    return printable(str(holder)) if _runs(holder.pid) else unknown


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
