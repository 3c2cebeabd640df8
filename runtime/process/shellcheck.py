"""ShellCheck, asked about hook commands. They reach it as files in memory; nothing of them runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from ...compiler.lint.shell_rules.shellcheck import LEFT_OUT
from ...compiler.lint.shell_rules.tree import without_placeholders
from ..system.host import reason
from ..system.launch import close_all, memory_file

SECONDS = 30  # for one call
_AT_ONCE = 100  # commands; each is an open file


class ShellCheckError(Exception):
    """ShellCheck gave no answer; the text says why."""


def program(environment: Mapping[str, str]) -> str:
    """Where ShellCheck is: on PATH, or beside this Python; empty if it isn't there."""
    folders = [*environment.get("PATH", "").split(os.pathsep), os.path.dirname(sys.executable)]
    paths = (os.path.join(folder, "shellcheck") for folder in folders if os.path.isabs(folder))
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), "")


def comments(
    path: str, commands: list[str], environment: Mapping[str, str]
) -> dict[str, list[Any]]:
    """What the program at `path` says of each command. Raises ShellCheckError."""
    found: dict[str, list[Any]] = {}
    for first in range(0, len(commands), _AT_ONCE):
        found |= _asked(path, commands[first : first + _AT_ONCE], environment)
    return found


def _asked(path: str, commands: list[str], environment: Mapping[str, str]) -> dict[str, list[Any]]:
    if not hasattr(os, "memfd_create"):
        raise ShellCheckError("can't run: this system has no in-memory files")
    # Settings of a user, in the environment or in files, would make findings differ between machines.
    own = {name: value for name, value in environment.items() if name != "SHELLCHECK_OPTS"}
    opened: list[int] = []
    try:
        files = [f"/dev/fd/{_file(command, opened)}" for command in commands]
        done = subprocess.run(
            [path, "--norc", "-s", "sh", "-f", "json1", "-e", ",".join(LEFT_OUT), *files],
            env=own, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
            pass_fds=opened, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ShellCheckError(f"took longer than {SECONDS} s") from None
    except OSError as error:
        raise ShellCheckError(f"could not be started: {reason(error)}") from None
    finally:
        close_all(opened)
    by_file = dict(zip(files, commands, strict=True))
    if done.returncode not in (0, 1):
        raise ShellCheckError(f"ended with exit code {done.returncode}")
    answer: dict[str, list[Any]] = {command: [] for command in commands}
    for file, comment in _comments(done.stdout):
        if file not in by_file:
            raise ShellCheckError("reported on a file it wasn't given")
        answer[by_file[file]].append(comment)
    return answer


def _file(command: str, opened: list[int]) -> int:
    data = without_placeholders(command).encode("utf-8", "replace")
    return memory_file("command", data, opened)


def _comments(output: bytes) -> Iterator[tuple[str, Any]]:
    try:
        for comment in json.loads(output)["comments"]:
            yield str(comment["file"]), comment
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ShellCheckError("printed a report that can't be parsed") from None
