"""The plans of all hosts, compiled from their facts in parallel processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from functools import partial

from ...compiler.borg.action_options import ActionOptions
from ...compiler.driver.compile import Compilation
from ...compiler.driver.facts import Machine, from_text
from ...compiler.plan.model import Plan
from ...compiler.source.diagnostic import Severity
from ...compiler.source.host import UnreadableError
from ...compiler.support.json_reader import WrongShapeError
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from ..cli.arguments import (
    ApplyArguments,
    Arguments,
    LintArguments,
    PlanArguments,
)
from ..render.plan_preamble import summary
from ..run.elsewhere import LARGEST
from ..run.refusals import refusals
from ..run.session import Session, compile_all
from ..system.fork_pool import share_out, shares, usable_cores
from ..system.git import is_below
from ..system.host import RealHost, reason
from ..system.replaying import AtHand, ReplayingHost
from .condition import read as read_condition
from .records import Condition, HostPlan, Member, Request
from .servers import uses
from .shapes import digest, nameless, names_of

if TYPE_CHECKING:
    from typing import Any

SHARED = "all"  # the folder of configurations that hosts share
_LEAST_HOSTS = 8  # for one process
_WHY = "is not read, because it is neither in the facts nor in the folder of configurations"


class Made(NamedTuple):
    """A host's compilation, with what it was made from."""

    member: Member
    machine: Machine
    session: Session
    compilation: Compilation


class Fleet(NamedTuple):
    """What came of all hosts, in their order, and for each shape the plan of its first host, without names."""

    hosts: tuple[HostPlan, ...]
    plans: dict[str, Plan]


# What else is to be done with a host's plan, in the process that has it: the record of the host with it.
Keep = Callable[[Made, Plan, HostPlan], HostPlan]


class ProblemError(Exception):
    """Why there is no plan of a host, in words."""


def compiled(
    members: Sequence[Member], request: Request, jobs: int = 0, keep: Keep | None = None
) -> Fleet:
    """The plans of all members. `jobs`: how many processes at most, 0 for one a core. Raises WorkerError if one of
    them dies."""
    order = {member.name: place for place, member in enumerate(members)}
    work = partial(_share, request=request, keep=keep)
    hosts: list[HostPlan] = []
    plans: dict[str, Plan] = {}
    for found, first in spread(members, work, jobs):
        hosts += found
        plans = {**first, **plans}
    return Fleet(tuple(sorted(hosts, key=lambda host: order[host.name])), plans)


def spread(
    members: Sequence[Member], work: Callable[[Sequence[Member]], Any], jobs: int
) -> list[Any]:
    """What `work` makes of each share of the members, in as many processes as pay."""

    def one(share: Sequence[Member]) -> Generator[Any, Any, None]:
        yield None  # nothing has to be decided together
        yield work(share)

    if not members:
        return []
    return share_out(shares(members, jobs or usable_cores(), _LEAST_HOSTS), one, lambda _: None)


def _share(
    members: Sequence[Member], request: Request, keep: Keep | None
) -> tuple[list[HostPlan], dict[str, Plan]]:
    """The plans of some of the members, and the first plan of each shape among them."""
    inner = RealHost()
    hosts: list[HostPlan] = []
    plans: dict[str, Plan] = {}
    for member in members:
        try:
            made = made_for(member, request, inner)
            host, plan = host_plan(made)
        except ProblemError as problem:
            hosts.append(HostPlan(member.name, str(problem)))
            continue
        if plan is not None:
            if keep is not None:
                host = keep(made, plan, host)
            if host.shape not in plans:
                plans[host.shape] = plainly(plan, made)
        hosts.append(host)
    return hosts, plans


def made_for(member: Member, request: Request, inner: RealHost) -> Made:
    """A host's compilation. Raises ProblemError."""
    session, _, machine = session_for(member, request, inner)
    return Made(member, machine, session, compile_all(session, to_run=True))


