"""`borgplan init`: a first configuration file."""

from __future__ import annotations

import argparse
import os
import shlex

from ...compiler.config.publish.template_file import starter
from ...compiler.migration.values import address
from ..run.session import say, write
from ..system.files import create, make_folder_of
from ..system.host import reason

_SOURCES = ("/etc", "/home")
_REPOSITORY = "/mnt/backup.borg"
_FOLDER_MODE = 0o700


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", default=[],
        help=f"what to back up (default: {' '.join(_SOURCES)})")  # fmt: skip
    add("-r", "--repository", default=_REPOSITORY, metavar="REPOSITORY",
        help=f"repository: a path or an ssh:// address (default: {_REPOSITORY})")  # fmt: skip
    add("-o", "--output", default="", metavar="FILE",
        help="write to this file, readable by you alone; missing directories are "
             "created (default: standard output)")  # fmt: skip


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
        except FileExistsError:
            say(f"borgplan init: {file} already exists; borgplan does not overwrite it")
            return 2
        except OSError as error:
            say(f"borgplan init: {file}: {reason(error)}")
            return 2
    say(_next_steps(shlex.quote(file) if file else "FILE"))
    return 0


def _next_steps(file: str) -> str:
    return (
        f"Read {file}, set the passphrase, and then:\n"
        f"  borgplan plan {file}                                        # what a run would do\n"
        f"  borgplan apply {file} -a repo-create -e repokey-blake2      # once\n"
        f"  borgplan apply {file}                                       # the backup"
    )
