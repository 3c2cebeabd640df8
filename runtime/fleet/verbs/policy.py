"""`borgplan fleet policy FILE`: whether the plans of all hosts satisfy a team's policies."""

from __future__ import annotations

import argparse
import sys

from ....compiler.policy.files import MAX_BYTES
from ....compiler.source.diagnostic import Diagnostics, in_order
from ....compiler.source.host import UnreadableError
from ...render.diagnostics import render as rendered
from ...system.host import RealHost
from ..members import UsageError, members_with_facts, request_of
from ..policies import Rules, judged, read
from ..printing import show_findings
from ..style import style_of


def run(namespace: argparse.Namespace) -> int:
    """0 if all policies are satisfied, 1 if one is violated, 2 if one can't be parsed or a host has no plan. Raises
    UsageError, AnsibleError and WorkerError."""
    rules = _rules(namespace)
    if rules is None:
        return 2
    request = request_of(namespace)
    with members_with_facts(namespace) as members:
        found = judged(members, request, rules, namespace.jobs)
    show_findings(found, namespace)
    return found.exit_code


def _rules(namespace: argparse.Namespace) -> Rules | None:
    """None after saying what is wrong with the file."""
    path = namespace.folder  # the word after the verb
    if not path:
        raise UsageError("name a file with policies: borgplan fleet policy FILE")
    try:
        text = RealHost().read(path, MAX_BYTES).decode()
    except UnreadableError as error:
        raise UsageError(f"{path} {error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not valid UTF-8") from error
    problems = Diagnostics()
    rules = read(path, text, problems)
    if problems:
        sys.stderr.write(rendered(in_order(problems), {}, style_of(namespace, sys.stderr)))
    return None if problems.has_errors else rules
