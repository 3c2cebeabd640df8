"""From paths to rewritten files, and the plans that show what the rewriting did to their meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..borg.action_options import ActionOptions
from ..config.discover import configuration_files, project_file
from ..config.hooks import HookKind
from ..config.interpolate import ENVIRONMENT
from ..config.options import SECTIONS
from ..driver.compile import plan_of
from ..driver.request import CompileRequest
from ..driver.sources import Sources, read
from ..plan.actions import Action
from ..plan.model import Plan
from ..semantics import NEWEST, Profile
from ..semantics.installed import installed
from ..semantics.select import AUTO, Generations, choose, written
from ..source.diagnostic import Diagnostics, Severity
from ..source.host import Host
from ..source.span import Span
from ..support.record import NamedTuple
from ..syntax.load import Document
from ..syntax.load import load as load_document
from ..syntax.merge import merge
from ..syntax.nodes import Mapping as MappingNode
from ..syntax.nodes import Node, Scalar, Sequence
from .addresses import addresses, with_addresses
from .comparing_host import ComparingHost
from .rewrite import Known, rewrite

if TYPE_CHECKING:
    from ..driver.project_file import Project

# Those that hooks may be about, and one that none is about.
_APART = (
    Action.CREATE, Action.PRUNE, Action.COMPACT, Action.CHECK, Action.EXTRACT, Action.REPO_LIST,
)  # fmt: skip


class File(NamedTuple):
    """A configuration file before and after."""

    path: str
    before: bytes
    after: bytes

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


class Told(NamedTuple):
    """Something that plans can't show, or that is left as it was. `kind`: as for differences of plans."""

    kind: str
    text: str
    span: Span


class Migration(NamedTuple):
    """`generations`: what the files meant. `moved`: places of hook commands now, with where each stood."""

    generations: Generations
    files: tuple[File, ...]
    moved: Mapping[Span, Span]
    told: tuple[Told, ...]
    old: Sources
    new: Sources
    host: ComparingHost

    @property
    def guessed(self) -> tuple[str, ...]:
        """The changed files of which nothing says what they meant."""
        changed = {file.path for file in self.files if file.is_changed}
        return tuple(path for path in self.generations.guessed if path in changed)

    def plans(self) -> Iterator[tuple[Plan, Plan]]:
        """What ran and what runs: first by default, which may be different actions, then action by
        action; in the second of two plans actions are in the order of the first."""
        default = self._plan(self.old, ())
        if default is None:
            return
        yield default, self._plan(self.new, ()) or default
        wanted = [tuple(Action(name) for name in default.actions)]
        wanted += [(action,) for action in _APART]
        for actions in wanted:
            old, new = self._plan(self.old, actions), self._plan(self.new, actions)
            if old is not None and new is not None:
                yield old, new

    def _plan(self, sources: Sources, actions: tuple[Action, ...]) -> Plan | None:
        kept = [*sources.configurations]
        options = ActionOptions(archive="latest") if Action.EXTRACT in actions else ActionOptions()
        sources.request = CompileRequest((), actions, options=options)
        compilation = plan_of(sources, self.host, Diagnostics())
        sources.configurations = kept
        return None if compilation.errors else compilation.plan


def migrate(
    paths: tuple[str, ...],
    host: Host,
    semantics: str,
    diagnostics: Diagnostics,
    *,
    dumps: bool = False,
) -> Migration | None:
    """All files that `paths` stand for, as the generation `semantics` reads them, or each its own for
    `auto`; None after errors.

    Files in the current form come back unchanged; with `dumps` they get entries of databases in place of hooks that
    dump.
    """
    documents = {
        path: document
        for path in configuration_files(paths, host, diagnostics)
        if (document := load_document(path, host, diagnostics)) is not None
    }
    project = _project(paths, host, diagnostics)
    generations = _generations(documents, project, host, semantics, diagnostics)
    if generations is None or diagnostics.has_errors:
        return None
    files, moved, replaced = _rewritten(documents, generations, diagnostics, dumps=dumps)
    if diagnostics.has_errors:
        return None
    changed = tuple(file.path for file in files if file.is_changed)
    same = tuple(file.path for file in files if not file.is_changed)
    as_read = {name: data for d in documents.values() for name, data in d.files.items()}
    was = ComparingHost(host, as_read)
    is_now = ComparingHost(host, {**as_read, **{file.path: file.after for file in files}})
    problems = Diagnostics()
    if same:
        read(CompileRequest(same, semantics=AUTO), was, problems)
    old = new = Sources()
    if changed:
        old = read(CompileRequest(changed, semantics=AUTO), was, problems, generations)
    diagnostics += [item for item in problems if item.severity is Severity.ERROR]
    if diagnostics.has_errors:
        return None
    problems.clear()
    if changed:
        new = read(CompileRequest(changed, semantics=NEWEST.name), is_now, problems)
    _tell_inexpressible(problems, moved, diagnostics)
    if diagnostics.has_errors:
        return None
    told = [
        *(Told("address", *one) for one in addresses(old, changed)),
        *_references(documents, changed, generations),
        *_included(new),
        *replaced,
    ]
    if changed and project is not None:
        told += _of_project(project)
    old.project = new.project = None  # it is about steps by their hooks, which have other names now
    old.configurations = [with_addresses(c, changed) for c in old.configurations]
    return Migration(generations, files, moved, tuple(told), old, new, was.without_reading())


