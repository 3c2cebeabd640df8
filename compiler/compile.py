"""The whole way: paths to a verified plan, all that is wrong with them, and the secrets apart."""

from collections.abc import Mapping

from . import flow
from .actions import Action
from .asked import REQUESTED, Asked, Facts, Request, can_be_had, ordered_actions
from .borg.common import passphrase
from .borg.request import ActionOptions
from .config import Configuration
from .decode_file import configuration
from .diagnostic import Diagnostic, Diagnostics, Severity
from .discover import configuration_files, project_file
from .document import Document, load, merge, text_of
from .forms import forms
from .host import Host
from .lower import lower
from .parse import decode
from .plan import Plan, SecretOption
from .record import TYPE_CHECKING, NamedTuple
from .semantics import Profile
from .semantics.choose import AUTO, check_hooks, choose
from .source import COMMAND_LINE, Span

if TYPE_CHECKING:
    from .overrides import Override
    from .policy import Policy
    from .project import Project


class Compilation(NamedTuple):
    """What compiling gives.

    `plan`: of the files without errors; None if there is none of those. `broken`: the files that
    have errors. `texts`: of every configuration file read, by path. `files`: the bytes of all that
    the plan was made from. `secrets`: what the plan only refers to. `semantics_chosen`: whether
    somebody said which generation is meant. `policies`: by which the plan was judged. `plain_text`: commands
    that take values in hooks as they are, by the project file.
    """

    plan: Plan | None
    configurations: tuple[Configuration, ...]
    broken: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    files: Mapping[str, bytes]
    secrets: Mapping[SecretOption, str]
    semantics_chosen: bool = False
    policies: tuple["Policy", ...] = ()
    plain_text: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without the secrets and the files, which hold them too."""
        return f"Compilation(plan={self.plan!r}, broken={self.broken!r})"

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(item for item in self.diagnostics if item.severity is Severity.ERROR)


class Wishes(NamedTuple):
    """What the command line says about reading. `overrides`: as `--set` has them. `environment`:
    whether `${NAME}` is replaced. `project`: a project file, if one is named. `policies`: files of such."""

    overrides: tuple[str, ...] = ()
    environment: bool = True
    project: str = ""
    policies: tuple[str, ...] = ()


class Run(NamedTuple):
    """What all files of a run share, before the first of them is read.

    `files`: the paths of all configuration files. `semantics`: a profile's name, a release or `auto`,
    as it stands at `named_at`. `overrides`: of the command line. `policy_files`: the bytes of files with
    policies, by path.
    """

    files: tuple[str, ...]
    semantics: str
    named_at: Span
    wishes: Wishes
    overrides: tuple["Override", ...]
    project: "Project | None"
    policies: tuple["Policy", ...] = ()
    policy_files: Mapping[str, bytes] = {}

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
        self.profile: Profile | None = None
        self.semantics_chosen = False
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
        self.semantics_chosen = run.semantics != AUTO
        self.texts.update(run.texts)

    def add(self, loaded: Loaded, run: Run, host: Host) -> None:
        """Decode one file, for `profile`; one that has errors counts as broken."""
        document = loaded.document
        decoded: Configuration | None = None
        if document is not None:
            self.bytes_by_file[loaded.path] = document.files
            self.texts.update(loaded.texts)
            if self.profile is None:
                return
            decoded = _decoded(document, self.profile, host, loaded.problems, run)
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
        from .overrides import overrides

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
    return Run(files, semantics, named_at, wishes, settings, project, policies, policy_files)


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
) -> Sources:
    """Load every file that `paths` stand for, choose the generation, and decode. See `begin`."""
    sources = Sources()
    listing = Diagnostics()
    sources.wishes = wishes
    run = begin(paths, host, semantics, listing, wishes)
    if run is None:
        diagnostics += listing
        return sources
    sources.belongs_to(run)
    files = [load_file(path, host) for path in run.files]
    found = [(file.path, forms(file.document.root)) for file in files if file.document]
    sources.profile = choose(run.semantics, found, listing, run.named_at)
    for file in files:
        sources.add(file, run, host)
    sources.broken += [item.span.file for item in listing if item.severity is Severity.ERROR]
    diagnostics += [*listing, *(item for file in files for item in file.problems)]
    return sources


def _project(
    named: str, paths: tuple[str, ...], host: Host, diagnostics: Diagnostics
) -> "Project | None":
    path = named or project_file(paths, host, diagnostics)
    if not path:
        return None
    from .project import load

    return load(path, host, diagnostics)


def _policies(
    project: "Project | None", named: tuple[str, ...], host: Host, diagnostics: Diagnostics
) -> tuple[tuple["Policy", ...], Mapping[str, bytes]]:
    listed = project.policies if project else ()
    if not (listed or named):
        return (), {}
    from .policy import load

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
        from .overrides import overridden

        root = overridden(root, run.overrides)
    constants: Mapping[str, str] = {}
    environment = profile.environment and run.wishes.environment
    if profile.constants or environment:
        from .interpolate import constants_of, with_constants, with_environment

        if profile.constants:
            defined = constants_of(root, host.environment, problems)
            root, constants = with_constants(root, defined), defined.texts
        if environment and _may_refer(document, run):
            root = with_environment(root, host.environment, problems)
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
) -> Compilation:
    """Lower what was read, if what is asked for can be had of it. See `lowered`.

    `repository`: only those whose path or label fits this pattern.
    """
    asked = Asked(actions, repository, options)
    if sources.profile is not None and not can_be_had(asked, sources.configurations, diagnostics):
        sources.configurations.clear()
    return lowered(sources, asked, host, diagnostics, facts)


def lowered(
    sources: Sources,
    asked: Asked,
    host: Host,
    diagnostics: Diagnostics,
    facts: Facts,
    *,
    presence: bool = True,
) -> Compilation:
    """The compilation of what was read. A file whose hooks can't be compiled joins the broken ones.

    `presence`: whether to tell of what isn't on this machine.
    """
    profile = sources.profile
    if profile is None:
        return Compilation(
            None, (), tuple(sources.broken), tuple(diagnostics), sources.texts, {}, {}
        )
    request = Request(
        ordered_actions(asked.actions, profile),
        REQUESTED if asked.actions else f"the default actions of semantics {profile.name}",
        asked.repository,
        asked.options,
        facts,
        sources.wishes.environment,
        presence,
        sources.project.plain_text if sources.project else (),
    )
    configurations = tuple(sources.configurations)
    plan, read_too, problems = _lowered(configurations, profile, request, host)
    failed = {problem.span.file for problem in problems if problem.severity is Severity.ERROR}
    broken = [*sources.broken]
    if failed:
        bad = [c for c in configurations if failed & {c.path, *sources.bytes_by_file[c.path]}]
        own = {file for c in bad for file in (c.path, *sources.bytes_by_file[c.path])}
        if failed - own:
            bad = list(configurations)  # what the command line asks for can't be had
        broken += [c.path for c in bad]
        configurations = tuple(c for c in configurations if c not in bad)
        plan, read_too, _ = _lowered(configurations, profile, request, host)
    diagnostics.extend(problems)
    project = sources.project
    if project is not None:
        read_too[project.path] = project.data
        if configurations:
            from .project import with_settings

            plan = with_settings(plan, project, diagnostics)
    if configurations:
        lost = flow.verify(plan)
        for promise in lost:
            diagnostics.error(
                "BP501", f"the plan is unsound: {promise.rule} ({promise.subject})", Span("<plan>"),
                "this is a bug of borgplan, please report it",
            )  # fmt: skip
        if sources.policies and not lost:
            from .policy import check

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
        semantics_chosen=sources.semantics_chosen,
        policies=sources.policies,
        plain_text=request.plain_text,
    )


def _lowered(
    configurations: tuple[Configuration, ...], profile: Profile, request: Request, host: Host
) -> tuple[Plan, dict[str, bytes], Diagnostics]:
    problems = Diagnostics()
    return *lower(configurations, profile, request, host, problems), problems


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
