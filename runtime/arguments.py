"""The command line, parsed: `borgplan COMMAND [CONFIG ...] [options]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from ..compiler.actions import ALIASES, NOT_IMPLEMENTED, Action
from ..compiler.borg.request import ActionOptions
from .version import VERSION

COMMANDS = {
    "plan": "show what would run, in which order, and what happens on failure",
    "apply": "run exactly what plan shows",
    "lint": "check configuration files, for people and CI",
    "schema": "print a JSON Schema of configuration files, for editors",
}

_DESCRIPTION = (
    "Compiles borgmatic configuration files into an explicit plan, shows it, and runs it."
)
_EPILOG = """\
CONFIG is a file or a directory of *.yaml and *.yml files; none given: borgmatic's default places.
Exit codes: 0 done, 1 a step failed or there are findings, 2 wrong use or unusable input,
3 a bug of borgplan, 128+n ended by signal n.
"""


_NAMES = ", ".join(action.value for action in Action)
_BY_DEFAULT = (Action.CREATE, Action.PRUNE, Action.COMPACT, Action.CHECK)
# What `_add_action_options` adds, and what shows that it is there.
_OF_ACTIONS = frozenset({
    "-h", "--help", "--append-only", "--archive", "--destination", "--encryption", "--find",
    "--first", "--force", "--json", "--last", "--match-archives", "--only", "--paper",
    "--path", "--prefix", "--qr-html", "--repair", "--second-archive", "--short", "--sort-by",
    "--source-repository", "--storage-quota", "--strip-components", "-e", "--tar-filter", "--comment",
    "--max-duration", "--cleanup-commits", "--id-hash", "--key-location",
})  # fmt: skip


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help for a terminal of ordinary width; asking for the real one costs more than parsing."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=100)


class Arguments(NamedTuple):
    """What was asked for. `words`: all that follows the command, as it was given. `actions` is empty
    for the generation's default."""

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
    against: str
    fail: tuple[str, ...]
    differences: bool
    offline: bool
    dry_run: bool
    strict: bool
    quiet: bool
    options: ActionOptions


def parse(argv: Sequence[str]) -> Arguments:
    """Raises SystemExit, after a message, for wrong use (2), --help and --version (0)."""
    words, after = _split(argv)
    if not words or words[0] not in COMMANDS:
        _without_command(words)
    special = any(w.partition("=")[0] in _OF_ACTIONS or w.startswith("-e") for w in words)
    parser = _parser(words[0], with_action_options=special)
    found = parser.parse_args(words[1:])
    if words[0] == "schema":
        raise SystemExit(_print_schema())
    actions = tuple(action for text in found.actions for action in text)
    options = _options(found, after) if special else ActionOptions(words=after)
    if options != ActionOptions() and words[0] != "lint":
        _refuse_misplaced(parser, options, actions)
    if getattr(found, "fail", ()) and getattr(found, "against_semantics", ""):
        parser.error("--fail and --against-semantics are two questions; ask one at a time")
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
        against=getattr(found, "against_semantics", ""),
        fail=tuple(getattr(found, "fail", ())),
        differences=getattr(found, "differences", False),
        offline=found.offline,
        dry_run=getattr(found, "dry_run", False),
        strict=getattr(found, "strict", False),
        quiet=getattr(found, "quiet", False),
        options=options,
    )


def _refuse_misplaced(
    parser: argparse.ArgumentParser, options: ActionOptions, actions: tuple[Action, ...]
) -> None:
    """Raises SystemExit for an option that no action of the run takes."""
    from ..compiler.borg.request import FOR, misplaced

    for name in misplaced(options, actions or _BY_DEFAULT):
        flag = {"paths": "--path", "words": "--"}.get(name, f"--{name.replace('_', '-')}")
        takers = ", ".join(sorted(action.value for action in FOR[name]))
        parser.error(f"{flag} is for {takers}: name it with --actions")


def _print_schema() -> int:
    """The one command that is about no configuration."""
    from .commands.schema import run

    return run()


