"""What a step does: a shell command, a process or an HTTP request."""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import NamedTuple
from .evidence import Evidence, Product
from .exits import ExitCodes, Outcome
from .feeds import Feed, words_of_feed
from .listing import Listing
from .spot import Spot
from .streams import Stream
from .words import (
    ARCHIVE,
    Secret,
    SecretUse,
    Value,
    Word,
    parts_of,
    text_of,
    values_of,
)


class OutputUse(Enum):
    """What standard output is for."""

    LOG = "log"  # part of what the step tells
    SHOW = "show"  # the answer that was asked for
    LAST_LINE = "last-line"  # its last line is a value for later steps
    KEEP = "keep"  # all of it is
    DISCARD = "discard"


class Form(Enum):
    """What an answer is."""

    TEXT = "text"
    JSON = "json"  # a document
    JSON_LINES = "json-lines"  # one a line


class Output(NamedTuple):
    """`name`: of the value, where it is one. `form`: of the answer that was asked for."""

    use: OutputUse = OutputUse.LOG
    name: str = ""
    form: Form = Form.TEXT


SHOWN = Output(OutputUse.SHOW)
LAST_LINE = Output(OutputUse.LAST_LINE, ARCHIVE.name)


class Shell(NamedTuple):
    """A hook command. `script` is given to `/bin/sh -c` as it is, `written` is what the user wrote,
    with the constants of the file filled in.

    `late` are environment variables, set when it runs. `umask` and `directory`: None keeps the
    process's.
    """

    script: str
    written: str
    exits: ExitCodes
    late: tuple[tuple[str, Value], ...] = ()
    umask: int | None = None
    directory: str | None = None


MADE = "made"  # the value that the name of a new archive is


class Proof(Enum):
    """What shows that a command did its work, beside its exit code."""

    ARCHIVE = "archive"  # Borg names the archive that it made
    ANSWER = "answer"  # there is something on its standard output, and no empty list of archives
    ITEMS = "items"  # its log lists what it extracts or deletes


class Upstream(NamedTuple):
    """A program that runs beside a process and prints what that reads on standard input. Its exit codes are judged
    like the process's own; fields as there."""

    argv: tuple[Word, ...]
    exits: ExitCodes
    environment: tuple[tuple[str, Word], ...] = ()
    unset: tuple[str, ...] = ()
    passphrase: Secret | None = None
    json_log: bool = False
    directory: str | None = None


class Where(Enum):
    """How to see whether something is there."""

    PATH = "path"
    MOUNT = "mount"  # something is mounted at that path
    LISTED = "listed"  # a command prints it as a line


class Presence(NamedTuple):
    """How to see whether a thing of this name is there. `argv`: the command that prints a line for each that is."""

    name: Word
    where: Where
    argv: tuple[Word, ...] = ()


class Process(NamedTuple):
    """A program with its words; no shell. In a dry run `dry_argv` runs instead, or nothing where that is None.

    `environment` is set and `unset` removed on top of the environment of the run; `passphrase` reaches
    Borg by file descriptor. `output`: what its standard output is for. `json_log`: standard error is
    Borg's log as JSON. `needs`: paths without which it fails.
    `records`: files whose time of change notes that it went well. `required`: without a late value in
    its words it fails, rather than having nothing to do. `once`: running it again after it went well
    does harm, such as a second archive; `evidence` finds out whether it did, if it isn't known. `proof`
    and `leaves`: without them it has failed, whatever its exit code.
    `upstream`: what it reads on standard input: the first prints for the second, the last for the process. All are
    started together and waited for; it learns of the end of its input only once all of them have ended well, and is
    stopped if one fails. `skims`: it may end well before it has read everything.
    `makes`: what must not be there before, and has to be afterwards. `removes`: what must not be there afterwards; if
    none of it is there before, there is nothing to do. `dry_directory`: where `dry_argv` runs, if elsewhere.
    `consent`: what it does for good, in words; nothing of a run begins before somebody has agreed to that.
    `feeds`: what runs beside it; if one of them fails, it has failed. `spot`: see there.
    `listing`: see there. `checks`: the checks of the repository that it does, by name.
    `progress_at`: where among its words `--progress` is put while somebody watches the run; 0 for nowhere.
    `counts_at`: the same of the words that make Borg list files, so that they are counted.
    """

    argv: tuple[Word, ...]
    dry_argv: tuple[Word, ...] | None
    exits: ExitCodes
    environment: tuple[tuple[str, Word], ...] = ()
    unset: tuple[str, ...] = ()
    passphrase: Secret | None = None
    output: Output = Output()
    json_log: bool = False
    directory: str | None = None
    needs: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    required: bool = False
    once: bool = False
    evidence: Evidence | None = None
    proof: Proof | None = None
    leaves: tuple[Product, ...] = ()
    upstream: tuple[Upstream, ...] = ()
    skims: bool = False
    makes: tuple[Presence, ...] = ()
    removes: tuple[Presence, ...] = ()
    dry_directory: str | None = None
    consent: str = ""
    feeds: tuple[Feed, ...] = ()
    spot: Spot | None = None
    progress_at: int = 0
    counts_at: int = 0
    listing: Listing = Listing.NONE
    checks: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """What is started."""
        return text_of(self.argv[0])

    @property
    def lasting_directory(self) -> str | None:
        """Where it runs outside of a run, which makes its directory: in a dry run, and for questions about it."""
        return self.directory if self.dry_directory is None else self.dry_directory


