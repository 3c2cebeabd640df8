"""Options that several commands take, added in one way and read in one way."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ....compiler.borg.action_options import ActionOptions
from ....compiler.plan.actions import ALIASES, NOT_IMPLEMENTED, Action
from ....compiler.support.record import TYPE_CHECKING
from ..arguments import ApplyArguments, Arguments, LintArguments, PlanArguments
from ..help import FLAG, HelpOfActions

if TYPE_CHECKING:
    from argparse import _ActionsContainer as Container
    from typing import Any

_NAMES = ", ".join(action.value for action in Action)
_MOST_JOBS = 64
_VERBOSITIES = {
    "verbosity": "verbosity of Borg; below 0 also --quiet",
    "log-file-verbosity": "verbosity of log files",
    "syslog-verbosity": "verbosity of the system log",
}


def add_configs(parser: argparse.ArgumentParser) -> None:
    """The configuration files that a command is about."""
    add = parser.add_argument
    add("configs", nargs="*", metavar="CONFIG", default=[], help="configuration file or directory")
    add("-c", "--config", action="append", default=[], metavar="CONFIG",
        help="same as CONFIG, for compatibility with borgmatic")  # fmt: skip


def add_format(
    parser: argparse.ArgumentParser, formats: tuple[str, ...] = ("text", "json")
) -> None:
    """In which of these the result is written; the first if it isn't said."""
    parser.add_argument("--format", choices=formats, default=formats[0],
        help=f"format of the result (default: {formats[0]})")  # fmt: skip


def add_color(parser: Container) -> None:
    """Whether to colour what is written."""
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto",
        help="colour the output (default: auto)")  # fmt: skip


def add_shaping(parser: argparse.ArgumentParser, *, facts: bool = False) -> None:
    """What shapes a plan, beside the configurations and the options of single actions; and colour. `facts`: for
    the command that is there to look around. In a group of their own: `--help` shows a command's own first."""
    parser.add_argument(FLAG, action=HelpOfActions, nargs=0,
        help="list the options of actions, such as --archive, and exit")  # fmt: skip
    group = parser.add_argument_group("options of every plan")
    add = group.add_argument
    add("-a", "--actions", action="append", default=[], type=actions_in, metavar="LIST",
        help=f"actions to run, separated by commas (default: those of the selected borgmatic release); there are {_NAMES}")  # fmt: skip
    add("-r", "--repository", default="", metavar="PATTERN",
        help="only repositories whose path or label matches")  # fmt: skip
    add(
        "--semantics",
        default="",
        metavar="NAME",
        help="borgmatic release that hooks follow, such as 1.5.24 or 2.1, or auto (default)",
    )
    add("--set", action="append", default=[], metavar="OPTION=VALUE",
        help="override an option of the configuration files; repeatable")  # fmt: skip
    add("--project", default="", metavar="FILE",
        help="project file (default: borgplan.yaml beside the configuration)")  # fmt: skip
    add("--policy", action="append", default=[], metavar="FILE",
        help="check the plan against these policies too; repeatable")  # fmt: skip
    add("--log-file", action="append", default=[], metavar="FILE",
        help="append the run's log to this file")  # fmt: skip
    for option, what in _VERBOSITIES.items():
        add(
            f"--{option}", type=int, choices=range(-2, 3), metavar="N", help=f"{what}, from -2 to 2"
        )
    add("--no-environment-interpolation", action="store_true",
        help="don't replace ${NAME} in configuration files")  # fmt: skip
    add_color(group)
    if facts:
        return
    add(
        "--offline",
        action="store_true",
        help="read only configuration files; with apply, don't ask Borg",
    )


def add_looking(parser: argparse.ArgumentParser) -> None:
    """For commands that only look: at which machine, and at how much of it."""
    add = parser.add_argument
    add("--facts", default="", metavar="FILE",
        help="use facts recorded by `borgplan facts` on another machine")  # fmt: skip
    add("--root", default="", metavar="DIR",
        help="look for files with absolute paths below this directory; nothing else of this machine is read")  # fmt: skip
    add("--untrusted", action="store_true",
        help="for untrusted configurations: read only the configuration's repository, no environment variables, and run nothing")  # fmt: skip


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """How many repositories at the same time."""
    parser.add_argument("-j", "--jobs", type=_jobs, default=1, metavar="N",
        help="run up to N independent repositories in parallel (default: 1)")  # fmt: skip


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST_JOBS):
        raise argparse.ArgumentTypeError(f"takes a number from 1 to {_MOST_JOBS}")
    return int(text)


def shaped_by(
    found: argparse.Namespace, command: str, configs: tuple[str, ...], of_actions: ActionOptions
) -> Arguments:
    """What `add_shaping` has found, for these configurations."""
    untrusted = bool(getattr(found, "untrusted", False))
    offline = bool(getattr(found, "offline", False))
    hushed = found.verbosity is not None and found.verbosity < 0
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
        interpolates=not found.no_environment_interpolation,
        project=found.project,
        policies=tuple(found.policy),
        offline=offline or untrusted,
        options=of_actions,
        plan=PlanArguments(),
        apply=ApplyArguments(quiet=hushed),
        lint=LintArguments(),
        untrusted=untrusted,
        facts=getattr(found, "facts", ""),
        root=getattr(found, "root", ""),
    )


def _overrides(found: argparse.Namespace) -> tuple[str, ...]:
    """Options of the configuration that the command line has words of its own for."""
    given = vars(found)
    names = [name.replace("-", "_") for name in _VERBOSITIES]
    verbosities = [f"{name}={given[name]}" for name in names if given[name] is not None]
    return (*found.set, *(f"log_file={path}" for path in found.log_file), *verbosities)


def fields(found: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    """Those that the parser knows; lists become tuples."""
    values = {name: value for name, value in vars(found).items() if name in names}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


def actions_in(text: str) -> list[Action]:
    """The actions of a list such as `create,prune`; for argparse, which shows why there are none."""
    found = []
    for name in filter(None, (word.strip() for word in text.split(","))):
        if name in NOT_IMPLEMENTED:
            raise argparse.ArgumentTypeError(
                f"the action `{name}` is not implemented yet: {NOT_IMPLEMENTED[name]}"
            )
        try:
            found.append(ALIASES.get(name) or Action(name))
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"there is no action `{name}`; known: {_NAMES}"
            ) from None
    if not found:
        raise argparse.ArgumentTypeError("contains no action")
    return found


def number_in(most: int) -> Callable[[str], int]:
    """Reads a number from 1 to `most`."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"not a number from 1 to {most}: `{text}`")
        return int(text)

    return read


def duration_in(text: str) -> int:
    """Seconds, from a text such as `5m`."""
    from ....compiler.support.durations import duration

    seconds = duration(text)
    if not seconds:
        raise argparse.ArgumentTypeError("takes a duration such as 30s, 5m or 1h")
    return seconds