def _split(argv: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The words for borgplan, and those after `--`, which are for Borg."""
    words = list(argv)
    if "--" not in words:
        return words, ()
    place = words.index("--")
    return words[:place], tuple(words[place + 1 :])


def _options(found: argparse.Namespace, words: tuple[str, ...]) -> ActionOptions:
    """Every field of `ActionOptions` is the destination of an option of that name."""
    given = {name: value for name, value in vars(found).items() if name in ActionOptions._fields}
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return ActionOptions(**{**given, **lists, "words": words})


def _components(text: str) -> str:
    if text not in ("", "all") and not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("takes a number, or all")
    return text


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
    parser = argparse.ArgumentParser(
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
    text = COMMANDS[command]
    parser = argparse.ArgumentParser(
        prog=f"borgplan {command}", description=f"{text[0].upper()}{text[1:]}.", epilog=_EPILOG,
        allow_abbrev=False, formatter_class=_Help,
    )  # fmt: skip
    if command == "schema":
        return parser
    _add_common(parser)
    if with_action_options:
        _add_action_options(parser)
    if command == "apply":
        _add_apply(parser)
    if command == "plan":
        _add_plan(parser)
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
    add("--offline", action="store_true", help="don't ask Borg whether repositories exist")


def _add_action_options(parser: argparse.ArgumentParser) -> None:
    """What single actions take; texts default to empty, numbers to 0."""
    add = parser.add_argument_group("options of actions").add_argument
    add(
        "-e", "--encryption", default="", metavar="MODE", help="repo-create: Borg's encryption mode"
    )
    add("--append-only", action="store_true", help="repo-create: an append-only repository")
    add(
        "--storage-quota",
        default="",
        metavar="SIZE",
        help="repo-create: limit the repository's size",
    )
    add(
        "--archive",
        default="",
        metavar="NAME",
        help="extract, export-tar, list, info, diff, delete: which; or latest",
    )
    add("--second-archive", default="", metavar="NAME", help="diff: what to compare with")
    add(
        "--match-archives",
        default="",
        metavar="PATTERN",
        help="repo-list, info, delete: which archives",
    )
    add("--prefix", default="", metavar="TEXT", help="the same: those whose names begin so")
    add("--first", type=int, default=0, metavar="N", help="the same: the N oldest")
    add("--last", type=int, default=0, metavar="N", help="the same: the N newest")
    add("--sort-by", default="", metavar="KEYS", help="the same: in this order")
    add(
        "--path",
        dest="paths",
        action="append",
        default=[],
        metavar="PATH",
        help="extract, export-tar, list: only this",
    )
    add(
        "--destination",
        default="",
        metavar="PATH",
        help="extract: directory; export-tar, key: file",
    )
    add(
        "--strip-components",
        default="",
        type=_components,
        metavar="N",
        help="extract, export-tar: without the first N parts of paths, or all of --path",
    )
    add(
        "--tar-filter",
        default="",
        metavar="COMMAND",
        help="export-tar: what to pipe the file through",
    )
    add("--comment", default="", metavar="TEXT", help="create: of the new archive")
    add("--max-duration", type=int, default=0, metavar="SECONDS", help="check: of the repository")
    add("--cleanup-commits", action="store_true", help="compact: small files of Borg before 1.2")
    add("--id-hash", default="", metavar="NAME", help="repo-create: how Borg 2 names chunks")
    add(
        "--key-location",
        default="",
        metavar="PLACE",
        help="repo-create: where Borg 2 keeps the key",
    )
    add(
        "--find",
        action="append",
        default=[],
        metavar="TEXT",
        help="list: files whose path holds this",
    )
    add("--json", action="store_true", help="list, info and their like: Borg's JSON")
    add("--short", action="store_true", help="list, repo-list: names only")
    add(
        "--only",
        action="append",
        default=[],
        choices=("repository", "archives", "data", "extract"),
        help="check: only this",
    )
    add(
        "--force",
        action="count",
        default=0,
        help="check: whatever is due; delete: damaged archives too",
    )
    add("--repair", action="store_true", help="check: try to repair, experimental in Borg")
    add("--paper", action="store_true", help="key: for printing")
    add("--qr-html", action="store_true", help="key: as a page with a QR code")
    add("--source-repository", default="", metavar="PATH", help="transfer: where from")  # fmt: skip


def _add_plan(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--against-semantics", default="", metavar="NAME",
        help="show what moving to this generation would change")  # fmt: skip
    add("--differences", action="store_true",
        help="list where this run differs from borgmatic's on purpose")  # fmt: skip
    add("--fail", action="append", default=[], metavar="STEP[=soft|hard]",
        help="show what would happen if this step failed; by number or id, repeatable")  # fmt: skip


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
