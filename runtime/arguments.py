"""The command line, parsed: `borgplan COMMAND [CONFIG ...] [options]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from ..compiler.actions import ALIASES, NOT_IMPLEMENTED, Action
from .version import VERSION

COMMANDS = {
    "plan": "show what would run, in which order, and what happens on failure",
    "apply": "run exactly what plan shows",
    "lint": "check configuration files, for people and CI",
}

_DESCRIPTION = (
    "Compiles borgmatic configuration files into an explicit plan, shows it, and runs it."
)
_EPILOG = """\
CONFIG is a file or a directory of *.yaml and *.yml files; none given: borgmatic's default places.
Exit codes: 0 done, 1 a step failed or there are findings, 2 wrong use or unusable input,
3 a bug of borgplan, 128+n ended by signal n.
"""


@dataclass(frozen=True)
class Arguments:
    """What was asked for. `actions` is empty for the generation's default."""

    command: str
    configs: tuple[str, ...]
    actions: tuple[Action, ...]
    format: str
    color: str
    semantics: str
    offline: bool
    dry_run: bool
    strict: bool
    quiet: bool
    encryption: str
    append_only: bool
    storage_quota: str


def parse(argv: Sequence[str]) -> Arguments:
    """Raises SystemExit, after a message, for wrong use (2), --help and --version (0)."""
    parser = _parser()
    found = parser.parse_args(argv)
    if found.command is None:
        parser.error("a command is needed: " + ", ".join(COMMANDS))
    actions = tuple(action for text in found.actions for action in text)
    if Action.REPO_CREATE in actions and not found.encryption:
        parser.error("repo-create needs --encryption MODE, for example repokey-blake2 or none")
    return Arguments(
        command=found.command,
        configs=(*found.configs, *found.config),
        actions=actions,
        format=found.format,
        color=found.color,
        semantics=found.semantics,
        offline=found.offline,
        dry_run=getattr(found, "dry_run", False),
        strict=getattr(found, "strict", False),
        quiet=getattr(found, "quiet", False),
        encryption=found.encryption,
        append_only=found.append_only,
        storage_quota=found.storage_quota,
    )


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="borgplan", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"borgplan {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, text in COMMANDS.items():
        command = commands.add_parser(
            name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False
        )
        _add_common(command)
        if name == "apply":
            _add_apply(command)
    return parser


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
        help="actions to run, such as create,prune (default: as the generation has it)")  # fmt: skip
    add(
        "--semantics",
        default="auto",
        metavar="NAME",
        help="which generation's meaning of hooks (default: auto)",
    )
    add("--format", choices=("text", "json"), default="text", help="of the result (default: text)")
    add(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the output (default: auto)",
    )
    add("--offline", action="store_true", help="don't ask Borg whether repositories exist")
    add(
        "-e",
        "--encryption",
        default="",
        metavar="MODE",
        help="for repo-create: Borg's encryption mode",
    )
    add("--append-only", action="store_true", help="for repo-create: an append-only repository")
    add(
        "--storage-quota",
        default="",
        metavar="SIZE",
        help="for repo-create: limit the repository's size",
    )


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
