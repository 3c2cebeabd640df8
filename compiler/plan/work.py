"""What a step does: a shell command, a process or an HTTP request; and how its end is read."""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import NamedTuple


class Outcome(Enum):
    """How a step ended."""

    DONE = "done"
    SOFT = "soft"  # it asked to leave quietly, by exit code
    HARD = "hard"
    INTERRUPTED = "interrupted"


FAILURE = "failure"  # what produces values about the failure that a RECOVER step is about


class Value(NamedTuple):
    """A text known only while running, never written into a plan: what `producer` gives under `name`.

    `producer`: FAILURE, or the id of the step whose output is kept (`Output`).
    """

    producer: str
    name: str


class Late:
    """The values that a run itself gives; empty where it is about no failure."""

    REPOSITORY = Value(FAILURE, "repository")
    LABEL = Value(FAILURE, "repository_label")  # what people call that repository
    ERROR = Value(FAILURE, "error")  # the failure in words
    OUTPUT = Value(FAILURE, "output")  # the end of what the failed command printed


RUN = "run"  # what produces values about the run itself, so far


class Known:
    """The values about what has happened so far around the step that asks; see `runtime/engine/account.py`.

    The last three are known at the moment of sending.
    """

    LOG = Value(RUN, "log")  # what its configuration has told, a line each
    WARNINGS = Value(RUN, "warnings")  # of that only what went wrong
    ERRORS = Value(RUN, "errors")  # of that only failures
    MADE = Value(RUN, "archive")  # the archive that was made last
    DURATION = Value(RUN, "duration")  # seconds that its steps have taken
    TIME = Value(RUN, "time")  # ISO 8601 with a zone
    NANOSECONDS = Value(RUN, "nanoseconds")  # since 1970
    HOST = Value(RUN, "host")  # this machine's name


GIVEN = (FAILURE, RUN)  # what no step produces

ARCHIVE = Value("", "archive")  # of the step before it in its action; lowering says which that is


CUT = "...\n"  # stands for lines that were left out


class Escape(Enum):
    """What a late text must not be taken for, where it stands."""

    NONE = "none"
    PATTERN = "pattern"  # of Borg: other archives
    JSON = "json"
    URL = "url"


class Use(NamedTuple):
    """A late value in a text. `otherwise`: what stands there where nobody has produced it; None: then the
    text can't be made, and whatever needs it has nothing to do, or fails. `limit`: so many bytes of its end at
    most, by whole lines, after a line `...`; 0 for all of it."""

    value: Value
    escape: Escape = Escape.NONE
    otherwise: str | None = None
    limit: int = 0


def end_of(text: str, limit: int) -> str:
    """The last whole lines of a text within so many bytes of UTF-8, after a line `...` where some are left out."""
    if not limit or len(text.encode("utf-8", "surrogateescape")) <= limit:
        return text
    kept: list[str] = []
    left = limit - len(CUT)
    for line in reversed(text.split("\n")):
        left -= len(line.encode("utf-8", "surrogateescape")) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join(["...", *reversed(kept)])


def escaped(text: str, escape: Escape) -> str:
    """A text as it may stand in a place."""
    match escape:
        case Escape.NONE:
            return text
        case Escape.PATTERN:
            return exactly(text)
        case Escape.JSON:
            import json

            return json.dumps(text)[1:-1]
        case Escape.URL:
            from urllib.parse import quote

            return quote(text, safe="")


class ScratchPath(NamedTuple):
    """The path of one of the plan's scratch files."""

    name: str


