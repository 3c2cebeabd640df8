"""The whole way: paths to a verified plan, all that is wrong with them, and the secrets apart."""

from __future__ import annotations

from collections.abc import Mapping

from ..config.model import Configuration
from ..lower.dumping import Dumping
from ..lower.lower import Requests, lower
from ..lower.selection import (
    REQUESTED,
    Facts,
    LoweringRequest,
    Once,
    can_be_had,
    ordered_actions,
)
from ..plan import verify as flow
from ..plan.model import Fact, Plan, Step
from ..plan.words import SecretOption
from ..plan.work import Shell
from ..semantics import Profile
from ..semantics.select import Generations
from ..source.diagnostic import LEFT_OUT, Diagnostic, Diagnostics, Severity
from ..source.host import Host
from ..source.span import Span
from ..support.record import TYPE_CHECKING, NamedTuple
from .secret_values import secrets_of, secrets_of_project
from .sources import Sources

if TYPE_CHECKING:
    from ..policy import Policy
    from ..semantics.installed import Installed


class Compilation(NamedTuple):
    """What compiling gives.

    `plan`: of the files without errors; None if there is none of those. `broken`: the files that
    have errors, or are left out. `texts`: of every configuration file read, by path. `files`: the bytes of all
    that the plan was made from. `secrets`: what the plan only refers to. `generations`: of the files, and
    why; None if nothing was compiled. `policies`: by which the plan was judged.
    `plain_text`: commands that take values in hooks as they are, by the project file. `alarms`: the messages of the
    project file that tell of a run of which nothing, or not everything, can be run.
    """

    plan: Plan | None
    configurations: tuple[Configuration, ...]
    broken: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    files: Mapping[str, bytes]
    secrets: Mapping[SecretOption, str]
    generations: Generations | None = None
    policies: tuple[Policy, ...] = ()
    plain_text: tuple[str, ...] = ()
    alarms: tuple[Step, ...] = ()

    def __repr__(self) -> str:
        """Without the secrets and the files, which hold them too."""
        return f"Compilation(plan={self.plan!r}, broken={self.broken!r})"

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What keeps a file, or the whole run, from being understood."""
        return tuple(
            item
            for item in self.diagnostics
            if item.severity is Severity.ERROR and item.code != LEFT_OUT
        )

    @property
    def left_out(self) -> tuple[Diagnostic, ...]:
        """Why files that are understood are not part of the plan; see `left_out`."""
        return tuple(item for item in self.diagnostics if item.code == LEFT_OUT)


def plan_of(
    sources: Sources,
    host: Host,
    diagnostics: Diagnostics,
    facts: Facts = Facts(),  # noqa: B008  # immutable
    *,
    runs: bool = False,
    presence: bool = True,
    claims: bool = True,
) -> Compilation:
    """Lower what was read, if it fits what is requested. See `lowered`."""
    if sources.generations is not None and not can_be_had(
        sources.request.selection, sources.configurations, diagnostics
    ):
        sources.configurations.clear()
    return lowered(sources, host, diagnostics, facts, presence=presence, runs=runs, claims=claims)


def lowered(
    sources: Sources,
    host: Host,
    diagnostics: Diagnostics,
    facts: Facts,
    *,
    presence: bool = True,
    runs: bool = False,
    claims: bool = True,
) -> Compilation:
    """The compilation of what was read. A file whose hooks can't be compiled joins the broken ones.

    `presence`: whether to tell of what isn't on this machine. `runs`: see `LoweringRequest`. `claims`: whether to infer what hooks claim,
    which whoever only shows the plan's steps can do without.
    """
    generations = sources.generations
    if generations is None:
        return Compilation(
            None, (), tuple(sources.broken), tuple(diagnostics), sources.texts, {},
            secrets_of_project(sources.project), alarms=_alarms(sources),
        )  # fmt: skip
    request = _requests(sources, facts, presence=presence, runs=runs)
    configurations, broken = tuple(sources.configurations), [*sources.broken]
    plan, read_too, problems = _lowered(configurations, generations, request, host)
    while bad := _failed(configurations, problems, sources):
        broken += [c.path for c in bad]
        files = {file for c in bad for file in _files_of(c, sources)}
        # What is said of the others is said again, and may be something else without these.
        diagnostics.extend(
            d for d in problems if d.severity is Severity.ERROR or d.span.file in files
        )
        configurations = tuple(c for c in configurations if c not in bad)
        plan, read_too, problems = _lowered(configurations, generations, request, host)
    diagnostics.extend(problems)
    if configurations:
        narrowed = bool(sources.request.actions or sources.request.repository)
        plan = _completed(
            plan, sources, diagnostics, claims=claims, narrowed=narrowed, broken=bool(broken)
        )
    return Compilation(
        plan=plan if configurations else None,
        configurations=configurations,
        broken=tuple(broken),
        diagnostics=tuple(diagnostics),
        texts=sources.texts,
        files=_files_behind(configurations, sources, read_too),
        secrets={**secrets_of(configurations, host), **secrets_of_project(sources.project)},
        generations=generations,
        policies=sources.policies,
        plain_text=_plain_text(sources),
        alarms=_alarms(sources),
    )


def _alarms(sources: Sources) -> tuple[Step, ...]:
    if sources.project is None or not sources.project.notices:
        return ()
    from .notices import alarms

    return alarms(sources.project.notices)


def _requests(sources: Sources, facts: Facts, *, presence: bool, runs: bool) -> Requests:
    """What is requested of each generation."""
    asked = sources.request

    def request(profile: Profile) -> LoweringRequest:
        return LoweringRequest(
            ordered_actions(asked.actions, profile),
            REQUESTED if asked.actions else f"the default actions of borgmatic {profile.name}",
            asked.repository,
            asked.options,
            facts,
            asked.interpolates,
            presence,
            runs,
            _plain_text(sources),
            sources.project.snapshots if sources.project else Once.AT_BEST,
            sources.project.dumps if sources.project else Dumping(),
            tuple(sorted({f for c in sources.configurations for f in _files_of(c, sources)})),
            sources.project.freezes if sources.project else (),
        )

    return request


def _plain_text(sources: Sources) -> tuple[str, ...]:
    return sources.project.plain_text if sources.project else ()


def _completed(
    plan: Plan,
    sources: Sources,
    diagnostics: Diagnostics,
    *,
    claims: bool,
    narrowed: bool,
    broken: bool,
) -> Plan:
    """A plan with what was found out before, the project's settings and what its hooks claim; verified, and
    judged by the policies. `narrowed`: see `policy.check`. `broken`: it isn't of all files."""
    if sources.installed is not None:
        plan = plan._replace(facts=(_fact_of(sources.installed), *plan.facts))
    if sources.project is not None:
        from .step_settings import with_settings

        whole = not (narrowed or broken)
        plan = with_settings(plan, sources.project, diagnostics, whole=whole)
    if claims and any(isinstance(step.work, Shell) for step in plan.steps):
        from ..analysis.inference import with_inferred_claims

        plan = with_inferred_claims(plan)
    lost = flow.verify(plan)
    for promise in lost:
        diagnostics.error(
            "BP501", f"the plan is unsound: {promise.rule} ({promise.subject})", Span("<plan>"),
            "this is a bug of borgplan, please report it",
        )  # fmt: skip
    if sources.policies and not lost:
        from ..policy import check

        check(plan, sources.policies, diagnostics, narrowed=narrowed)
    return plan


