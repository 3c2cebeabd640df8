"""What of a configuration file only later releases know: seen in the tree, before anything is decoded."""

from __future__ import annotations

from ..config.hooks import HookKind
from ..config.option_names import BESIDE, DATABASE_NAMES, SERVICE_NAMES
from ..config.options import BY_NAME, BY_SECTION, GROUPS, REPOSITORY_OPTIONS
from ..config.syntax_forms import pairs_at_the_top
from ..source.span import Span
from ..support.record import NamedTuple
from ..support.regex import lazily
from ..syntax.nodes import Mapping, Marked, Node, Scalar, Sequence, unmarked
from . import PROFILES
from .releases import (
    CREDENTIALS,
    ENVIRONMENT,
    FLAT,
    LISTS,
    MAPPINGS,
    MARKS,
    NAME_FORMAT_ALONE,
    OWN_OPTIONS,
    SINCE,
    SOFT_EXIT,
    WORDS,
    Release,
)

# A hook that means to end its scope quietly.
soft_exit = lazily(r"""\b(?:exit|return)[\s("']*75\b""")

_VARIABLE = lazily(r"(?<![$\\])\{([a-z_]+)\}")
_REFERENCE = lazily(r"\$\{[A-Za-z_]")
_KINDS = {kind.value: kind for kind in HookKind}
_OF_REPOSITORIES = frozenset(option.name for option in REPOSITORY_OPTIONS)
_DEEPEST = 40


class Demand(NamedTuple):
    """A part of a file, in words, with the first release that knows it."""

    release: Release
    what: str
    span: Span


class Demands(NamedTuple):
    """`latest`: what asks for the latest release, the first such thing in the file; None if 1.3.22 knows all
    of it. `empty_hook`: where a hook option stands without a value, which some releases refuse."""

    latest: Demand | None = None
    empty_hook: Span | None = None


def demands(root: Node) -> Demands:
    """Of a document, merged or not. Names that no release knows are left to whoever decodes them."""
    finder = _Finder()
    finder.document(root)
    return Demands(finder.found, finder.empty_hook)


class _Finder:
    def __init__(self) -> None:
        self.found: Demand | None = None
        self.empty_hook: Span | None = None
        self._name_format: Scalar | None = None
        self._has_prefix = False

    def document(self, root: Node) -> None:
        for section, key, value in pairs_at_the_top(root):
            if isinstance(value, Marked):
                self._note(MARKS, f"`{value.mark.value}`", value.span)
            self._option(section, key, value)
        if self._name_format is not None and not self._has_prefix:
            what = "`archive_name_format` without `prefix`"
            self._note(NAME_FORMAT_ALONE, what, self._name_format.span)

    def _note(self, release: Release | None, what: str, span: Span) -> None:
        if release is not None and (self.found is None or release > self.found.release):
            self.found = Demand(release, what, span)

    def _option(self, section: str, key: Scalar, value: Node) -> None:
        name = key.text
        if not (name in BY_NAME or name in GROUPS or name in BESIDE):
            return
        if not section and name != "constants":
            self._note(FLAT, f"`{name}` outside of sections", key.span)
        elif section and not _belongs(name, section):
            self._note(FLAT, f"`{name}` in `{section}:`", key.span)
        self._note(_since(name), f"`{name}`", key.span)
        if name == "archive_name_format":
            self._name_format = key
        elif name == "prefix":
            self._has_prefix = True
        if name in _KINDS:
            if isinstance(value, Scalar) and value.value is None:
                self.empty_hook = self.empty_hook or key.span
            self._hook(_KINDS[name], value, 0)
        else:
            self._value(name, value, 0)

    def _value(self, path: str, node: Node, depth: int) -> None:
        """`path`: the option, or `option.key` for what stands in it."""
        if depth > _DEEPEST:
            return
        if isinstance(node, Marked):
            self._note(MARKS, f"`{node.mark.value}`", node.span)
        node = unmarked(node)
        match node:
            case Sequence(items, span):
                self._note(LISTS.get(path), f"`{path}` as a list", span)
                for item in items:
                    self._value(path, item, depth + 1)
            case Mapping(pairs, span):
                self._note(MAPPINGS.get(path), f"`{path}` with keys", span)
                for key, value in pairs:
                    self._inside(path, key, value, depth + 1)
            case Scalar():
                self._text(path, node)
            case _:
                return  # an include that is to be put in place

    def _inside(self, path: str, key: Scalar, value: Node, depth: int) -> None:
        if path == "repositories" and key.text not in _OF_REPOSITORIES:
            self._note(OWN_OPTIONS, f"`{key.text}` of one repository", key.span)
        inner = f"{path}.{key.text}"
        self._note(_since(inner), f"`{key.text}` in `{path}`", key.span)
        if path != "commands" or key.text != "run":  # what stands there is the shell's
            self._value(inner, value, depth)

    def _text(self, path: str, node: Scalar) -> None:
        text = node.text
        if path in WORDS:
            self._note(WORDS[path].get(text), f"`{text}` in `{path}`", node.span)
        if "${" in text and _REFERENCE.search(text):
            self._note(ENVIRONMENT, "`${…}` in an option", node.span)
        if text.startswith("{credential "):
            self._note(CREDENTIALS, "`{credential …}`", node.span)

    def _hook(self, kind: HookKind, node: Node, depth: int) -> None:
        """The commands of a hook option: exit code 75, and the names that are filled in."""
        if isinstance(node, Marked):
            self._note(MARKS, f"`{node.mark.value}`", node.span)
        node = unmarked(node)
        if isinstance(node, Sequence) and depth < _DEEPEST:
            for item in node.items:
                self._hook(kind, item, depth + 1)
        elif isinstance(node, Scalar):
            if "75" in node.text and soft_exit.search(node.text):
                self._note(SOFT_EXIT, "exit code 75 in a hook", node.span)
            for found in _VARIABLE.finditer(node.text) if "{" in node.text else ():
                release = _first_with(kind, found[1])
                self._note(release, f"`{found[0]}` in `{kind.value}`", node.span)


def _since(path: str) -> Release | None:
    """The first release that knows an option within another; None if that plays no part."""
    if path in DATABASE_NAMES:
        from ..config.databases import BY_OPTION

        return BY_OPTION[path].since
    service, _, name = path.partition(".")
    if service not in SERVICE_NAMES:
        return SINCE.get(path)
    from ..config.services import SERVICES

    if not name:
        return SERVICES[service].since
    options = SERVICES[service].options
    known = (o.since for o in options if o.name == name or o.name.startswith(f"{name}."))
    return next((since for since in known if len(since) > 1), None)


def _belongs(name: str, section: str) -> bool:
    return (
        name in BY_SECTION[section]
        or BESIDE.get(name) == section
        or any(known.startswith(f"{name}.") for known in BY_SECTION[section])
    )


def _first_with(kind: HookKind, variable: str) -> Release | None:
    """The first generation that fills in this name in such a hook; None if none does, or the oldest."""
    for profile in PROFILES:
        if any(p.kind is kind and variable in p.variables for p in profile.hooks):
            return None if profile is PROFILES[0] else profile.first
    return None
