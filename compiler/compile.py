"""The whole way: paths to a verified plan, all that is wrong with them, and the secrets apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from . import flow
from .actions import Action
from .borg.actions import Existence, RepositoryOptions
from .config import Configuration, configuration
from .diagnostic import Diagnostic, Diagnostics, Severity
from .discover import configuration_files
from .document import IncludeMerge, load, merge, text_of
from .host import Host
from .lower import Request, lower, ordered_actions
from .plan import Plan, SecretOption
from .semantics import Profile
from .source import Span


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


class Sources:
    """Decoded files, before it is known what to do with them; `read` fills it."""

    def __init__(self) -> None:
        self.configurations: list[Configuration] = []
        self.broken: list[str] = []
        self.texts: dict[str, str] = {}
        self.bytes_by_file: dict[str, dict[str, bytes]] = {}


def read(paths: tuple[str, ...], host: Host, profile: Profile, diagnostics: Diagnostics) -> Sources:
    """Load and decode every file that `paths` stand for."""
    sources = Sources()
    before = len(diagnostics)
    for path in configuration_files(paths, host, diagnostics):
        problems = Diagnostics()
        document = load(path, host, problems)
        decoded = None
        if document is not None:
            strategy: IncludeMerge = profile.include_merge
            decoded = configuration(path, merge(document.root, strategy, problems), problems)
            sources.bytes_by_file[path] = document.files
            sources.texts.update({file: text_of(document, file) for file in document.files})
        if decoded is None or problems.has_errors:
            sources.broken.append(path)
        else:
            sources.configurations.append(decoded)
        diagnostics.extend(problems)
    if not sources.broken and any(d.severity is Severity.ERROR for d in diagnostics[before:]):
        sources.broken.append(diagnostics[before].span.file)
    return sources


def plan_of(
    sources: Sources,
    profile: Profile,
    actions: tuple[Action, ...],
    host: Host,
    diagnostics: Diagnostics,
    repository_options: RepositoryOptions | None = None,
    existence: Mapping[str, Existence] | None = None,
) -> Compilation:
    """Lower what was read. A file whose hooks can't be compiled joins the broken ones."""
    request = Request(
        ordered_actions(actions, profile),
        "requested" if actions else f"the default actions of semantics {profile.name}",
        repository_options or RepositoryOptions(),
        existence or {},
    )
    configurations = tuple(sources.configurations)
    plan, read_too, problems = _lowered(configurations, profile, request, host)
    failed = {problem.span.file for problem in problems if problem.severity is Severity.ERROR}
    broken = [*sources.broken]
    if failed:
        bad = [c for c in configurations if failed & {c.path, *sources.bytes_by_file[c.path]}]
        broken += [c.path for c in bad]
        configurations = tuple(c for c in configurations if c not in bad)
        plan, read_too, _ = _lowered(configurations, profile, request, host)
    diagnostics.extend(problems)
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
        secrets=secrets_of(configurations),
    )


def _lowered(
    configurations: tuple[Configuration, ...], profile: Profile, request: Request, host: Host
) -> tuple[Plan, dict[str, bytes], Diagnostics]:
    problems = Diagnostics()
    return *lower(configurations, profile, request, host, problems), problems


def secrets_of(configurations: tuple[Configuration, ...]) -> dict[SecretOption, str]:
    """What `configurations` hold that no plan may, by where it is configured."""
    secrets = {}
    for configuration_ in configurations:
        value = configuration_.settings.text("encryption_passphrase")
        if value is not None:
            secrets[SecretOption(configuration_.path, "encryption_passphrase")] = value
    return secrets