def _files_behind(
    configurations: tuple[Configuration, ...], sources: Sources, read_too: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The bytes of all that a plan was made from, by path. `read_too`: files with patterns."""
    project = sources.project
    return {
        **{
            path: data
            for c in configurations
            for path, data in sources.bytes_by_file[c.path].items()
        },
        **read_too,
        **({project.path: project.data} if project is not None else {}),
        **sources.policy_files,
    }


def _failed(
    configurations: tuple[Configuration, ...], problems: Diagnostics, sources: Sources
) -> list[Configuration]:
    """The files with errors; all, where what the command line asks for can't be had."""
    failed = {problem.span.file for problem in problems if problem.severity is Severity.ERROR}
    if not failed:
        return []
    bad = [c for c in configurations if failed & _files_of(c, sources)]
    own = {file for c in bad for file in _files_of(c, sources)}
    return list(configurations) if failed - own else bad


def _files_of(configuration: Configuration, sources: Sources) -> set[str]:
    """A configuration file and all that it includes."""
    return {configuration.path, *sources.bytes_by_file[configuration.path]}


def _lowered(
    configurations: tuple[Configuration, ...],
    generations: Generations,
    requests: Requests,
    host: Host,
) -> tuple[Plan, dict[str, bytes], Diagnostics]:
    problems = Diagnostics()
    return *lower(configurations, generations, requests, host, problems), problems


def _fact_of(installed: Installed) -> Fact:
    """Which borgmatic files without a name for their generation are taken to be for."""
    if not installed.version:
        return Fact(installed.executable, "a borgmatic of unknown release")
    return Fact(
        installed.executable, f"borgmatic {installed.version}, according to {installed.evidence}"
    )
