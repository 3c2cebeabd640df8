"""The plan: what will be done, in which order, and what every bad outcome does. Data, nothing else.

A tree of scopes (run, configuration, repository, action), and steps hung on a scope in one of four
phases. What a failure does is an `Effect`: which status the scope gets, and where it goes on. Every
reader of the plan (apply, dry run, simulation, lint) follows the same rule, `runtime/engine/walk.py`:

    a scope runs its ENTER steps, its BODY (steps, then child scopes), its EXIT steps and, unless it
    ended well, its RECOVER steps; a step runs if its trigger fits the scope's status when its phase
    began; a bad outcome applies the step's effect, a child that ended badly the scope's; a scope with
    retries left goes to the back of its parent's queue instead. Steps of RECOVER with a trigger that
    looks at everything within (`FINAL`) run whichever way the scope ended.

Nothing here or in a reader may ask for a release number or a kind of hook: that has become data by now.
"""

from __future__ import annotations

from ..source.span import Span
from ..support.enums import Enum
from ..support.record import NamedTuple
from .claims import Claim, Pair
from .conditions import Condition
from .scratch import Scratch
from .work import Work

FORMAT_VERSION = 2

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
    RECOVER = "recover"  # error hooks: only once the scope has not ended well; and what tells how it ended


LEAVING = (Phase.EXIT, Phase.RECOVER)  # what a scope owes once it has begun, whatever interrupts it


class Status(Enum):
    """How a scope stands."""

    OK = "ok"
    SKIPPED = "skipped"  # a soft failure ended it early
    FAILED = "failed"


class Failed(Enum):
    """What in a scope has failed, the worst of it; the last two so that it counts, and no later repetition has
    made it good."""

    NOTHING = "nothing"
    SOFTLY = "softly"  # something that asked to leave quietly
    WITHIN = "within"  # something in a child
    OWN = "own"  # one of its own steps


class Trigger(Enum):
    """Which statuses of its scope, when its phase begins, let a step run."""

    SUCCESS = "success"
    FAILURE = "failure"
    ALWAYS = "always"
    # Those that look at everything within, whatever became of the status later; for RECOVER.
    WELL = "well"  # nothing failed, not even softly
    UNFAILED = "unfailed"  # nothing failed but softly
    FAILED = "failed"  # something within failed, its children's steps included
    OWN = "own-failure"  # a step of the scope itself failed
    ENDED = "ended"  # in any case

    def fits(self, status: Status, failed: Failed = Failed.NOTHING) -> bool:
        """`failed`: what within has failed so far, and counts."""
        match self:
            case Trigger.ALWAYS | Trigger.ENDED:
                return True
            case Trigger.SUCCESS | Trigger.FAILURE:
                return (status is Status.OK) == (self is Trigger.SUCCESS)
            case Trigger.OWN:
                return failed is Failed.OWN
            case _:
                counts = failed in (Failed.WITHIN, Failed.OWN) or status is Status.FAILED
                if self is Trigger.FAILED:
                    return counts
                is_well = failed is Failed.NOTHING and status is Status.OK
                return not counts and (self is Trigger.UNFAILED or is_well)


FINAL = (Trigger.WELL, Trigger.UNFAILED, Trigger.FAILED, Trigger.OWN, Trigger.ENDED)


class Resume(Enum):
    """Where a scope goes on after a bad outcome."""

    NEXT = "next"  # with the next step or child
    PHASE = "phase"  # with the next phase, past the rest of this one
    EXIT = "exit"  # with its EXIT phase
    LEAVE = "leave"  # past its EXIT phase; RECOVER still applies
    END = "end"  # past everything that is left of it but `FINAL` steps


class Effect(NamedTuple):
    """What a bad outcome does to the scope: its new status (None keeps it), and where it goes on."""

    status: Status | None
    resume: Resume


class Repeat(NamedTuple):
    """Run a step again at once when it fails hard: `times` at most, `wait` seconds before each."""

    times: int = 0
    wait: int = 0


class Role(Enum):
    """What a step is for."""

    HOOK = "hook"  # a command that the user wrote
    BORG = "borg"
    DUMP = "dump"
    RESTORE = "restore"
    SNAPSHOT = "snapshot"
    NOTIFY = "notify"


class Step(NamedTuple):
    """One command. `title`: what it is, and `reason`: why it is in the plan, both for people.

    `role` and `claims`: see there.

    `hook`: the option or the position of `commands:` it comes from, empty for Borg's commands. `name`:
    what the project file calls it. `timeout`: seconds after which it is stopped, which is a hard
    failure; None for no limit. `condition`: what has to hold beside its trigger, for messages at the end of the run.
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
    title: str = ""
    role: Role = Role.HOOK
    claims: tuple[Claim, ...] = ()
    condition: Condition | None = None


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


class Fact(NamedTuple):
    """Something found out before planning that the plan depends on, in words."""

    subject: str
    found: str


class By(Enum):
    """What says which generation a file is for: somebody, the installed borgmatic, or nothing: a guess."""

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
    """Something the configuration asks for that borgplan doesn't do yet, or not in this plan: then `why` says
    why; `apply` refuses the plan."""

    what: str
    origin: Span
    why: str = ""


class Input(NamedTuple):
    """A file the plan was made from, with the SHA-256 of its bytes in hexadecimal."""

    path: str
    digest: str


class Recorded(NamedTuple):
    """Whose facts a plan was made from, and when they were recorded, in seconds since 1970."""

    host: str
    time: int


GRACE_SECONDS = 30


class Limits(NamedTuple):
    """Of the whole run, in seconds. `timeout`: after that it is interrupted; None for never. `grace`: what
    is asked to stop has that long before it is ended by force."""

    timeout: int | None = None
    grace: int = GRACE_SECONDS


class Plan(NamedTuple):
    """Scopes parents first, both tuples in the order of a run in which every step gets its turn.

    `semantics`: the generation that hooks around everything follow. `meanings`: that of each configuration.
    `pairs`: what the user's own commands take and give back, beside those of `pairs.PAIRS`. `metrics`: the file
    that tells Prometheus what became of a run; empty for none. `recorded`: None for a plan made on its machine.
    """

    semantics: str
    actions: tuple[str, ...]
    scopes: tuple[Scope, ...]
    steps: tuple[Step, ...]
    scratch: tuple[Scratch, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    inputs: tuple[Input, ...] = ()
    facts: tuple[Fact, ...] = ()
    logs: tuple[Log, ...] = ()
    pairs: tuple[Pair, ...] = ()
    limits: Limits = Limits()
    meanings: tuple[Meaning, ...] = ()
    metrics: str = ""
    recorded: Recorded | None = None
