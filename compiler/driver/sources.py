"""From paths to decoded files: what a run shares, each file read, its generation chosen, then decoded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..config.decode.file import configuration
from ..config.discover import configuration_files, project_file
from ..config.model import Configuration
from ..semantics import Profile
from ..semantics.select import AUTO, Generations, Written, choose, written
from ..semantics.validate import check_hooks
from ..source.diagnostic import Diagnostics, Severity
from ..source.host import Host
from ..source.span import COMMAND_LINE, Span
from ..support.record import TYPE_CHECKING, NamedTuple
from ..syntax.compose import decode
from ..syntax.load import Document, load, text_of
from ..syntax.merge import merge
from ..syntax.nodes import Node
from .request import CompileRequest

if TYPE_CHECKING:
    from ..config.overrides import Override
    from ..policy import Policy
    from ..semantics.installed import Installed
    from .project_file import Project


class Run(NamedTuple):
    """What all files of a run share, before the first of them is read.

    `files`: the paths of all configuration files. `semantics`: a profile's name, a release or `auto`,
    as it stands at `named_at`. `overrides`: of the command line, those with secrets too. `policy_files`: the bytes of files with
    policies, by path. `installed`: the borgmatic of this machine, where it plays a part.
    """

    files: tuple[str, ...]
    semantics: str
    named_at: Span
    request: CompileRequest
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
        self.request = CompileRequest(())
        self.project: Project | None = None
        self.policies: tuple[Policy, ...] = ()
        self.policy_files: Mapping[str, bytes] = {}
        self.configurations: list[Configuration] = []
        self.broken: list[str] = []
        self.texts: dict[str, str] = {}
        self.bytes_by_file: dict[str, dict[str, bytes]] = {}

    def belongs_to(self, run: Run) -> None:
        """Take over what all files of a run share."""
        self.request, self.project = run.request, run.project
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
        if decoded is not None and run.request.stands_for and decoded.services:
            told = tuple(service.as_borgmatics() for service in decoded.services)
            decoded = decoded._replace(services=told)
        if decoded is None:
            self.broken.append(loaded.path)
        else:
            self.configurations.append(decoded)


def begin(
    request: CompileRequest,
    host: Host,
    diagnostics: Diagnostics,
    secret_overrides: tuple[str, ...] = (),
) -> Run | None:
    """Find the files that a request names, and the project file; None if the run can't be.

    `secret_overrides`: beside those of the request, which holds no secret.
    """
    before = sum(item.severity is Severity.ERROR for item in diagnostics)
    settings: tuple[Override, ...] = ()
    if request.overrides or secret_overrides:
        from ..config.overrides import overrides

        settings = overrides(request.overrides, diagnostics)
        settings += overrides(secret_overrides, diagnostics, secret=True)
    project = _project(request, host, diagnostics)
    policies, policy_files = _policies(project, request.policies, host, diagnostics)
    if sum(item.severity is Severity.ERROR for item in diagnostics) > before:
        return None
    semantics, named_at = request.semantics, COMMAND_LINE
    if not semantics:
        pinned = project.semantics if project is not None else None
        semantics = pinned.text if pinned else AUTO
        named_at = pinned.span if pinned else COMMAND_LINE
    files = configuration_files(request.configs, host, diagnostics)
    return Run(
        files, semantics, named_at, request, settings, project, policies, policy_files,
        _installed(host, request.stands_for) if semantics == AUTO else None,
    )  # fmt: skip


def _installed(host: Host, stands_for: str) -> Installed | None:
    """The borgmatic of this machine; else the one that borgplan stands for, if it does."""
    from ..semantics.installed import Installed, installed

    own = Installed("borgmatic", stands_for, "borgplan called as borgmatic") if stands_for else None
    return host.fact("borgmatic", "", lambda: installed(host)) or own


def load_file(path: str, host: Host) -> Loaded:
    """Read one configuration file and what it includes."""
    problems = Diagnostics()
    return Loaded(path, load(path, host, problems), problems)


def read(
    request: CompileRequest,
    host: Host,
    diagnostics: Diagnostics,
    generations: Generations | None = None,
    secret_overrides: tuple[str, ...] = (),
) -> Sources:
    """Load every file that a request names, choose its generation, and decode it. See `begin`.

    `generations`: those of the files, if they are known already.
    """
    sources = Sources()
    listing = Diagnostics()
    sources.request = request
    run = begin(request, host, listing, secret_overrides)
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
    return written(file.document.root)  # what --set says for one run moves no hook


def chosen(files: Iterable[Loaded], run: Run, diagnostics: Diagnostics) -> Generations | None:
    """The generations of the files that could be read; None after recording why there are none."""
    found = [(file.path, shown(file, run)) for file in files if file.document]
    return choose(run.semantics, found, diagnostics, run.named_at, run.installed)


def _project(request: CompileRequest, host: Host, diagnostics: Diagnostics) -> Project | None:
    path = request.project or project_file(request.configs, host, diagnostics)
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


def root_of(
    document: Document, profile: Profile, host: Host, problems: Diagnostics, run: Run
) -> tuple[Node, Mapping[str, str]]:
    """A document merged, with the overrides of the command line, and constants and variables filled in; and the constants."""
    root = merge(
        document.root,
        profile.include_merge,
        problems,
        marks=document.marks,
        merges=document.merges,
    )
    if run.overrides:
        from ..config.overrides import overridden

        root = overridden(root, run.overrides, problems)
    constants: Mapping[str, str] = {}
    variables = host.environment
    environment = profile.environment and run.request.interpolates
    if profile.constants or environment:
        from ..config.interpolate import constants_of, with_constants, with_environment

        if profile.constants:
            defined = constants_of(root, variables, problems)
            root, constants = with_constants(root, defined), defined.texts
        if environment and _may_refer(document, run):
            root = with_environment(root, variables, problems)
    return root, constants


def _decoded(
    document: Document, profile: Profile, host: Host, problems: Diagnostics, run: Run
) -> Configuration | None:
    root, constants = root_of(document, profile, host, problems, run)
    whole = not document.unknown
    decoded = configuration(document.path, root, problems, constants, whole=whole)
    if decoded is not None:
        check_hooks(decoded, profile, problems)
    return None if problems.has_errors else decoded


def _may_refer(document: Document, run: Run) -> bool:
    """Whether `${NAME}` can stand anywhere: as it is, or escaped, in a file or on the command line."""
    data = document.files.values()
    return bool(run.overrides) or any(b"$" in text or b"\\" in text for text in data)
