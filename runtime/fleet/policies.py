"""A team's policies over all hosts: those for every plan, and those about several hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ...compiler.policy import Policy, check
from ...compiler.policy.parse import all_policies
from ...compiler.policy.records import FleetPolicy, Together
from ...compiler.policy.source_text import of_file
from ...compiler.source.diagnostic import Diagnostic, Diagnostics, Severity
from ...compiler.source.span import Span
from ...compiler.support.record import NamedTuple
from ..system.host import RealHost
from .compile import ProblemError, host_plan, made_for, spread
from .findings import Findings, Found
from .records import HostPlan, Member, Request
from .servers import servers


class Rules(NamedTuple):
    """The policies about one plan, and those about several hosts."""

    each: tuple[Policy, ...]
    together: tuple[FleetPolicy, ...]


class _Share(NamedTuple):
    hosts: list[HostPlan]
    found: list[tuple[str, Diagnostic]]


def read(path: str, text: str, diagnostics: Diagnostics) -> Rules:
    """The policies of a file; what can't be read is an error (BP902, BP703)."""
    each, together = all_policies(of_file(path, text), diagnostics)
    return Rules(tuple(each), tuple(together))


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
    for policy in rules.together:
        is_pruning = policy.what is Together.PRUNE
        how = "prune" if is_pruning else "write to"
        for thing, users in (_pruned(hosts) if is_pruning else servers(hosts)).items():
            if len(users) > policy.most:
                hint = f"because {policy.reason}" if policy.reason else ""
                message = f"policy violated: {len(users):,} hosts {how} {thing}"
                finding = Diagnostic("BP901", Severity.WARNING, message, policy.span, hint)
                yield Found(finding, tuple(host.name for host in users))


def _pruned(hosts: Sequence[HostPlan]) -> Mapping[str, list[HostPlan]]:
    """The repositories that hosts prune, with these."""
    found: dict[str, list[HostPlan]] = {}
    for host in hosts:
        for use in host.uses:
            if use.prunes and use.server:
                found.setdefault(use.location, []).append(host)
    return found