def _generations(
    documents: Mapping[str, Document], project: Project | None, host: Host, semantics: str,
    diagnostics: Diagnostics,
) -> Generations | None:  # fmt: skip
    pinned = project.semantics if project is not None else None
    found = [(path, written(document.root)) for path, document in documents.items()]
    if semantics or pinned is None:
        return choose(
            semantics or AUTO, found, diagnostics,
            installed=installed(host) if semantics in ("", AUTO) else None,
        )  # fmt: skip
    return choose(pinned.text, found, diagnostics, pinned.span, installed(host))


def _project(paths: tuple[str, ...], host: Host, diagnostics: Diagnostics) -> Project | None:
    path = project_file(paths, host, diagnostics)
    if path is None:
        return None
    from ..driver.project_file import load

    return load(path, host, diagnostics)


def _of_project(project: Project) -> Iterator[Told]:
    """What the project file says of files in the old form."""
    if project.semantics is not None:
        words = f"remove `semantics: {project.semantics.text}`: that release has no `commands:`"
        yield Told("project", words, project.semantics.span)
    if project.steps:
        words = "rewrite the selectors that use names of hooks"
        yield Told("project", words, Span(project.path))


def _rewritten(
    documents: Mapping[str, Document],
    generations: Generations,
    diagnostics: Diagnostics,
    *,
    dumps: bool,
) -> tuple[tuple[File, ...], dict[Span, Span], list[Told]]:
    files: list[File] = []
    moved: dict[Span, Span] = {}
    told: list[Told] = []
    for path, document in documents.items():
        before, profile = document.files[path], generations.of(path)
        rewritten = rewrite(path, before, profile, diagnostics, _known(document, profile))
        if rewritten is None:
            continue
        after = _encoded(rewritten.text, before)
        if dumps:
            from .dump_entries import with_entries

            found = with_entries(path, before, after, diagnostics)
            if found is None:
                continue
            after = _encoded(found.text, before)
            moved.update(found.moved)
            told += [Told("dumps", one.text, one.span) for one in found.replaced]
        files.append(File(path, before, after))
        moved.update(rewritten.moved)
    return tuple(files), moved, told


def _tell_inexpressible(
    problems: Diagnostics, moved: Mapping[Span, Span], diagnostics: Diagnostics
) -> None:
    """What is wrong with the new text, at the place in the old one, as far as that is known (BP852)."""
    for problem in problems:
        if problem.severity is Severity.ERROR:
            diagnostics.error(
                "BP852",
                f"the current form can't express this: {problem.message}",
                moved.get(problem.span) or Span(problem.span.file),
                "nothing was changed; rewrite this part by hand",
            )


def _known(document: Document, profile: Profile) -> Known:
    """borgmatic 2.1 fails over plain texts as repositories, except where there is a section."""
    root = merge(document.root, profile.include_merge, Diagnostics())
    options: dict[str, Node] = {}
    for key, value in root.pairs if isinstance(root, MappingNode) else ():
        inner = value.pairs if key.text in SECTIONS and isinstance(value, MappingNode) else None
        for name, node in inner or ((key, value),):
            options[name.text] = node
    repositories = options.get("repositories")
    plain = isinstance(repositories, Sequence) and any(
        isinstance(item, Scalar) and item.span.file != document.path for item in repositories.items
    )
    return Known(frozenset(options), frozenset({"repositories"} if plain else ()))


def _encoded(text: str, before: bytes) -> bytes:
    """In the encoding that the file has."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if before.startswith(mark):
            return mark + text.encode(encoding)
    mark = b"\xef\xbb\xbf"
    return (mark if before.startswith(mark) else b"") + text.encode("utf-8")


def _references(
    documents: Mapping[str, Document], changed: tuple[str, ...], generations: Generations
) -> Iterator[Told]:
    """`${NAME}` in options, which an old generation took as it is, and nobody meant so."""
    for path in changed:
        if generations.of(path).environment:
            continue
        for scalar in _scalars(documents[path].root):
            found = ENVIRONMENT.search(scalar.text)
            if found:
                words = f"{found[0]} is now replaced from the environment"
                yield Told("environment", words, scalar.span)


def _scalars(node: Node) -> Iterator[Scalar]:
    """Values of options other than hooks."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, MappingNode):
        for key, value in node.pairs:
            if key.text not in {kind.value for kind in HookKind}:
                yield from _scalars(value)


def _included(sources: Sources) -> Iterator[Told]:
    """What is still in the old form, as it stands in another file."""
    for configuration in sources.configurations:
        for hook in configuration.hooks:
            yield Told("included", f"`{hook.kind.value}` is included and is not changed", hook.span)
        if configuration.sectioned:
            words = "a section remains or is included: its options keep the old form"
            yield Told("included", words, configuration.span)
