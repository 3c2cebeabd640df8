"""What `lint` finds in the configurations of all hosts, with the same findings together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...compiler.source.diagnostic import Diagnostic, Severity
from ...compiler.support.record import NamedTuple
from ..run.linting import checked, left
from ..system.host import RealHost
from .compile import ProblemError, session_for, spread
from .records import Member, Request
from .shapes import HOST, names_of, pattern

_Key = tuple[str, Severity, str, str, str]


class Found(NamedTuple):
    """A finding, as it is on the first of the hosts that have it. `hosts`: these, in their order."""

    finding: Diagnostic
    hosts: tuple[str, ...]


class Findings(NamedTuple):
    """Of all hosts. `without`: hosts that could not be checked, and why. `files`: how many were checked. `exit_code`: the
    highest that `borgplan lint` has for a host. `left`: files that were needed and are known only on the hosts."""

    found: tuple[Found, ...]
    hosts: int
    files: int
    without: tuple[tuple[str, str], ...]
    exit_code: int
    left: tuple[str, ...]


class _Share(NamedTuple):
    """What came of some hosts. `at`: the hosts with each finding; `first`: the finding of the first of them."""

    at: dict[_Key, dict[str, None]]
    first: dict[_Key, Diagnostic]
    files: int
    without: dict[str, str]
    exit_code: int
    left: dict[str, None]


def findings(members: Sequence[Member], request: Request, jobs: int = 0) -> Findings:
    """Raises WorkerError if a process dies."""
    shares: list[_Share] = spread(members, partial(_share, request=request), jobs)
    order = {member.name: place for place, member in enumerate(members)}
    at: dict[_Key, dict[str, None]] = {}
    first: dict[_Key, Diagnostic] = {}
    without: dict[str, str] = {}
    for share in shares:
        for key, hosts in share.at.items():
            at.setdefault(key, {}).update(hosts)
        first = {**share.first, **first}
        without |= share.without
    found = (
        Found(first[key], tuple(sorted(hosts, key=order.__getitem__))) for key, hosts in at.items()
    )
    return Findings(
        tuple(sorted(found, key=lambda each: (each.finding.severity, -len(each.hosts)))),
        len(members),
        sum(share.files for share in shares),
        tuple((name, without[name]) for name in sorted(without, key=order.__getitem__)),
        max([2 if without else 0, *(share.exit_code for share in shares)]),
        tuple(dict.fromkeys(name for share in shares for name in share.left)),
    )


def _share(members: Sequence[Member], request: Request) -> _Share:
    inner = RealHost()
    at: dict[_Key, dict[str, None]] = {}
    first: dict[_Key, Diagnostic] = {}
    without: dict[str, str] = {}
    unread: dict[str, None] = {}
    files = code = 0
    for member in members:
        try:
            session, host, machine = session_for(member, request, inner)
        except ProblemError as problem:
            without[member.name] = str(problem)
            continue
        every = checked(session)
        reported = left(every, session)
        files, code = files + len(every.files), max(code, reported.exit_code)
        names = pattern(names_of(member.name, machine.host))
        for finding in reported.found:
            texts = (finding.span.file, finding.message, finding.hint)
            file, message, hint = (names.sub(HOST, text) if names else text for text in texts)
            key = finding.code, finding.severity, file, message, hint
            at.setdefault(key, {})[member.name] = None
            first.setdefault(key, finding)
        unread.update(dict.fromkeys(host.left))
    return _Share(at, first, files, without, code, unread)
