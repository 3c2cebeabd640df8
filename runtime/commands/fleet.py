"""`borgplan fleet VERB`: many hosts, reached through Ansible."""

from __future__ import annotations

import argparse
from importlib import import_module

from ..fleet.ansible import AnsibleError
from ..fleet.members import UsageError
from ..fleet.words import completed, configure, problem
from ..run.session import say
from ..system.fork_pool import WorkerError

__all__ = ["configure", "run"]


def run(namespace: argparse.Namespace) -> int:
    """The exit code of the verb; 2 for a usage error, and if Ansible can't be used."""
    if wrong := problem(namespace):
        say(f"borgplan fleet {namespace.verb}: {wrong}")
        return 2
    verb = import_module(f"..fleet.verbs.{namespace.verb}", __package__)
    try:
        code: int = verb.run(completed(namespace))
    except (UsageError, AnsibleError) as error:
        say(f"borgplan fleet {namespace.verb}: {error}")
        return 2
    except WorkerError as error:
        say(f"borgplan fleet {namespace.verb}: a worker process died: {error}")
        return 3
    return code
