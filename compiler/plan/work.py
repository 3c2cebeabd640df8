"""What a step does: a shell command, or a process; and how its end is read."""

from ..support.enums import Enum
from ..support.record import NamedTuple


class Outcome(Enum):
    """How a step ended."""

    DONE = "done"
    SOFT = "soft"  # it asked to leave quietly, by exit code
    HARD = "hard"
    INTERRUPTED = "interrupted"


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


class Process(NamedTuple):
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


Work = Shell | Process
