"""A team's policies over all hosts: those for every plan, and those about several hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from ...compiler.policy import Policy, check
from ...compiler.policy.parse import policies as parsed
from ...compiler.policy.source_text import Written, of_file, statements
from ...compiler.source.diagnostic import Diagnostic, Diagnostics, Severity
from ...compiler.source.span import Span
from ...compiler.support.record import NamedTuple
from ..system.host import RealHost
from .compile import ProblemError, host_plan, made_for, spread
from .findings import Findings, Found
from .records import HostPlan, Member, Request
from .servers import servers

# The policies about several hosts. Whatever has another form is a policy for every plan.
_REASON = r'(?:\s+because\s+"(?P<reason>[^"\n]{1,500})")?'
_PRUNING = re.compile(r"no\s+two\s+hosts\s+prune\s+one\s+repository" + _REASON)
_WRITING = re.compile(
    r"at\s+most\s+(?P<most>[0-9]{1,6})\s+hosts?\s+writes?\s+to\s+one\s+server" + _REASON
)
_EXPORTING = re.compile(r"(each|every)\s+host's\s+key\s+is\s+exported" + _REASON)


_NOT_KNOWN = "neither plans nor journals have it; keep what `borgplan key export` writes, and check it where it is kept"


class Stated(NamedTuple):
    """Where a policy about several hosts is, and why it is, in its author's words or empty."""

    span: Span
    reason: str

    def violated(self, how: str, hosts: Sequence[str]) -> Found:
        """`how`: what these hosts do, in words."""
        hint = f"because {self.reason}" if self.reason else ""
        message = f"policy violated: {how}"
        return Found(Diagnostic("BP901", Severity.WARNING, message, self.span, hint), tuple(hosts))


class Rules(NamedTuple):
    """`most`: for each limit of hosts that write to one server, its policy. `pruning`: the policies that no two hosts
    prune one repository."""

    each: tuple[Policy, ...]
    pruning: tuple[Stated, ...]
    most: tuple[tuple[int, Stated], ...]


class _Share(NamedTuple):
    hosts: list[HostPlan]
    found: list[tuple[str, Diagnostic]]


def read(path: str, text: str, diagnostics: Diagnostics) -> Rules:
    """The policies of a file; what can't be read is an error (BP902, BP703)."""
    written = of_file(path, text)
    pruning: list[Stated] = []
    most: list[tuple[int, Stated]] = []
    rest = written.text
    for offset, statement in statements(written.text):
        end = offset + len(statement)
        span = written.between(offset, end)
        words = statement.strip()
        if found := _PRUNING.fullmatch(words):
            pruning.append(Stated(span, found["reason"] or ""))
        elif found := _WRITING.fullmatch(words):
            most.append((int(found["most"]), Stated(span, found["reason"] or "")))
        elif _EXPORTING.fullmatch(words):
            diagnostics.error(
                "BP902", "whether a host's key was exported can't be evaluated", span, _NOT_KNOWN
            )
        else:
            continue
        # Spaces, so that the others keep their places.
        rest = rest[:offset] + " " * len(statement) + rest[end:]
    others: Written = of_file(path, rest)
    return Rules(tuple(parsed(others, diagnostics)), tuple(pruning), tuple(most))


def judged(members: Sequence[Member], request: Request, rules: Rules, jobs: int = 0) -> Findings:
    """What violates the policies. Raises WorkerError if a process dies."""
    shares: list[_Share] = spread(members, partial(_share, request=request, rules=rules), jobs)
    order = {member.name: place for place, member in enumerate(members)}
    hosts = sorted((h for share in shares for h in share.hosts), key=lambda h: order[h.name])
    alike: dict[tuple[str, str, Span], tuple[Diagnostic, list[str]]] = {}
    for name, finding in sorted(
        (pair for share in shares for pair in share.found), key=lambda pair: order[pair[0]]
    ):
        key = finding.code, finding.message, finding.span
        alike.setdefault(key, (finding, []))[1].append(name)
    found = [Found(finding, tuple(names)) for finding, names in alike.values()]
    found += _together(hosts, rules)
    without = tuple((host.name, host.problem) for host in hosts if host.problem)
    code = 2 if without else int(bool(found))
    files = sum(not host.problem for host in hosts)
    return Findings(tuple(found), len(members), files, without, code, ())


def _share(members: Sequence[Member], request: Request, rules: Rules) -> _Share:
    inner, share = RealHost(), _Share([], [])
    for member in members:
        try:
            host, plan = host_plan(made_for(member, request, inner))
        except ProblemError as problem:
            share.hosts.append(HostPlan(member.name, str(problem)))
            continue
        share.hosts.append(host)
        if plan is not None:
            found = Diagnostics()
            check(plan, rules.each, found)
            share.found.extend((member.name, each._replace(related=())) for each in found)
    return share


def _together(hosts: Sequence[HostPlan], rules: Rules) -> Iterator[Found]:
    """What violates a policy about several hosts."""
    pruned: dict[str, list[str]] = {}
    for host in hosts:
        for use in host.uses:
            if use.prunes and use.server:
                pruned.setdefault(use.location, []).append(host.name)
    for policy in rules.pruning:
        for place, names in pruned.items():
            if len(names) > 1:
                yield policy.violated(f"{len(names):,} hosts prune {place}", names)
    for most, policy in rules.most:
        for server, users in servers(hosts).items():
            if len(users) > most:
                names = [host.name for host in users]
                yield policy.violated(f"{len(users):,} hosts write to {server}", names)