class Check(Enum):
    """What an answer has to be, beside its status, for a request to count as done."""

    STATUS = "status"  # nothing more
    JSON_RPC = "json-rpc"  # JSON without an `error`, and without one in its `result.data`


class Request(NamedTuple):
    """An HTTP request. Its outcome is read from `exits`: 0 if it was answered with a status below 400 and `check`
    holds, 1 if not, 2 if it can't be sent (a late value or a secret that it needs isn't there).

    `form`: fields sent as `application/x-www-form-urlencoded`, in place of a body. `user` and `password`: HTTP
    Basic. `output`: what the answer's body is for. `timeout`: seconds for all tries together. `tries`: how often at
    most, with growing pauses, while the server can't be reached or answers with 429 or 500 and up. `verify`:
    whether its certificate has to be valid. `certificate` and `key`: paths of the client's own. With
    `Check.JSON_RPC` what is kept of an answer is its `result`. `summary`: what it tells, for people. `stream`: it isn't
    sent once but with each portion of lines, which are `Known.LINES` in its body.
    """

    method: str
    url: Word
    exits: ExitCodes
    headers: tuple[tuple[str, Word], ...] = ()
    body: Word | None = None
    form: tuple[tuple[str, Word], ...] = ()
    user: Word | None = None
    password: Word | None = None
    output: Output = Output(OutputUse.DISCARD)
    timeout: int = 10
    tries: int = 3
    verify: bool = True
    certificate: str = ""
    key: str = ""
    check: Check = Check.STATUS
    summary: str = ""
    stream: Stream | None = None


Work = Shell | Process | Request


def upstream_of(process: Process) -> Upstream:
    """A process as what prints for another."""
    return Upstream(
        process.argv, process.exits, process.environment, process.unset, process.passphrase,
        process.json_log, process.directory,
    )  # fmt: skip


def process_of(one: Upstream) -> Process:
    """What is upstream as a process; what it prints to standard error is told."""
    return Process(
        one.argv, None, one.exits, one.environment, one.unset, one.passphrase,
        json_log=one.json_log, directory=one.directory,
    )  # fmt: skip


def keeps(work: Work) -> bool:
    """Whether it produces a value for later steps."""
    return kept_name(work) is not None


def kept_name(work: Work) -> str | None:
    """The name of the value that it produces for later steps; None if it produces none."""
    if isinstance(work, Shell) or work.output.use not in (OutputUse.LAST_LINE, OutputUse.KEEP):
        return None
    return work.output.name


def directory_of(work: Work) -> str | None:
    """Where it runs; None where borgplan does."""
    return None if isinstance(work, Request) else work.directory


def words_of(work: Work) -> tuple[Word, ...]:
    """All words that are made just before it begins, other than paths."""
    match work:
        case Shell():
            return ()
        case Process():
            own = (*work.argv, *(work.dry_argv or ()), *(word for _, word in work.environment))
            seen = [word for one in (*work.makes, *work.removes) for word in (one.name, *one.argv)]
            upstream = (words_of(process_of(one)) for one in work.upstream)
            feeds = (words_of_feed(feed) for feed in work.feeds)
            left = (product.path for product in work.leaves)
            return (*own, *seen, *left, *(word for words in (*upstream, *feeds) for word in words))
        case Request():
            fields = (*work.headers, *work.form)
            others = [word for word in (work.body, work.user, work.password) if word is not None]
            if work.stream is not None:
                others += [work.stream.line, work.stream.missed]
            return (work.url, *others, *(word for _, word in fields))


def values_in(work: Work) -> list[tuple[Value, bool]]:
    """The late values of its words, each with whether it can do without."""
    found = values_of(words_of(work))
    if not isinstance(work, Process):
        return found
    each = (*(feed.each for feed in work.feeds), *(product.each for product in work.leaves))
    listed = [names for names in each if names is not None]
    seen = work.spot.values if work.spot is not None else ()
    return [*found, *((n.value, n.spared) for n in listed), *((value, False) for value in seen)]


def made_by(work: Work) -> str | None:
    """The name of the value that its archive's name is; None if it makes none."""
    is_create = isinstance(work, Process) and work.proof is Proof.ARCHIVE
    return MADE if is_create else None


def can_fail(work: Work) -> bool:
    """Whether any of its ends is a hard failure; a message that nobody took is none."""
    if not isinstance(work, Request):
        return True
    return any(work.exits.outcome(code) is Outcome.HARD for code in (1, 2))


def secrets_in(work: Work) -> list[Secret]:
    """The secrets that it needs."""
    found = [part.secret for part in parts_of(words_of(work)) if isinstance(part, SecretUse)]
    if isinstance(work, Process):
        known = (work.passphrase, *(one.passphrase for one in work.upstream))
        found += [secret for secret in known if secret is not None]
    return found
