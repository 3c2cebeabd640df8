"""The command line, parsed: `borgplan COMMAND [CONFIG ...] [options]`."""

from __future__ import annotations

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
    "history": "list the runs of the past, the newest first",
    "show": "show a run of the past, step by step",
    "recover": "run the cleanups that a run owes which was cut short",
    "resume": "go on with a run that failed or was cut short",
    "schema": "print a JSON Schema of configuration files, for editors",
}
# Commands about something else than the plan of some configurations bring their own arguments: a module
# of `commands` with `configure(parser)` and `run(namespace) -> exit code`.
OF_THEIR_OWN = frozenset({"history", "recover", "resume", "schema", "show"})

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


class ApplyArguments(NamedTuple):
    """What `apply` alone takes."""

    dry_run: bool = False
    strict: bool = False
    quiet: bool = False
    recover: bool = False


class Arguments(NamedTuple):
    """What was asked for. `words`: all that follows the command, as it was given. `actions` is empty
    for the generation's default. Of `plan` and `apply`, what isn't the command's keeps its defaults."""

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
    offline: bool
    options: ActionOptions
    plan: PlanArguments
    apply: ApplyArguments


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
    plan = PlanArguments(**_fields(found, PlanArguments._fields))
    if sum(map(bool, (plan.fail, plan.failures, plan.against_semantics, plan.differences))) > 1:
        parser.error(
            "--fail, --failures, --against-semantics and --differences are questions of their own; "
            "ask one at a time"
        )
    if plan.probe and found.offline:
        parser.error("--probe asks Borg, and --offline doesn't")
    return Arguments(
        command=words[0],
        words=tuple(words[1:]),
        configs=(*found.configs, *found.config),
        actions=actions,
        repository=found.repository,
        format=found.format,
        color=found.color,
        semantics=found.semantics,
        overrides=(*found.set, *(f"log_file={path}" for path in found.log_file)),
        no_environment_interpolation=found.no_environment_interpolation,
        project=found.project,
        offline=found.offline,
        options=of_actions,
        plan=plan,
        apply=ApplyArguments(**_fields(found, ApplyArguments._fields)),
    )


def _fields(found: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    """Those that the parser knows; lists become tuples."""
    values = {name: value for name, value in vars(found).items() if name in names}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


def parse_own(argv: Sequence[str], configure: Configure) -> argparse.Namespace:
    """The arguments of a command that has its own. Raises SystemExit as `parse` does."""
    parser = _empty_parser(argv[0])
    configure(parser)
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


def _actions(text: str) -> list[Action]:
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
    _add_common(parser)
    if with_action_options:
        add_to(parser)
    if command == "apply":
        _add_apply(parser)
    if command == "plan":
        _add_plan(parser)
    return parser


def _empty_parser(command: str) -> argparse.ArgumentParser:
    text = COMMANDS[command]
    return _Parser(
        prog=f"borgplan {command}", description=f"{text[0].upper()}{text[1:]}.", epilog=_EPILOG,
        allow_abbrev=False, formatter_class=_Help,
    )  # fmt: skip


def _add_common(parser: argparse.ArgumentParser) -> None:
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
    add("-a", "--actions", action="append", default=[], type=_actions, metavar="LIST",
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
    add("--log-file", action="append", default=[], metavar="FILE",
        help="add the run's log to this file")  # fmt: skip
    add("--no-environment-interpolation", action="store_true",
        help="leave ${NAME} in configuration files as it is")  # fmt: skip
    add("--format", choices=("text", "json"), default="text", help="of the result (default: text)")
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
    add("--strict", action="store_true", help="run nothing if any configuration file has errors")
    add("-q", "--quiet", action="store_true", help="say only what failed")
    add("--recover", action="store_true",
        help="first run the cleanups that runs which were cut short still owe")  # fmt: skip
