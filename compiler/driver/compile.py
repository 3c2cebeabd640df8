"""The whole way: paths to a verified plan, all that is wrong with them, and the secrets apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..borg.action_options import ActionOptions
from ..borg.target import passphrase
from ..config.decode.file import configuration
from ..config.discover import configuration_files, project_file
from ..config.model import Configuration
from ..lower.lower import Requests, lower
from ..lower.selection import REQUESTED, Asked, Facts, Request, can_be_had, ordered_actions
from ..plan import verify as flow
from ..plan.actions import Action
from ..plan.model import Fact, Plan
from ..plan.work import SecretOption
from ..semantics import Profile
from ..semantics.select import AUTO, Generations, Written, check_hooks, choose, written
from ..source.diagnostic import LEFT_OUT, Diagnostic, Diagnostics, Severity
from ..source.host import Host
from ..source.span import COMMAND_LINE, Span
from ..support.record import TYPE_CHECKING, NamedTuple
from ..syntax.compose import decode
from ..syntax.load import Document, load, merge, text_of

if TYPE_CHECKING:
    from ..config.overrides import Override
    from ..policy import Policy
    from ..semantics.installed import Installed
    from .project_file import Project


class Compilation(NamedTuple):
    """What compiling gives.

    `plan`: of the files without errors; None if there is none of those. `broken`: the files that
    have errors, or are left out. `texts`: of every configuration file read, by path. `files`: the bytes of all
    that the plan was made from. `secrets`: what the plan only refers to. `generations`: of the files, and
    why; None if nothing was compiled. `policies`: by which the plan was judged.
    `plain_text`: commands that take values in hooks as they are, by the project file.
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


class Wishes(NamedTuple):
    """What the command line says about reading. `overrides`: as `--set` has them. `environment`:
    whether `${NAME}` is replaced. `project`: a project file, if one is named. `policies`: files of such.
    `untrusted`: nothing is replaced, wherever it stands. `offline`: which borgmatic is installed isn't
    looked at."""

    overrides: tuple[str, ...] = ()
    environment: bool = True
    project: str = ""
    policies: tuple[str, ...] = ()
    untrusted: bool = False
    offline: bool = False


class Run(NamedTuple):
    """What all files of a run share, before the first of them is read.

    `files`: the paths of all configuration files. `semantics`: a profile's name, a release or `auto`,
    as it stands at `named_at`. `overrides`: of the command line. `policy_files`: the bytes of files with
    policies, by path. `installed`: the borgmatic of this machine, where it plays a part.
    """

    files: tuple[str, ...]
    semantics: str
    named_at: Span
    wishes: Wishes
    overrides: tuple[Override, ...]
    project: Project | None
    policies: tuple[Policy, ...] = ()
    policy_files: Mapping[str, bytes] = {}
    installed: Installed | None = None

    @property
    def texts(self) -> dict[str, str]:
        """Of the project file and of files with policies, by path."""
        files = {
            path: decode(path, d, Diagnostics()) or "" for path, d in self.policy_files.items()
        }
        project = self.project
        return (
            {project.path: project.data.decode("utf-8", "replace"), **files} if project else files
        )


class Loaded(NamedTuple):
    """One file as it was read, and what was wrong with that; None for one that can't be read."""

    path: str
    document: Document | None
    problems: Diagnostics

    @property
    def texts(self) -> dict[str, str]:
        """Of the file and all that it includes, by path."""
        document = self.document
        return {file: text_of(document, file) for file in document.files} if document else {}


class Sources:
    """Decoded files, before it is known what to do with them; `read` fills it."""

    def __init__(self) -> None:
        self.generations: Generations | None = None
        self.installed: Installed | None = None
        self.wishes = Wishes()
        self.project: Project | None = None
        self.policies: tuple[Policy, ...] = ()
        self.policy_files: Mapping[str, bytes] = {}
        self.configurations: list[Configuration] = []
        self.broken: list[str] = []
        self.texts: dict[str, str] = {}
        self.bytes_by_file: dict[str, dict[str, bytes]] = {}

    def belongs_to(self, run: Run) -> None:
        """Take over what all files of a run share."""
        self.wishes, self.project = run.wishes, run.project
        self.policies, self.policy_files = run.policies, run.policy_files
        self.installed = run.installed
        self.texts.update(run.texts)

    def add(self, loaded: Loaded, run: Run, host: Host) -> None:
        """Decode one file, for its generation; one that has errors counts as broken."""
        document = loaded.document
        decoded: Configuration | None = None
        if document is not None:
            self.bytes_by_file[loaded.path] = document.files
            self.texts.update(loaded.texts)
            if self.generations is None:
                return
            profile = self.generations.of(loaded.path)
            decoded = _decoded(document, profile, host, loaded.problems, run)
        if decoded is None:
            self.broken.append(loaded.path)
        else:
            self.configurations.append(decoded)


