"""`borgplan fleet diff [REV]`: what a change of the configurations changes in the plans of all hosts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial

from ...run.session import say, write, write_json
from ...system.git import GitError
from ...system.git_host import RevisionHost
from ...system.host import RealHost
from ...system.replaying import told
from ..changes import Side, differences
from ..members import UsageError, members_with_facts, request_of
from ..show import changes as show
from ..style import style_of


def run(namespace: argparse.Namespace) -> int:
    """0; 2 if a host has no plan after the change. With --exit-code 0 for no change, 1 for an error, 2 for changes.
    Raises UsageError, AnsibleError and WorkerError."""
    # The word after the verb, which is a folder for other verbs.
    revision, release = namespace.folder, namespace.against_semantics
    if not revision and not release:
        raise UsageError("name what to compare with: REV, or --against-semantics NAME")
    if revision and not namespace.root:
        raise UsageError("REV is a revision of the git repository of --root DIR")
    request = request_of(namespace)
    old = Side(request, RealHost)
    if revision:
        old = Side(request._replace(is_revision=True), _at(revision, request.root))
    new = Side(request._replace(semantics=release or request.semantics), RealHost)
    with members_with_facts(namespace) as members:
        found = differences(members, old, new, namespace.jobs)
    names = _names(namespace)
    for line in told(found.left, (), "--facts"):
        say(line)
    match namespace.format:
        case "json":
            write_json(show.as_data(names, found))
        case "markdown":
            write(show.as_markdown(names, found))
        case _:
            write(show.render(names, found, style_of(namespace, sys.stdout)))
    if not found.is_usable:
        return 1 if namespace.exit_code else 2
    return 2 if namespace.exit_code and found.is_change else 0


def _at(revision: str, root: str) -> Callable[[], RealHost]:
    """Opens the revision once, to know that it is there. Raises UsageError."""
    try:
        RevisionHost(revision, root)
    except GitError as error:
        raise UsageError(f"{revision}: {error}") from error
    return partial(RevisionHost, revision, root)


def _names(namespace: argparse.Namespace) -> tuple[str, str]:
    where = namespace.root or "the facts"
    old = f"{namespace.folder}:{namespace.root}" if namespace.folder else where
    release = namespace.against_semantics
    return old, f"{where} with borgmatic {release}" if release else where
