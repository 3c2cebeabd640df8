"""The command line, parsed: `borgplan COMMAND [CONFIG ...] [options]`."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

from ..compiler.actions import ALIASES, NOT_IMPLEMENTED, Action
from ..compiler.borg.request import ActionOptions
from .action_arguments import FLAGS, add_to, options
from .version import VERSION

COMMANDS = {
    "plan": "show what would run, in which order, and what happens on failure",
    "apply": "run exactly what plan shows",
    "lint": "check configuration files, for people and CI",
    "rule": "explain what a finding means, and how to mend it",
    "diff": "show what differs between two plans, configurations or git revisions",
    "migrate": "rewrite files in older forms to the form of borgmatic 2.1, meaning the same",
    "init": "write a first configuration file",
    "history": "list the runs of the past, the newest first",
    "show": "show a run of the past, step by step",
    "recover": "run the cleanups that a run owes which was cut short",
    "resume": "go on with a run that failed or was cut short",
    "schema": "print a JSON Schema of configuration files, for editors",
    "units": "write a systemd service and timer, or a line for cron",
}
# Commands about something else than the plan of some configurations bring their own arguments: a module
# of `commands` with `configure(parser)` and `run(namespace) -> exit code`.
OF_THEIR_OWN = frozenset({
    "diff", "history", "init", "migrate", "recover", "resume", "rule", "schema", "show", "units",
})  # fmt: skip
FORMATS = {"lint": ("text", "json", "sarif", "github", "junit")}

_DESCRIPTION = (
    "Compiles borgmatic configuration files into an explicit plan, shows it, and runs it."
)
_EPILOG = """\
CONFIG is a file or a directory of *.yaml and *.yml files; none given: borgmatic's default places.
Exit codes: 0 done, 1 a step failed or there are findings, 2 wrong use or unusable input,
3 a bug of borgplan, 128+n ended by signal n.
"""


_NAMES = ", ".join(action.value for action in Action)
Configure = Callable[[argparse.ArgumentParser], None]
_BY_DEFAULT = (Action.CREATE, Action.PRUNE, Action.COMPACT, Action.CHECK)
_MOST_JOBS = 64
_VERBOSITIES = {
    "verbosity": "how much Borg says; below 0 borgplan says only what failed",
    "log-file-verbosity": "what goes to log files",
    "syslog-verbosity": "what goes to the system's log",
}


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help for a terminal of ordinary width; asking for the real one costs more than parsing."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=100)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the list of all options is a question of its own."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help lists all options\n")


class PlanArguments(NamedTuple):
    """What `plan` alone takes."""

    against_semantics: str = ""
    fail: tuple[str, ...] = ()
    failures: bool = False
    differences: bool = False
    probe: bool = False
    output: str = ""
    jobs: int = 1


class ApplyArguments(NamedTuple):
    """What `apply` alone takes."""

    dry_run: bool = False
    strict: bool = False
    quiet: bool = False
    allow_stale: bool = False
    lock_wait: float = 0.0  # seconds, or infinity
    events: str = ""
    jobs: int = 1
    log_format: str = "auto"
    recover: bool = False


class LintArguments(NamedTuple):
    """What `lint` alone takes. `select`, `ignore`: codes and prefixes of codes. `severity`: the lowest
    that is reported, empty if not said. `jobs`: how many processes at most, 0 for one a core."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: str = ""
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
    for the generation's default. Of `plan`, `apply` and `lint`, what isn't the command's keeps its defaults."""

    command: str
    words: tuple[str, ...]
    configs: tuple[str, ...]
    actions: tuple[Action, ...]
    repository: str
    format: str
    color: str
    semantics: str
    overrides: tuple[str, ...]
    no_environment_interpolation: bool
    project: str
    policies: tuple[str, ...]
    offline: bool
    options: ActionOptions
    plan: PlanArguments
    apply: ApplyArguments
    lint: LintArguments