def begin(
    paths: tuple[str, ...], host: Host, semantics: str, diagnostics: Diagnostics, wishes: Wishes
) -> Run | None:
    """Find the files that `paths` stand for, and the project file; None if the run can't be.

    `semantics`: the name of a profile, a release, or `auto`; empty for what the project file says.
    """
    before = sum(item.severity is Severity.ERROR for item in diagnostics)
    settings: tuple[Override, ...] = ()
    if wishes.overrides:
        from ..config.overrides import overrides

        settings = overrides(wishes.overrides, diagnostics)
    project = _project(wishes.project, paths, host, diagnostics)
    policies, policy_files = _policies(project, wishes.policies, host, diagnostics)
    if sum(item.severity is Severity.ERROR for item in diagnostics) > before:
        return None
    named_at = COMMAND_LINE
    if not semantics:
        pinned = project.semantics if project is not None else None
        semantics = pinned.text if pinned else AUTO
        named_at = pinned.span if pinned else COMMAND_LINE
    files = configuration_files(paths, host, diagnostics)
    return Run(
        files, semantics, named_at, wishes, settings, project, policies, policy_files,
        _installed(host) if semantics == AUTO and not wishes.offline else None,
    )  # fmt: skip


def _installed(host: Host) -> Installed | None:
    from ..semantics.installed import installed

    return installed(host)


def load_file(path: str, host: Host) -> Loaded:
    """Read one configuration file and what it includes."""
    problems = Diagnostics()
    return Loaded(path, load(path, host, problems), problems)


def read(
    paths: tuple[str, ...],
    host: Host,
    semantics: str,
    diagnostics: Diagnostics,
    wishes: Wishes = Wishes(),  # noqa: B008  # immutable
    generations: Generations | None = None,
) -> Sources:
    """Load every file that `paths` stand for, choose its generation, and decode it. See `begin`.

    `generations`: those of the files, if they are known already.
    """
    sources = Sources()
    listing = Diagnostics()
    sources.wishes = wishes
    run = begin(paths, host, semantics, listing, wishes)
    if run is None:
        diagnostics += listing
        return sources
    sources.belongs_to(run)
    files = [load_file(path, host) for path in run.files]
    sources.generations = generations or chosen(files, run, listing)
    for file in files:
        sources.add(file, run, host)
    sources.broken += [item.span.file for item in listing if item.severity is Severity.ERROR]
    diagnostics += [*listing, *(item for file in files for item in file.problems)]
    return sources


def shown(file: Loaded, run: Run) -> Written | None:
    """What a file shows of its generation, where that plays a part."""
    if file.document is None or run.semantics != AUTO:
        return None
    return written(file.document.root)  # a wish for one run, by --set, moves no hook


def chosen(files: Iterable[Loaded], run: Run, diagnostics: Diagnostics) -> Generations | None:
    """The generations of the files that could be read; None after recording why there are none."""
    found = [(file.path, shown(file, run)) for file in files if file.document]
    return choose(run.semantics, found, diagnostics, run.named_at, run.installed)


def _project(
    named: str, paths: tuple[str, ...], host: Host, diagnostics: Diagnostics
) -> Project | None:
    path = named or project_file(paths, host, diagnostics)
    if not path:
        return None
    from .project_file import load

    return load(path, host, diagnostics)


def _policies(
    project: Project | None, named: tuple[str, ...], host: Host, diagnostics: Diagnostics
) -> tuple[tuple[Policy, ...], Mapping[str, bytes]]:
    listed = project.policies if project else ()
    if not (listed or named):
        return (), {}
    from ..policy import load

    path, data = (project.path, project.data) if project else ("", b"")
    return load(path, data, listed, named, host, diagnostics)


def _decoded(
    document: Document, profile: Profile, host: Host, problems: Diagnostics, run: Run
) -> Configuration | None:
    root = merge(
        document.root,
        profile.include_merge,
        problems,
        marks=document.marks,
        merges=document.merges,
    )
    if run.overrides:
        from ..config.overrides import overridden

        root = overridden(root, run.overrides)
    constants: Mapping[str, str] = {}
    variables = None if run.wishes.untrusted else host.environment
    environment = profile.environment and run.wishes.environment
    if profile.constants or environment:
        from ..config.interpolate import constants_of, with_constants, with_environment

        if profile.constants:
            defined = constants_of(root, variables, problems)
            root, constants = with_constants(root, defined), defined.texts
        if environment and variables is not None and _may_refer(document, run):
            root = with_environment(root, variables, problems)
    decoded = configuration(document.path, root, problems, constants)
    if decoded is not None:
        check_hooks(decoded, profile, problems)
    return None if problems.has_errors else decoded


