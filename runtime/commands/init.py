"""`borgplan init`: a first configuration file, and the project file that says which borgmatic release it is for."""

from __future__ import annotations

import argparse
import os
import shlex

from ...compiler.config.discover import PROJECT, is_configuration
from ...compiler.config.publish.template_file import starter
from ...compiler.migration.values import address
from ...compiler.semantics import NEWEST
from ..run.session import say, write
from ..system.files import create, make_folder_of
from ..system.host import reason

_SOURCES = ("/etc", "/home")
_REPOSITORY = "/mnt/backup.borg"
_FOLDER_MODE = 0o700
_RELEASE = f"semantics: {NEWEST.name}"
_PROJECT_TEXT = f"""\
# The project file, for borgplan alone: what borgmatic's configuration files have no option for.
# The borgmatic release that the hooks of the configuration files here are written for:
{_RELEASE}
"""


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", default=[],
        help=f"what to back up (default: {' '.join(_SOURCES)})")  # fmt: skip
    add("-r", "--repository", default=_REPOSITORY, metavar="REPOSITORY",
        help=f"repository: a path or an ssh:// address (default: {_REPOSITORY})")  # fmt: skip
    add("-o", "--output", default="", metavar="FILE",
        help="write to this file, readable by you alone, and the borgmatic release to "
             f"{PROJECT} beside it; missing directories are created (default: standard output)")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """0 written, 2 not: the file already exists, or something can't stand in it."""
    repository = address(arguments.repository)
    if ":" not in repository.partition("/")[0]:
        repository = os.path.abspath(repository)
    sources = tuple(os.path.abspath(path) for path in arguments.paths) or _SOURCES
    try:
        text = starter(sources, repository)
    except ValueError as error:
        say(f"borgplan init: {str(error)!r} can't be written to a configuration file")
        return 2
    file = arguments.output
    if not file:
        write(text)
    else:
        try:
            made = make_folder_of(file, _FOLDER_MODE)
            if made:
                say(f"Created the directory {made}.")
            create(file, text.encode("utf-8", "surrogateescape"))
            say(_pin(file))
        except FileExistsError:
            say(f"borgplan init: {file} already exists; borgplan does not overwrite it")
            return 2
        except OSError as error:
            say(f"borgplan init: {file}: {reason(error)}")
            return 2
    say(_next_steps(shlex.quote(file) if file else "FILE"))
    return 0


def _pin(file: str) -> str:
    """Writes the project file where it is about this file alone; what came of it.

    Without it the release would be a guess. Files that are there already must not change their meaning, and borgmatic
    takes every file in a folder such as borgmatic.d for a configuration: the project file of that one is beside it.
    """
    folder = os.path.dirname(file)
    absolute = os.path.abspath(folder)
    shared = absolute.endswith(".d")
    project = os.path.join(os.path.dirname(absolute) if shared else folder, PROJECT)
    if os.path.lexists(project):
        why = "is there already, and was not changed"
    elif shared:
        why = f"was not written, because it would be for all files in {folder}"
    elif other := _other(file, os.listdir(folder or ".")):
        why = f"was not written, because it would be for {os.path.join(folder, other)}, too"
    else:
        create(project, _PROJECT_TEXT.encode())
        return f"{project} says that the file is written for borgmatic {NEWEST.name}."
    return (
        f"{project} {why}. {file} is written for borgmatic {NEWEST.name}; to say so, write `{_RELEASE}` to "
        f"{project}."
    )


def _other(file: str, names: list[str]) -> str:
    """The first other configuration file of these; empty for none."""
    others = {name for name in names if is_configuration(name)} - {os.path.basename(file)}
    return min(others, default="")


def _next_steps(file: str) -> str:
    return (
        f"Read {file}, set the passphrase, and then:\n"
        f"  borgplan plan {file}    # shows what a run would do\n"
        f"  borgplan repo-create {file} -e repokey-blake2    # once\n"
        f"  borgplan apply {file}    # the backup"
    )
