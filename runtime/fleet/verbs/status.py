"""`borgplan fleet status`: the last run of each host, what runs, and what is outstanding or overdue."""

from __future__ import annotations

import argparse
import sys
import time

from ...run.session import write, write_json
from .. import standing
from ..members import hosts_meant
from ..show.status import as_data, render
from ..style import style_of


def run(namespace: argparse.Namespace) -> int:
    """0 if every host answered and nothing is outstanding or overdue, 1 if not, 2 if no host answered. Raises UsageError and
    AnsibleError."""
    reach, names = hosts_meant(namespace)
    found = list(standing.collected(reach, names))
    now = time.time()
    if namespace.format == "json":
        write_json(as_data(found, now, namespace.overdue))
    else:
        write(render(found, now, namespace.overdue, style_of(namespace, sys.stdout)))
    if not any(host.is_known for host in found):
        return 2
    return 0 if all(host.is_known and host.is_well(now, namespace.overdue) for host in found) else 1
