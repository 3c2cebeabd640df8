"""What a command line asks for, once it has been read."""

from __future__ import annotations

from ...compiler.borg.action_options import ActionOptions
from ...compiler.driver.request import CompileRequest
from ...compiler.plan.actions import Action
from ...compiler.support.record import NamedTuple


class PlanArguments(NamedTuple):
    """What `plan` alone takes."""

    against_semantics: str = ""
    fail: tuple[str, ...] = ()
    failures: bool = False
    summary: bool = False
    script: bool = False
    differences: bool = False
    probe: bool = False
    output: str = ""
    jobs: int = 1
    verbose: bool = False


class ApplyArguments(NamedTuple):
    """What `apply` alone takes. `plain`: for scripts, which read what the steps print, and nobody says anything
    of what goes well; JSON is an array even of one repository."""

    dry_run: bool = False
    strict: bool = False
    quiet: bool = False
    allow_stale: bool = False
    lock_wait: float = 0.0  # seconds, or infinity
    events: str = ""
    metrics: str = ""
    traces: str = ""
    jobs: int = 1
    log_format: str = "auto"
    recover: bool = False
    plain: bool = False
    yes: bool = False
    progress_every: int = 0  # seconds; 0 for no lines
    run_id: str = ""  # of the run in the journal; empty for one by the time of day


class LintArguments(NamedTuple):
    """What `lint` alone takes. `select`, `ignore`: codes and prefixes of codes. `severity`: the lowest
    that is reported, empty if not said. `jobs`: how many processes at most, 0 for one a core."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: str = ""
    skip_others: bool = False
    exit_zero: bool = False
    baseline: str = ""
    write_baseline: str = ""
    jobs: int = 0
    check_programs: bool = False
    fix: bool = False
    diff: bool = False
    shell: bool = False


class Arguments(NamedTuple):
    """What was asked for. `words`: all that follows the command, as it was given. `actions` is empty
    for the generation's default. Of `plan`, `apply` and `lint`, what isn't the command's keeps its defaults.
    `untrusted`: strangers may have written the configurations. `secret_overrides`: options of the command line
    that hold secrets; they are no part of what is kept of a run. `stands_for`: the release of borgmatic whose command line it was.
    `facts`: a file with those of another machine. `root`: the directory that stands for `/`."""

    command: str
    words: tuple[str, ...]
    configs: tuple[str, ...]
    actions: tuple[Action, ...]
    repository: str
    format: str
    color: str
    semantics: str
    overrides: tuple[str, ...]
    interpolates: bool  # `${NAME}` is replaced
    project: str
    policies: tuple[str, ...]
    offline: bool
    options: ActionOptions
    plan: PlanArguments
    apply: ApplyArguments
    lint: LintArguments
    untrusted: bool = False
    secret_overrides: tuple[str, ...] = ()
    stands_for: str = ""
    facts: str = ""
    root: str = ""

    @property
    def elsewhere(self) -> str:
        """The option because of which little of this machine is looked at; empty if it is this one that the
        plan is for. `apply` is always about this one."""
        if self.command == "apply":
            return ""
        given = ("--untrusted", self.untrusted), ("--facts", self.facts), ("--root", self.root)
        return next((name for name, value in (*given, ("--offline", self.offline)) if value), "")


def request_of(arguments: Arguments) -> CompileRequest:
    """What of a command line shapes its plan: the fields that both have."""
    return CompileRequest(**{name: getattr(arguments, name) for name in CompileRequest._fields})


def arguments_for(request: CompileRequest, arguments: Arguments) -> Arguments:
    """`arguments` with a request that was made before."""
    return arguments._replace(**request._asdict())
