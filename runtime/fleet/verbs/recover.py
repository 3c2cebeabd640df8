"""`borgplan fleet recover`: run the outstanding cleanups of hosts, on the hosts."""

from __future__ import annotations

import argparse
import sys
from uuid import uuid4

from ...run.session import say, write, write_json
from ..members import hosts_meant
from ..recovery import Recovery
from ..rollout_log import HostEnd
from ..show.rollout import Outcome, as_data, exit_code, line, render
from ..standing import collected
from ..stopping import run_until_stopped
from ..style import style_of


def run(namespace: argparse.Namespace) -> int:
    """0 if no cleanup is outstanding any more, 1 if one is or a host did not answer, 2 if nothing ran, 128+n if signal n
    ended this process, not the hosts. Raises UsageError and AnsibleError."""
    reach, names = hosts_meant(namespace)
    found = collected(reach, names)
    recovery = Recovery(reach, uuid4().hex[:12], found, _told, namespace.patience)
    return _shown(namespace, recovery, run_until_stopped(recovery.run))


def _shown(namespace: argparse.Namespace, recovery: Recovery, stopped_by: int) -> int:
    order = recovery.hosts
    outcome = Outcome(recovery.id, order, recovery.ends, recovery.running, (), "")
    if namespace.format == "json":
        write_json(as_data(outcome))
    elif order:
        write(render(outcome, style_of(namespace, sys.stdout), "Recovery"))
    else:
        write("No cleanup is outstanding.\n")
    if stopped_by:
        say("Stopped. What runs on hosts continues there.")
        return 128 + stopped_by
    return exit_code(outcome)


def _told(host: str, what: str, end: HostEnd | None, why: str) -> None:
    say(line(host, what, end, why))
