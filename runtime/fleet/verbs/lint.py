"""`borgplan fleet lint`: what is wrong with the configurations of all hosts."""

from __future__ import annotations

import argparse

from ...run.session import say
from ...system.replaying import told
from ..findings import findings
from ..members import members_with_facts, request_of
from ..printing import show_findings


def run(namespace: argparse.Namespace) -> int:
    """0 clean, 1 findings, 2 with errors, and if a host can't be checked. Raises UsageError, AnsibleError and
    WorkerError."""
    request = request_of(namespace)
    with members_with_facts(namespace) as members:
        found = findings(members, request, namespace.jobs)
    for line in told(found.left, (), "--facts"):
        say(line)
    show_findings(found, namespace)
    return found.exit_code