def parse(argv: Sequence[str]) -> Arguments:
    """Raises SystemExit, after a message, for wrong use (2), --help and --version (0)."""
    words, after = _split(argv)
    if not words or words[0] not in COMMANDS:
        _without_command(words)
    special = any(w.partition("=")[0] in FLAGS or w.startswith(("-e", "-i")) for w in words)
    parser = _parser(words[0], with_action_options=special)
    found = parser.parse_args(words[1:])
    actions = tuple(action for text in found.actions for action in text)
    of_actions = options(found, after) if special else ActionOptions(words=after)
    if of_actions != ActionOptions() and words[0] != "lint":
        _refuse_misplaced(parser, of_actions, actions)
    plan, lint = PlanArguments(), LintArguments()
    if words[0] == "plan":
        plan = PlanArguments(**_fields(found, PlanArguments._fields))
    questions = sum(map(bool, (plan.fail, plan.failures, plan.against_semantics, plan.differences)))
    if questions > 1:
        parser.error(
            "--fail, --failures, --against-semantics and --differences are questions of their own; "
            "ask one at a time"
        )
    if plan.probe and found.offline:
        parser.error("--probe asks Borg, and --offline doesn't")
    if words[0] == "lint":
        lint = LintArguments(**_fields(found, LintArguments._fields))
    if lint.baseline and lint.write_baseline:
        parser.error("--baseline compares and --write-baseline writes; one at a time")
    if plan.output and questions:
        parser.error(
            "-o saves a plan; --fail, --failures, --against-semantics, --differences show none"
        )
    if plan.jobs > 1 and found.format == "json":
        parser.error("--jobs changes nothing of a plan; what would run at the same time is text")
    apply = _apply_arguments(found)
    configs = (*found.configs, *found.config)
    shaped = shaped_by(found, words[0], configs, of_actions)
    return shaped._replace(words=tuple(words[1:]), plan=plan, apply=apply, lint=lint)


def shaped_by(
    found: argparse.Namespace, command: str, configs: tuple[str, ...], of_actions: ActionOptions
) -> Arguments:
    """What `add_shaping` has found, for these configurations."""
    return Arguments(
        command=command,
        words=configs,
        configs=configs,
        actions=tuple(action for text in found.actions for action in text),
        repository=found.repository,
        format=found.format,
        color=found.color,
        semantics=found.semantics,
        overrides=_overrides(found),
        no_environment_interpolation=found.no_environment_interpolation,
        project=found.project,
        policies=tuple(found.policy),
        offline=found.offline,
        options=of_actions,
        plan=PlanArguments(),
        apply=ApplyArguments(),
        lint=LintArguments(),
    )


def _overrides(found: argparse.Namespace) -> tuple[str, ...]:
    """Options of the configuration that the command line has words of its own for."""
    given = vars(found)
    names = [name.replace("-", "_") for name in _VERBOSITIES]
    verbosities = [f"{name}={given[name]}" for name in names if given[name] is not None]
    return (*found.set, *(f"log_file={path}" for path in found.log_file), *verbosities)


def _apply_arguments(found: argparse.Namespace) -> ApplyArguments:
    apply = ApplyArguments(**_fields(found, ApplyArguments._fields))
    hushed = found.verbosity is not None and found.verbosity < 0
    return apply._replace(quiet=apply.quiet or hushed)


def _fields(found: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    """Those that the parser knows; lists become tuples."""
    values = {name: value for name, value in vars(found).items() if name in names}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


def _codes(text: str) -> list[str]:
    from ..compiler.codes import KNOWN, unknown

    found = [word.strip() for word in text.split(",")]
    strange = unknown(found, KNOWN)
    if strange:
        raise argparse.ArgumentTypeError(f"no code begins with `{strange[0]}`")
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 5 and int(text)):
        raise argparse.ArgumentTypeError(f"not a number from 1 to 9999: `{text}`")
    return int(text)


def parse_own(argv: Sequence[str], configure: Configure) -> argparse.Namespace:
    """The arguments of a command that has its own. Raises SystemExit as `parse` does."""
    parser = _empty_parser(argv[0])
    configure(parser)
    try:
        return parser.parse_intermixed_args(argv[1:])  # options may stand between other words
    except TypeError:  # but not where the command has commands of its own
        return parser.parse_args(argv[1:])