def exactly(name: str) -> str:
    """A pattern that fits this name and no other (shell patterns, as Borg has them)."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


Ranges = tuple[tuple[int, int], ...]

# Exit codes from here on are a shell's and a system's, never Borg's own: 126 and 127 for a command that could
# not be started, 128+n for one that signal n ended. Borg's own end with 125 at most.
FIRST_DEATH = 126


class ExitCodes(NamedTuple):
    """How exit codes are read: inclusive ranges. 0 is done, all others and every signal are hard.

    `warning` and `forgiven` say what a code may be; whether it is that, a command's own log decides
    (`runtime/process/verdict.py`). From `FIRST_DEATH` on, and for signals, no range counts. `soft_fails_run`: a soft failure is
    followed where it leads, and the run is not called a success.
    """

    soft: Ranges = ()
    warning: Ranges = ()  # done, but worth telling
    soft_fails_run: bool = False
    forgiven: Ranges = ()  # done or a warning, even if Borg tells an error: somebody has chosen that

    def outcome(self, code: int) -> Outcome:
        """`code` as the operating system gives it; negative is death by that signal."""
        if code == 0 or self.is_warning(code):
            return Outcome.DONE
        return Outcome.SOFT if _holds(self.soft, code) else Outcome.HARD

    def is_warning(self, code: int) -> bool:
        return _holds(self.warning, code)

    def forgives(self, code: int) -> bool:
        return _holds(self.forgiven, code)


def _holds(ranges: Ranges, code: int) -> bool:
    return 0 <= code < FIRST_DEATH and any(low <= code <= high for low, high in ranges)


class SecretOption(NamedTuple):
    """A secret by where it is configured; the value stays out of every plan."""

    file: str
    option: str


class SecretFile(NamedTuple):
    """A secret that a file holds, read when a step needs it, without the line ends at its end."""

    path: str


class SecretCommand(NamedTuple):
    """A secret that a command prints, run when a step needs it, once a run; no shell."""

    argv: tuple[str, ...]


class Share(Enum):
    """Which part of a secret stands in a text."""

    ALL = "all"
    BASE = "base"  # of a URL, up to its query and the slashes before it
    QUERY = "query"  # of a URL, behind `?`
    NAME = "name"  # of a URL, the last part of its path
    USER = "user"  # of a URL, what stands before `@`


def share_of(secret: str, share: Share) -> str:
    """That part of a secret."""
    base, _, query = secret.partition("?")
    match share:
        case Share.ALL:
            return secret
        case Share.BASE:
            return base.rstrip("/")
        case Share.QUERY:
            return query
        case Share.NAME:
            return base.rstrip("/").rpartition("/")[2]
        case Share.USER:
            return base.partition("://")[2].partition("@")[0]


Secret = SecretOption | SecretFile | SecretCommand


class SecretUse(NamedTuple):
    """A secret in a text. `shown`: what stands for it wherever people read."""

    secret: Secret
    shown: str = "…"
    escape: Escape = Escape.NONE
    share: Share = Share.ALL


Part = str | Use | SecretUse | ScratchPath
Word = str | tuple[Part, ...]


def joined(*words: Word) -> Word:
    """Words one after the other, as one."""
    if all(isinstance(word, str) for word in words):
        return "".join(word for word in words if isinstance(word, str))
    parts: list[Part] = []
    for word in words:
        for part in (word,) if isinstance(word, str) else word:
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
    return tuple(parts)


def as_pattern(word: Word) -> Word:
    """A word where Borg reads a pattern: what would stand for other text in it is escaped."""
    if isinstance(word, str):
        return exactly(word)
    return tuple(
        part._replace(escape=Escape.PATTERN)
        if isinstance(part, Use)
        else exactly(part)
        if isinstance(part, str)
        else part
        for part in word
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


class Evidence(NamedTuple):
    """How to find out whether a command did its work that nobody saw the end of.

    `argv` prints a line for each of the newest archives: the machine that made it, when it was begun
    (ISO 8601, without a zone in local time) and its name, between tabs. `names`: a shell pattern that
    the names of the command's own archives fit.
    """

    argv: tuple[str, ...]
    names: str


class Proof(Enum):
    """What shows that a command did its work, beside its exit code."""

    ARCHIVE = "archive"  # Borg names the archive that it made
    ANSWER = "answer"  # there is something on its standard output, and no empty list of archives
    ITEMS = "items"  # its log lists what it extracts or deletes


class Process(NamedTuple):
    """A program with its words; no shell. In a dry run `dry_argv` runs instead, or nothing where that is None.

    `environment` is set and `unset` removed on top of the environment of the run; `passphrase` reaches
    Borg by file descriptor. `output`: what its standard output is for. `json_log`: standard error is
    Borg's log as JSON. `needs`: paths without which it fails.
    `records`: files whose time of change notes that it went well. `required`: without a late value in
    its words it fails, rather than having nothing to do. `once`: running it again after it went well
    does harm, such as a second archive; `evidence` finds out whether it did, if it isn't known. `proof`
    and `leaves` (paths that are there afterwards): without them it has failed, whatever its exit code.
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
    leaves: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """What is started."""
        return text_of(self.argv[0])


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
    `Check.JSON_RPC` what is kept of an answer is its `result`. `summary`: what it tells, for people.
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


def text_of(word: Word) -> str:
    """A word as people read it: late values as `{name}`, secrets hidden."""
    if isinstance(word, str):
        return word
    return "".join(map(_shown, word))


def _shown(part: Part) -> str:
    match part:
        case str():
            return part
        case Use(value):
            return f"{{{value.name}}}"
        case SecretUse():
            return part.shown
        case ScratchPath(name):
            return f"{{scratch {name}}}"


def parts_of(words: tuple[Word, ...]) -> list[Part]:
    """All parts of words."""
    return [part for word in words for part in ((word,) if isinstance(word, str) else word)]


Work = Shell | Process | Request


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
            return (*work.argv, *(work.dry_argv or ()), *(word for _, word in work.environment))
        case Request():
            fields = (*work.headers, *work.form)
            others = [word for word in (work.body, work.user, work.password) if word is not None]
            return (work.url, *others, *(word for _, word in fields))


def can_fail(work: Work) -> bool:
    """Whether any of its ends is a hard failure; a message that nobody took is none."""
    if not isinstance(work, Request):
        return True
    return any(work.exits.outcome(code) is Outcome.HARD for code in (1, 2))


def secrets_in(work: Work) -> list[Secret]:
    """The secrets that it needs."""
    found = [part.secret for part in parts_of(words_of(work)) if isinstance(part, SecretUse)]
    if isinstance(work, Process) and work.passphrase is not None:
        found.append(work.passphrase)
    return found
