"""The plan: what will be done, in which order, and what every bad outcome does. Data, nothing else.

A tree of scopes (run, configuration, repository, action), and steps hung on a scope in one of four
phases. What a failure does is an `Effect`: which status the scope gets, and where it goes on. Every
reader of the plan (apply, dry run, simulation, lint) follows the same rule, `runtime/engine/walk.py`:

    a scope runs its ENTER steps, its BODY (steps, then child scopes), its EXIT steps and, unless it
    ended well, its RECOVER steps; a step runs if its trigger fits the scope's status when its phase
    began; a bad outcome applies the step's effect, a child that ended badly the scope's; a scope with
    retries left goes to the back of its parent's queue instead.

Nothing here or in a reader may ask for a release number or a kind of hook: what differs between
generations has become data by now.
"""

from enum import Enum as _Enum

from ..source.span import Span
from ..support.record import NamedTuple

FORMAT_VERSION = 1


class Enum(_Enum):
    """Members are single, so they can be known by identity; by name, hashing costs more than what it
    is for."""

    __hash__ = object.__hash__


ScopeId = str
StepId = str


class ScopeKind(Enum):
    RUN = "run"
    CONFIGURATION = "configuration"
    REPOSITORY = "repository"
    ACTION = "action"


class Phase(Enum):
    """Where in its scope a step stands, in the order in which phases run."""

    ENTER = "enter"  # before-hooks
    BODY = "body"  # the work: Borg commands, child scopes
    EXIT = "exit"  # after-hooks
    RECOVER = "recover"  # error hooks: only once the scope has not ended well


LEAVING = (Phase.EXIT, Phase.RECOVER)  # what a scope owes once it has begun, whatever interrupts it


class Outcome(Enum):
    """How a step ended."""

    DONE = "done"
    SOFT = "soft"  # it asked to leave quietly, by exit code
    HARD = "hard"
    INTERRUPTED = "interrupted"


class Status(Enum):
    """How a scope stands."""

    OK = "ok"
    SKIPPED = "skipped"  # a soft failure ended it early
    FAILED = "failed"


class Trigger(Enum):
    """Which statuses of its scope, when its phase begins, let a step run."""

    SUCCESS = "success"
    FAILURE = "failure"
    ALWAYS = "always"

    def fits(self, status: Status) -> bool:
        if self is Trigger.ALWAYS:
            return True
        return (status is Status.OK) == (self is Trigger.SUCCESS)


class Resume(Enum):
    """Where a scope goes on after a bad outcome."""

    NEXT = "next"  # with the next step or child
    PHASE = "phase"  # with the next phase, past the rest of this one
    EXIT = "exit"  # with its EXIT phase
    LEAVE = "leave"  # past its EXIT phase; RECOVER still applies
    END = "end"  # past everything that is left of it


class Effect(NamedTuple):
    """What a bad outcome does to the scope: its new status (None keeps it), and where it goes on."""

    status: Status | None
    resume: Resume


class Late(Enum):
    """A value known only while running, never written into a plan."""

    REPOSITORY = "repository"  # of the failure that a RECOVER step is about; empty if of none
    LABEL = "repository_label"  # what people call that repository
    ERROR = "error"  # that failure in words
    OUTPUT = "output"  # the end of what the failed command printed
    ARCHIVE = "archive"  # the last line that the capturing step of the same scope printed


class LateWord(NamedTuple):
    """A word of a command line that ends in a late value. Without the value the command doesn't run.

    `pattern`: it is read as a pattern, so what would stand for other text in it is escaped.
    """

    before: str
    value: Late
    pattern: bool = False


def exactly(name: str) -> str:
    """A pattern that fits this name and no other (shell patterns, as Borg has them)."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


class PatternsWord(NamedTuple):
    """A word of a command line: the name of a file that holds one of the plan's pattern files."""

    name: str


Word = str | LateWord | PatternsWord


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


Secret = SecretOption | SecretFile | SecretCommand


class Shell(NamedTuple):
    """A hook command. `script` is given to `/bin/sh -c` as it is, `written` is what the user wrote,
    with the constants of the file filled in.

    `late` are environment variables, set when it runs. `umask` and `directory`: None keeps the
    process's.
    """

    script: str
    written: str
    exits: ExitCodes
    late: tuple[tuple[str, Late], ...] = ()
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