def _may_refer(document: Document, run: Run) -> bool:
    """Whether `${NAME}` can stand anywhere: as it is, or escaped, in a file or on the command line."""
    data = document.files.values()
    return bool(run.overrides) or any(b"$" in text or b"\\" in text for text in data)


def plan_of(
    sources: Sources,
    actions: tuple[Action, ...],
    host: Host,
    diagnostics: Diagnostics,
    repository: str = "",
    options: ActionOptions = ActionOptions(),  # noqa: B008  # immutable
    facts: Facts = Facts(),  # noqa: B008  # immutable
    *,
    runs: bool = False,
    presence: bool = True,
    claims: bool = True,
) -> Compilation:
    """Lower what was read, if what is asked for can be had of it. See `lowered`.

    `repository`: only those whose path or label fits this pattern. `presence`: as there.
    """
    asked = Asked(actions, repository, options)
    if sources.generations is not None and not can_be_had(
        asked, sources.configurations, diagnostics
    ):
        sources.configurations.clear()
    return lowered(
        sources, asked, host, diagnostics, facts, presence=presence, runs=runs, claims=claims
    )


def lowered(
    sources: Sources,
    asked: Asked,
    host: Host,
    diagnostics: Diagnostics,
    facts: Facts,
    *,
    presence: bool = True,
    runs: bool = False,
    claims: bool = True,
) -> Compilation:
    """The compilation of what was read. A file whose hooks can't be compiled joins the broken ones.

    `presence`: whether to tell of what isn't on this machine. `runs`: see `Request`. `claims`: whether to infer what hooks claim,
    which whoever only shows the plan's steps can do without.
    """
    generations = sources.generations
    if generations is None:
        return Compilation(
            None, (), tuple(sources.broken), tuple(diagnostics), sources.texts, {}, {}
        )
    plain_text = sources.project.plain_text if sources.project else ()

    def request(profile: Profile) -> Request:
        return Request(
            ordered_actions(asked.actions, profile),
            REQUESTED if asked.actions else f"the default actions of borgmatic {profile.name}",
            asked.repository,
            asked.options,
            facts,
            sources.wishes.environment and not sources.wishes.untrusted,
            presence,
            runs,
            plain_text,
        )

    configurations = tuple(sources.configurations)
    broken = [*sources.broken]
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
    if sources.installed is not None:
        plan = plan._replace(facts=(_fact_of(sources.installed), *plan.facts))
    project = sources.project
    if project is not None:
        read_too[project.path] = project.data
        if configurations:
            from .project_file import with_settings

            plan = with_settings(plan, project, diagnostics)
    if configurations and claims:
        from ..analysis.inference import with_inferred_claims

        plan = with_inferred_claims(plan)
    if configurations:
        lost = flow.verify(plan)
        for promise in lost:
            diagnostics.error(
                "BP501", f"the plan is unsound: {promise.rule} ({promise.subject})", Span("<plan>"),
                "this is a bug of borgplan, please report it",
            )  # fmt: skip
        if sources.policies and not lost:
            from ..policy import check

            narrowed = bool(asked.actions or asked.repository)
            check(plan, sources.policies, diagnostics, narrowed=narrowed)
    return Compilation(
        plan=plan if configurations else None,
        configurations=configurations,
        broken=tuple(broken),
        diagnostics=tuple(diagnostics),
        texts=sources.texts,
        files={
            **{
                path: data
                for c in configurations
                for path, data in sources.bytes_by_file[c.path].items()
            },
            **read_too,
            **sources.policy_files,
        },
        secrets=secrets_of(configurations, host),
        generations=generations,
        policies=sources.policies,
        plain_text=plain_text,
    )


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


def secrets_of(configurations: tuple[Configuration, ...], host: Host) -> dict[SecretOption, str]:
    """What `configurations` hold that no plan may, by where it is configured."""
    secrets = {}
    for file in configurations:
        for repository in file.repositories:
            place = passphrase(file, repository, host)
            value = file.of(repository).settings.text("encryption_passphrase")
            if isinstance(place, SecretOption) and value is not None:
                secrets[place] = value
    return secrets
