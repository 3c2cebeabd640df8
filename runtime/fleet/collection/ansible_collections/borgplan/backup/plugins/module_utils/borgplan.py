# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)
"""What the modules share: running borgplan on the host.

It runs under whatever Python Ansible finds on the host, and imports nothing of borgplan.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from ansible.module_utils.basic import AnsibleModule

MANY = 1000  # runs of the history
LAST_LINES = 12


def words_of(command: str) -> list[str]:
    """The command line that starts borgplan, from a text such as `python3 -m borgplan`."""
    return [os.path.expanduser(word) for word in shlex.split(command)] or ["borgplan"]


def run(words: list[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command without input. Raises OSError."""
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    return (
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )


def last_lines(text: str) -> str:
    """The end of what a command printed, enough to see what is wrong."""
    return "\n".join(text.strip().splitlines()[-LAST_LINES:])


def shaping(params: dict[str, Any]) -> list[str]:
    """The options that shape a plan, from the parameters of a module."""
    words = [str(config) for config in params.get("configs") or ()]
    if params.get("actions"):
        words += ["--actions", ",".join(params["actions"])]
    return words


def called(module: AnsibleModule, words: list[str]) -> tuple[int, str, str]:
    """Standard output of borgplan; ends the module if it can't be started."""
    try:
        return run(words)
    except OSError as error:
        module.fail_json(msg=f"{words[0]} can't be started: {error.strerror or error}")
        raise


def history(module: AnsibleModule, command: list[str]) -> str:
    """The runs in the journal, the newest first, as borgplan's JSON text."""
    words = [*command, "history", "--all", "--format", "json", "--limit", str(MANY)]
    code, output, errors = called(module, words)
    if code:
        module.fail_json(msg=f"borgplan history: {last_lines(errors)}")
    json.loads(output)
    return output
