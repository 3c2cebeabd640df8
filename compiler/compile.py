"""The whole way: paths to a verified plan, all that is wrong with them, and the secrets apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from . import flow
from .actions import ANSWERING, Action
from .borg.common import passphrase
from .borg.request import ActionOptions
from .config import Configuration
from .decode_file import configuration
from .diagnostic import Diagnostic, Diagnostics, Severity, did_you_mean
from .discover import configuration_files, project_file
from .document import Document, load, merge, text_of
from .forms import forms
from .host import Host
from .lower import Facts, Request, lower, ordered_actions, selects
from .plan import Plan, SecretOption
from .semantics import Profile
from .semantics.choose import AUTO, check_hooks, choose
from .source import COMMAND_LINE, Span

if TYPE_CHECKING:
    from .overrides import Override
    from .project import Project


class Compilation(NamedTuple):
    """What compiling gives.

    `plan`: of the files without errors; None if there is none of those. `broken`: the files that
    have errors. `texts`: of every configuration file read, by path. `files`: the bytes of all that
    the plan was made from. `secrets`: what the plan only refers to.
    """

    plan: Plan | None
    configurations: tuple[Configuration, ...]
    broken: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    files: Mapping[str, bytes]
    secrets: Mapping[SecretOption, str]

    def __repr__(self) -> str:
        """Without the secrets and the files, which hold them too."""
        return f"Compilation(plan={self.plan!r}, broken={self.broken!r})"

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(item for item in self.diagnostics if item.severity is Severity.ERROR)


class Wishes(NamedTuple):
    """What the command line says about reading. `overrides`: as `--set` has them. `environment`:
    whether `${NAME}` is replaced. `project`: a project file, if one is named."""

    overrides: tuple[str, ...] = ()
    environment: bool = True
    project: str = ""


class Sources:
    """Decoded files, before it is known what to do with them; `read` fills it."""

    def __init__(self) -> None:
        self.profile: Profile | None = None
        self.wishes = Wishes()
        self.project: Project | None = None
        self.configurations: list[Configuration] = []
        self.broken: list[str] = []
        self.texts: dict[str, str] = {}
        self.bytes_by_file: dict[str, dict[str, bytes]] = {}


def read(
    paths: tuple[str, ...],
    host: Host,
    semantics: str,
    diagnostics: Diagnostics,
    wishes: Wishes = Wishes(),  # noqa: B008  # immutable
) -> Sources:
    """Load every file that `paths` stand for, choose the generation, and decode.

    `semantics`: the name of a profile, a release, or `auto`; empty for what the project file says.
    """
    sources = Sources()
    listing = Diagnostics()
    settings: tuple[Override, ...] = ()
    if wishes.overrides:
        from .overrides import overrides

        settings = overrides(wishes.overrides, listing)
    sources.wishes = wishes
    sources.project = _project(wishes.project, paths, host, sources, listing)
    if listing.has_errors:
        diagnostics += listing
        return sources
    pinned = sources.project.semantics if sources.project is not None else None
    chosen_at = COMMAND_LINE
    if not semantics:
        semantics = pinned.text if pinned else AUTO
        chosen_at = pinned.span if pinned else COMMAND_LINE
    problems: dict[str, Diagnostics] = {}
    documents: dict[str, Document] = {}
    for path in configuration_files(paths, host, listing):
        problems[path] = Diagnostics()
        document = load(path, host, problems[path])
        if document is None:
            sources.broken.append(path)
        else:
            documents[path] = document
            sources.bytes_by_file[path] = document.files
            sources.texts.update({file: text_of(document, file) for file in document.files})
    found = [(path, forms(document.root)) for path, document in documents.items()]
    sources.profile = choose(semantics, found, listing, chosen_at)
    if sources.profile is not None:
        for path, document in documents.items():
            decoded = _decoded(document, sources.profile, host, problems[path], wishes, settings)
            if decoded is None:
                sources.broken.append(path)
            else:
                sources.configurations.append(decoded)
    sources.broken += [item.span.file for item in listing if item.severity is Severity.ERROR]
    diagnostics += [*listing, *(item for found in problems.values() for item in found)]
    return sources


def _project(
    named: str, paths: tuple[str, ...], host: Host, sources: Sources, diagnostics: Diagnostics
) -> Project | None:
    path = named or project_file(paths, host, diagnostics)
    if not path:
        return None
    from .project import load

    project = load(path, host, diagnostics)
    if project is not None:
        sources.texts[path] = project.data.decode("utf-8", "replace")
    return project


def _decoded(
    document: Document,
    profile: Profile,
    host: Host,
    problems: Diagnostics,
    wishes: Wishes,
    settings: tuple[Override, ...],
) -> Configuration | None:
    root = merge(document.root, profile.include_merge, problems)
    if settings:
        from .overrides import overridden

        root = overridden(root, settings)
    constants: Mapping[str, str] = {}
    environment = profile.environment and wishes.environment
    if profile.constants or environment:
        from .interpolate import constants_of, with_constants, with_environment

        if profile.constants:
            defined = constants_of(root, host.environment, problems)
            root, constants = with_constants(root, defined), defined.texts
        if environment:
            root = with_environment(root, host.environment, problems)
    decoded = configuration(document.path, root, problems, constants)
    if decoded is not None:
        check_hooks(decoded, profile, problems)
    return None if problems.has_errors else decoded


def plan_of(
    sources: Sources,
    actions: tuple[Action, ...],
    host: Host,
    diagnostics: Diagnostics,
    repository: str = "",
    options: ActionOptions = ActionOptions(),  # noqa: B008  # immutable
    facts: Facts = Facts(),  # noqa: B008  # immutable
) -> Compilation:
    """Lower what was read. A file whose hooks can't be compiled joins the broken ones.

    `repository`: only those whose path or label fits this pattern.
    """
    profile = sources.profile
    if profile is None:
        return Compilation(
            None, (), tuple(sources.broken), tuple(diagnostics), sources.texts, {}, {}
        )
    request = Request(
        ordered_actions(actions, profile),
        "requested" if actions else f"the default actions of semantics {profile.name}",
        repository,
        options,
        facts,
        sources.wishes.environment,
    )
    _check_repository(repository, sources, diagnostics)
    _check_single(actions, options, repository, sources, diagnostics)
    _check_json(actions, options, sources, diagnostics)
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
        if project.steps and configurations:
            from .project import with_settings

            plan = with_settings(plan, project, diagnostics)
    if configurations:
        for promise in flow.verify(plan):
            diagnostics.error(
                "BP501", f"the plan is unsound: {promise.rule} ({promise.subject})", Span("<plan>"),
                "this is a bug of borgplan, please report it",
            )  # fmt: skip
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
        },
        secrets=secrets_of(configurations, host),
    )


def _check_repository(wanted: str, sources: Sources, diagnostics: Diagnostics) -> None:
    repositories = [r for c in sources.configurations for r in c.repositories]
    if wanted and not any(selects(wanted, repository) for repository in repositories):
        names = [name for r in repositories for name in (r.path, r.label) if name]
        diagnostics.error(
            "BP407",
            f"no repository is called `{wanted}`",
            COMMAND_LINE,
            did_you_mean(wanted, names) or f"known: {', '.join(names)}",
        )
        sources.configurations.clear()


def _check_single(
    actions: tuple[Action, ...],
    options: ActionOptions,
    wanted: str,
    sources: Sources,
    diagnostics: Diagnostics,
) -> None:
    """What is taken out of several repositories would end up in one place (BP419)."""
    found = [r for c in sources.configurations for r in c.repositories if selects(wanted, r)]
    taking = {Action.EXTRACT, Action.EXPORT_TAR} | (
        {Action.KEY_EXPORT} if options.destination else set()
    )
    asked = [a for a in actions if a in taking or (options.json and a in ANSWERING)]
    if asked and len(found) > 1:
        diagnostics.error(
            "BP419",
            f"{asked[0]}{' --json' if options.json else ''} is about one repository; there are {len(found)}",
            COMMAND_LINE,
            f"--repository {found[0].label or found[0].path}",
        )
        sources.configurations.clear()


def _check_json(
    actions: tuple[Action, ...], options: ActionOptions, sources: Sources, diagnostics: Diagnostics
) -> None:
    """Two JSON documents after each other are none (BP421)."""
    asked = [action for action in actions if action in ANSWERING]
    if options.json and len(asked) > 1:
        names = " and ".join(action.value for action in asked)
        diagnostics.error("BP421", f"--json is for one action at a time, not {names}", COMMAND_LINE)
        sources.configurations.clear()


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