def _refuse_misplaced(
    parser: argparse.ArgumentParser, options: ActionOptions, actions: tuple[Action, ...]
) -> None:
    """Raises SystemExit for an option that no action of the run takes."""
    from ..compiler.borg.request import FOR, misplaced

    for name in misplaced(options, actions or _BY_DEFAULT):
        flag = {"paths": "--path", "words": "--", "since": "--from"}.get(
            name, f"--{name.replace('_', '-')}"
        )
        takers = ", ".join(sorted(action.value for action in FOR[name]))
        parser.error(f"{flag} is for {takers}: name it with --actions")


def _split(argv: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The words for borgplan, and those after `--`, which are for Borg."""
    words = list(argv)
    if "--" not in words:
        return words, ()
    place = words.index("--")
    return words[:place], tuple(words[place + 1 :])


def actions_in(text: str) -> list[Action]:
    found = []
    for name in filter(None, (word.strip() for word in text.split(","))):
        if name in NOT_IMPLEMENTED:
            raise argparse.ArgumentTypeError(f"the action `{name}` is not implemented yet")
        try:
            found.append(ALIASES.get(name) or Action(name))
        except ValueError:
            known = ", ".join(action.value for action in Action)
            raise argparse.ArgumentTypeError(
                f"no action is called `{name}`; known: {known}"
            ) from None
    if not found:
        raise argparse.ArgumentTypeError("names no action")
    return found


def _file(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("the name of a file is empty")
    return text


def _without_command(words: list[str]) -> NoReturn:
    """Help, or an error that lists the commands; raises SystemExit."""
    lines = "".join(f"  {name:8}{text}\n" for name, text in COMMANDS.items())
    parser = _Parser(
        prog="borgplan", usage="borgplan COMMAND [CONFIG ...] [options]", allow_abbrev=False,
        description=f"{_DESCRIPTION}\n\ncommands:\n{lines}", epilog=_EPILOG,
        formatter_class=_Help,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"borgplan {VERSION}")
    parser.parse_known_args(words)
    named = next((word for word in words if not word.startswith("-")), "")
    what = f"there is no command `{named}`" if named else "a command is needed"
    parser.error(f"{what}; the commands are {', '.join(COMMANDS)}")


def _parser(command: str, *, with_action_options: bool) -> argparse.ArgumentParser:
    """Options cost time to set up, so those of single actions come only where one is used."""
    parser = _empty_parser(command)
    _add_common(parser, FORMATS.get(command, ("text", "json")))
    if with_action_options:
        add_to(parser)
    if command == "apply":
        _add_apply(parser)
    if command == "plan":
        _add_plan(parser)
    if command == "lint":
        _add_lint(parser)
    return parser


def _empty_parser(command: str) -> argparse.ArgumentParser:
    text = COMMANDS[command]
    return _Parser(
        prog=f"borgplan {command}", description=f"{text[0].upper()}{text[1:]}.", epilog=_EPILOG,
        allow_abbrev=False, formatter_class=_Help,
    )  # fmt: skip


def _add_common(parser: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    add = parser.add_argument
    add("configs", nargs="*", metavar="CONFIG", default=[], help="configuration file or directory")
    add(
        "-c",
        "--config",
        action="append",
        default=[],
        metavar="CONFIG",
        help="the same, as borgmatic has it",
    )
    add_shaping(parser)
    add("--format", choices=formats, default="text", help="of the result (default: text)")


def add_shaping(parser: argparse.ArgumentParser) -> None:
    """What shapes a plan, beside the configurations and the options of single actions; and colour."""
    add = parser.add_argument
    add("-a", "--actions", action="append", default=[], type=actions_in, metavar="LIST",
        help=f"actions to run, of {_NAMES} (default: as the generation has it)")  # fmt: skip
    add("-r", "--repository", default="", metavar="PATTERN",
        help="only repositories whose path or label fits")  # fmt: skip
    add(
        "--semantics",
        default="",
        metavar="NAME",
        help="what hooks mean: a borgmatic release such as 1.5.24 or 2.1, or auto (default)",
    )
    add("--set", action="append", default=[], metavar="OPTION=VALUE",
        help="an option of the configuration, in place of what the files say; repeatable")  # fmt: skip
    add("--project", default="", metavar="FILE",
        help="settings for single steps (default: borgplan.yaml beside the configuration)")  # fmt: skip
    add("--policy", action="append", default=[], metavar="FILE",
        help="policies that the plan has to keep, beside those of the project file; repeatable")  # fmt: skip
    add("--log-file", action="append", default=[], metavar="FILE",
        help="add the run's log to this file")  # fmt: skip
    for option, what in _VERBOSITIES.items():
        add(
            f"--{option}", type=int, choices=range(-2, 3), metavar="N", help=f"{what}, from -2 to 2"
        )
    add("--no-environment-interpolation", action="store_true",
        help="leave ${NAME} in configuration files as it is")  # fmt: skip
    add(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the output (default: auto)",
    )
    add("--offline", action="store_true", help="don't ask Borg anything")


def _add_plan(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--against-semantics", default="", metavar="NAME",
        help="show what moving to this generation would change")  # fmt: skip
    add("--differences", action="store_true",
        help="list where this run differs from borgmatic's on purpose")  # fmt: skip
    add("--probe", action="store_true",
        help="ask Borg whether repositories on other machines exist")  # fmt: skip
    add("-o", "--output", type=_file, default=argparse.SUPPRESS, metavar="FILE",
        help="save the plan too, for `apply FILE`")  # fmt: skip
    _add_jobs(parser)
    add("--fail", action="append", default=[], metavar="STEP[=soft|hard]",
        help="show what would happen if this step failed; by number or id, repeatable")  # fmt: skip
    add("--failures", action="store_true",
        help="show what every single failure would skip, run and leave, and who would be told")  # fmt: skip


def _add_apply(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "-n",
        "--dry-run",
        action="store_true",
        help="run no hook, and Borg only with its own --dry-run",
    )
    _add_jobs(parser)
    add("--strict", action="store_true", help="run nothing if any configuration file has errors")
    add("-q", "--quiet", action="store_true", help="say only what failed")
    add("--allow-stale", action="store_true",
        help="run a saved plan although what it was made from has changed")  # fmt: skip
    add("--lock-wait", type=_seconds, default=0.0, metavar="SECONDS",
        help="wait for repositories that another run uses; or forever (default: refuse to run)")  # fmt: skip
    add("--log-format", choices=("auto", "text", "json", "journal"), default="auto",
        help="of what is said and of log files (default: text; journal where systemd keeps it)")  # fmt: skip
    add("--events", default="", metavar="FILE",
        help="add what happens to this file, as JSON lines; or fd:NUMBER")  # fmt: skip
    add("--recover", action="store_true",
        help="first run the cleanups that runs which were cut short still owe")  # fmt: skip


def _add_lint(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--shell", action="store_true",
        help="also look at hook commands as shell, with tree-sitter and ShellCheck if they are there")  # fmt: skip
    add("--check-programs", action="store_true",
        help="also look whether the programs that hooks name are on this machine")  # fmt: skip
    add("--fix", action="store_true",
        help="mend what needs no thought: modes, older names, empty hooks")  # fmt: skip
    add("--diff", action="store_true", help="show what --fix would write, and write nothing")
    add("--select", action="extend", default=[], type=_codes, metavar="CODES",
        help="report these codes only; BP3 stands for all that begin so; repeatable")  # fmt: skip
    add("--ignore", action="extend", default=[], type=_codes, metavar="CODES",
        help="don't report these; of several that fit a code the longest counts")  # fmt: skip
    add("--severity", choices=("error", "warning", "note"), default="",
        help="the lowest that is reported and counts (default: notes are shown and don't count)")  # fmt: skip
    add("--exit-zero", action="store_true", help="exit with 0 although there are findings")
    add("--baseline", default="", metavar="FILE", help="report only what this file doesn't have")
    add("--write-baseline", default="", metavar="FILE",
        help="write all findings to this file instead of reporting them")  # fmt: skip
    add("--jobs", type=_number, default=0, metavar="N",
        help="processes for many files (default: one for each core)")  # fmt: skip


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-j", "--jobs", type=_jobs, default=1, metavar="N",
        help="run up to N repositories at the same time, where that changes nothing (default: 1)")  # fmt: skip


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST_JOBS):
        raise argparse.ArgumentTypeError(f"takes a number from 1 to {_MOST_JOBS}")
    return int(text)


def _seconds(text: str) -> float:
    if text == "forever":
        return float("inf")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError("takes a number of seconds, or forever")
    return float(text)