def session_for(
    member: Member, request: Request, inner: RealHost
) -> tuple[Session, ReplayingHost, Machine]:
    """What is needed to compile or check a host's configurations. Raises ProblemError."""
    if not member.facts:
        raise ProblemError(member.missing or "there are no facts of it")
    machine = _machine(member.facts)
    roots = _roots(member, request)
    arguments = arguments_of(member, request)
    host = ReplayingHost(inner, AtHand(arguments.configs, (), (), roots), machine, _WHY)
    return Session(arguments, host), host, machine


def _machine(path: str) -> Machine:
    try:
        return from_text(RealHost().read(path, LARGEST).decode())
    except UnreadableError as error:
        raise ProblemError(f"its facts: {path} {error}") from error
    except UnicodeDecodeError as error:
        raise ProblemError(f"its facts are damaged: {path} is not valid UTF-8") from error
    except WrongShapeError as error:
        where = f"{error.where}: " if error.where else ""
        raise ProblemError(f"its facts can't be used: {path}: {where}{error}") from error


def _roots(member: Member, request: Request) -> tuple[str, ...]:
    """The folders that stand for the host's root directory. A link that leads out of the folder of configurations
    is not followed: strangers may have made it."""
    if not request.root:
        return ()
    top = os.path.realpath(request.root)
    found = [os.path.join(request.root, name) for name in (member.name, SHARED)]
    if request.is_revision:
        return tuple(found)  # links lead nowhere in a revision
    for path in found:
        if not is_below(os.path.realpath(path), top):
            raise ProblemError(f"{path} is a link that leads out of {request.root}")
    return tuple(found)


def arguments_of(member: Member, request: Request) -> Arguments:
    """What `borgplan plan --facts` would be given for a host."""
    return Arguments(
        command="plan", words=member.configs, configs=member.configs,
        actions=request.actions or member.actions, repository="", format="text", color="auto",
        semantics=request.semantics, overrides=(), interpolates=True, project="", policies=(),
        offline=False, options=ActionOptions(), plan=PlanArguments(), apply=ApplyArguments(),
        lint=LintArguments(), untrusted=request.untrusted, facts=member.facts, root=request.root,
    )  # fmt: skip


def host_plan(made: Made) -> tuple[HostPlan, Plan | None]:
    """What came of a host, and its plan if it has one."""
    member, machine, session, compilation = made
    errors = tuple(
        f"{d.span}: {d.code} {d.message}"
        for d in compilation.diagnostics
        if d.severity is Severity.ERROR
    )
    host = HostPlan(
        member.name,
        machine=machine.host,
        time=machine.time,
        errors=errors,
        condition=_condition(made),
    )
    plan = compilation.plan
    if plan is None or compilation.broken:
        why = errors[0] if errors else "no configuration file was found"
        return host._replace(problem=why), None
    later = tuple(session.host.left) if isinstance(session.host, ReplayingHost) else ()
    names = names_of(member.name, machine.host)
    return host._replace(
        shape=digest(plan, names),
        steps=len(plan.steps),
        summary=summary(plan),
        uses=uses(plan, machine.directory),
        refusals=tuple(refusals(compilation, plan)),
        later=later,
    ), plan


def plainly(plan: Plan, made: Made) -> Plan:
    """A plan without the names of its host; as it is if these are words of the plan itself."""
    try:
        return nameless(plan, names_of(made.member.name, made.machine.host))
    except WrongShapeError:
        return plan._replace(inputs=(), recorded=None)


def _condition(made: Made) -> Condition:
    if not made.member.history:
        return Condition()
    try:
        return read_condition(made.member.history, made.machine)
    except OSError as error:
        raise ProblemError(f"its history: {made.member.history}: {reason(error)}") from error
    except (ValueError, WrongShapeError) as error:
        raise ProblemError(f"its history can't be used: {made.member.history}: {error}") from error


__all__ = [
    "Fleet", "Keep", "Made", "ProblemError", "compiled", "host_plan", "made_for", "plainly",
    "session_for", "spread",
]  # fmt: skip
