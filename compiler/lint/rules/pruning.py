"""Which archives prune is about, against the names that create gives: too many, or none."""

from __future__ import annotations

from collections.abc import Iterator

from ...borg.create import UNJUDGED
from ...borg.series import fits, neighbour
from ...config.model import Configuration
from ...driver.compile import Compilation
from ...plan.model import ScopeId
from ...plan.titles import subcommand
from ...plan.work import Process
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...source.span import Span
from ...support.record import NamedTuple
from ..rule import Rule

_FILTERS = ("--glob-archives", "--match-archives", "--prefix")


class Pruning(NamedTuple):
    """`pattern`: of the archives it is about; None for all. `name`: of those create makes, or empty."""

    configuration: Configuration
    repository: str
    span: Span
    pattern: str | None
    name: str


def pruning(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP433 and BP438: rules Borg refuses. BP434: all archives. BP435, BP436: none. BP447: others too."""
    for configuration in compilation.configurations:
        _check_rules(configuration, diagnostics)
    told: set[str] = set()
    for found in prunings(compilation):
        if found.configuration.path not in told:
            told.add(found.configuration.path)
            _check_filter(found, diagnostics)


def _check_rules(configuration: Configuration, diagnostics: Diagnostics) -> None:
    keep = {k: s for k, s in configuration.settings.by_key.items() if k.startswith("keep_")}
    keep.pop("keep_exclude_tags", None)
    if keep and all(setting.value == 0 for setting in keep.values()):
        diagnostics.warning(
            "BP433",
            "every `keep_…` option is 0; borg prune refuses that and fails",
            next(iter(keep.values())).span,
            "set a rule, or run actions without prune",
        )
    if "keep_13weekly" in keep and "keep_3monthly" in keep:
        diagnostics.warning(
            "BP438",
            "`keep_13weekly` and `keep_3monthly` are mutually exclusive; borg prune refuses both and fails",
            keep["keep_3monthly"].span,
            "remove one of them",
        )


def prunings(compilation: Compilation) -> Iterator[Pruning]:
    """Each prune of the plan: an action's command, of which the scope is a repository's."""
    if compilation.plan is None:
        return
    scopes = {scope.id: scope for scope in compilation.plan.scopes}
    by_path = {configuration.path: configuration for configuration in compilation.configurations}
    names: dict[ScopeId | None, str] = {}
    prunes = []
    for step in compilation.plan.steps:
        if isinstance(step.work, Process):
            repository = scopes[scopes[step.scope].parent or ""]
            if subcommand(step) == "create":
                names[repository.id] = _archive(step.work, repository.name)
            elif subcommand(step) == "prune":
                prunes.append((repository, [str(word) for word in step.work.argv]))
    for repository, words in prunes:
        configuration = by_path[scopes[repository.parent or ""].name]
        at = next((n for n, word in enumerate(words) if word in _FILTERS), None)
        pattern = None if at is None else words[at + 1]
        name = names.get(repository.id, "")
        yield Pruning(configuration, repository.name, _place(configuration), pattern, name)


def _archive(create: Process, location: str) -> str:
    """The name format in a command of Borg 1, which stands before roots that no pattern line can express:
    that of the archive once its dumps are judged."""
    start = f"{location}::"
    words = [word for word in create.argv if isinstance(word, str) and word.startswith(start)]
    return words[-1].removeprefix(start).removesuffix(UNJUDGED) if words else ""


def _place(configuration: Configuration) -> Span:
    """Where the filter comes from."""
    for key in ("prefix", "match_archives", "archive_name_format"):
        setting = configuration.settings.by_key.get(key)
        if setting is not None:
            return setting.span
    return configuration.span


def _check_filter(found: Pruning, diagnostics: Diagnostics) -> None:
    if found.pattern is None:
        diagnostics.note(
            "BP434",
            f"prune selects every archive of {found.repository}, including those of other machines and configurations",
            found.span,
            "if others use the repository, set `match_archives` or start the name "
            "format with `{hostname}-`",
        )
    elif found.pattern.startswith("re:"):
        diagnostics.warning(
            "BP436",
            "Borg 1 has no regular expressions here: it reads this as a name, and prune finds no archive",
            found.span,
            "write a shell pattern: `sh:name-*`",
        )
    elif found.name and not fits(found.pattern, found.name):
        diagnostics.warning(
            "BP435",
            f"prune selects archives named `{found.pattern}`, but create names them "
            f"`{found.name}`: nothing is ever pruned",
            found.span,
        )
    elif found.name and not neighbour(found.name):
        diagnostics.note(
            "BP434",
            f"names of archives in {found.repository} are only a time: prune also selects "
            "those of other machines and configurations",
            found.span,
            "if others use the repository, start the name format with `{hostname}-`",
        )
    elif found.name and fits(found.pattern, other := neighbour(found.name)):
        diagnostics.note(
            "BP447",
            f"prune selects archives named `{found.pattern}`, which also match those of `{other}`",
            found.span,
            "if another series has such names, remove `prefix` and `match_archives`: "
            "borgplan then derives an exact filter from the name format",
        )


RULES = (Rule(("BP433", "BP434", "BP435", "BP436", "BP438", "BP447"), pruning),)