class Command(NamedTuple):
    """A Borg command. In a dry run `dry_argv` runs instead, or nothing where that is None.

    `environment` is set and `unset` removed on top of the process's environment; `passphrase`
    reaches Borg by file descriptor. `captures`: its last line of output becomes that late value.
    `shows`: its output is the answer that was asked for. `needs`: paths without which it fails.
    `records`: files whose time of change notes that it went well. `required`: without a late value in
    its words it fails, rather than having nothing to do. `once`: running it again after it went well
    does harm, such as a second archive; `evidence` finds out whether it did, if it isn't known. `proof`
    and `leaves` (paths that are there afterwards): without them it has failed, whatever its exit code.
    """

    argv: tuple[Word, ...]
    dry_argv: tuple[Word, ...] | None
    exits: ExitCodes
    environment: tuple[tuple[str, str], ...] = ()
    unset: tuple[str, ...] = ()
    passphrase: Secret | None = None
    captures: Late | None = None
    directory: str | None = None
    shows: bool = False
    needs: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    required: bool = False
    once: bool = False
    evidence: Evidence | None = None
    proof: Proof | None = None
    leaves: tuple[str, ...] = ()


Work = Shell | Command


class Repeat(NamedTuple):
    """Run a step again at once when it fails hard: `times` at most, `wait` seconds before each."""

    times: int = 0
    wait: int = 0


class Step(NamedTuple):
    """One command. `reason`: why it is in the plan, for people.

    `hook`: the option or the position of `commands:` it comes from, empty for Borg's commands. `name`:
    what the project file calls it. `timeout`: seconds after which it is stopped, which is a hard
    failure; None for no limit.
    """

    id: StepId
    scope: ScopeId
    phase: Phase
    trigger: Trigger
    work: Work
    on_soft: Effect
    on_hard: Effect
    reason: str
    origin: Span
    hook: str = ""
    name: str = ""
    timeout: int | None = None
    repeat: Repeat = Repeat()


class Retry(NamedTuple):
    """Run a scope again, after its siblings have had their turn.

    `times`: how often at most. `wait`: seconds before the first repetition, twice as many before the
    second, and so on. `statuses`: those that call for it. `forgives`: whether a failure that a later
    attempt makes good doesn't count.
    """

    times: int = 0
    wait: int = 0
    statuses: tuple[Status, ...] = ()
    forgives: bool = True


class Scope(NamedTuple):
    """A stretch of the run with a status of its own.

    `name`: a file, a repository, an action. `label`: what people call the repository, or empty.
    """

    id: ScopeId
    parent: ScopeId | None
    kind: ScopeKind
    name: str
    on_child_skipped: Effect
    on_child_failed: Effect
    origin: Span
    retry: Retry = Retry()
    label: str = ""


class PatternFile(NamedTuple):
    """Lines given to Borg as a pattern file: what to back up, what to leave out."""

    name: str
    lines: tuple[str, ...]


class Fact(NamedTuple):
    """Something found out before planning that the plan depends on, in words."""

    subject: str
    found: str


class By(Enum):
    """What says which generation a file is meant for: somebody, the borgmatic that is installed, or
    nothing, so that it is a guess."""

    NAMED = "named"
    INSTALLED = "installed"
    GUESSED = "guessed"


class Meaning(NamedTuple):
    """The generation that a configuration file is compiled for, what says so, and why, in words."""

    configuration: str
    semantics: str
    by: By
    why: str


class Log(NamedTuple):
    """A file that the run's log is added to; `errors_only`: nothing but what went wrong."""

    path: str
    errors_only: bool


class Refusal(NamedTuple):
    """Something the configuration asks for that borgplan doesn't do yet; `apply` refuses the plan."""

    what: str
    origin: Span


class Input(NamedTuple):
    """A file the plan was made from, with the SHA-256 of its bytes in hexadecimal."""

    path: str
    digest: str


class Pair(NamedTuple):
    """Two sides that undo each other. `either`: whichever comes first takes; else only `takes` does.

    `owed`: to take it and never give it back is remarkable. `unless`: a command with this text in one
    of its words is something else. `exact`: things are the same if their texts are.
    """

    name: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    either: bool = False
    owed: bool = False
    unless: str = ""
    exact: bool = False


GRACE_SECONDS = 30


class Limits(NamedTuple):
    """Of the whole run, in seconds. `timeout`: after that it is interrupted; None for never. `grace`: what
    is asked to stop has that long before it is ended by force."""

    timeout: int | None = None
    grace: int = GRACE_SECONDS


class Plan(NamedTuple):
    """Scopes parents first, both tuples in the order of a run in which every step gets its turn.

    `semantics`: the generation that hooks around everything follow. `meanings`: that of each configuration.
    `pairs`: what the user's own commands take and give back, beside those of `pairs.PAIRS`.
    """

    semantics: str
    actions: tuple[str, ...]
    scopes: tuple[Scope, ...]
    steps: tuple[Step, ...]
    patterns: tuple[PatternFile, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    inputs: tuple[Input, ...] = ()
    facts: tuple[Fact, ...] = ()
    logs: tuple[Log, ...] = ()
    pairs: tuple[Pair, ...] = ()
    limits: Limits = Limits()
    meanings: tuple[Meaning, ...] = ()
