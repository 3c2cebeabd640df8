"""A configuration file as text, in an old form, to a text in the form of borgmatic 2.1."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMap

from ..config.options import SECTIONS
from ..semantics import NEWEST, Profile
from ..source.diagnostic import Diagnostics
from ..source.span import Span
from ..support.record import NamedTuple
from ..syntax.compose import MERGE_KEY, decode, parse
from ..syntax.nodes import Node, Scalar, Sequence
from .assemble import Entry, Fates, assembled
from .hooks import HOOKS, head, in_order
from .layout import Header, Layout, Part, layout
from .sheet import Sheet, UnableError
from .values import Values
from .verify import parsed, verified_hooks, verify_comments, verify_values

_UNIT = 4  # of indentation, where the file shows none


class Rewritten(NamedTuple):
    """`moved`: the places of hook commands in the new text, with where each stood before."""

    text: str
    moved: ReadOnlyMap[Span, Span]


class Known(NamedTuple):
    """What is to be known of a file's includes. `set`: options that are set, here or there. `holds`:
    options that have to stay in their section."""

    set: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()


def rewrite(
    path: str,
    data: bytes,
    profile: Profile,
    diagnostics: Diagnostics,
    known: Known = Known(),  # noqa: B008  # immutable
) -> Rewritten | None:
    """The file at `path`, which means what `profile` says; None, after BP851, if that can't be done.

    A file that is in the current form comes back as it is.
    """
    text = decode(path, data, diagnostics)
    root = parse(path, data, diagnostics)
    if text is None or root is None:
        return None
    try:
        return _rewritten(path, root, text, profile, known)
    except UnableError as error:
        diagnostics.error(
            "BP851",
            f"this can't be rewritten: {error}",
            error.span,
            "write it as in the examples of borgmatic's documentation and try again",
        )
        return None


def _rewritten(path: str, root: Node, text: str, profile: Profile, known: Known) -> Rewritten:
    """Raises UnableError, also where the result is not what it should be."""
    rewriting = _Rewriting(root, text, profile, known)
    new = rewriting.text()
    if new == text:
        return Rewritten(text, {})
    verify_comments(path, text, new)
    tree = parsed(path, new)
    parts = [part for part in rewriting.layout.parts if part.first not in rewriting.dropped]
    verify_values(path, parts, tree)
    return Rewritten(new, verified_hooks(path, rewriting.layout.parts, rewriting.hooks, tree))


class _Rewriting:
    def __init__(self, root: Node, text: str, profile: Profile, known: Known) -> None:
        self._before = text
        self._sheet = Sheet(text)
        self.layout = layout(root, self._sheet)
        self._profile = profile
        self._known = known
        self._unit = _unit(self.layout, self._sheet)
        self._values = Values(self._sheet, self._unit)
        self.hooks: list[Part] = []  # in the order of their entries

    @property
    def dropped(self) -> set[int]:
        """First lines of the options that go."""
        return self._values.dropped

    def text(self) -> str:
        """Once; raises UnableError."""
        parts = self.layout.parts
        self._drop_what_does_not_count()
        counting = [part for part in parts if part.first not in self._values.dropped]
        for part in counting:
            if part.name in SECTIONS:  # included as a whole
                self._sheet.replace(part.key.span, MERGE_KEY)
        names = frozenset(part.name for part in counting)
        for part in counting:
            self._values.part(part, names)
        self._prefixes(counting)
        self._order_hooks(counting)
        opened = len(parts) < len(self.layout.blocks)
        if not (opened or self.hooks or self._values.dropped or self._sheet.is_changed):
            return self._before
        self._keep_meaning(counting)
        for part in self.hooks:
            if not self._profile.environment:
                self._values.shell_variables(part)
        heads = {place.kind.value: head(place) for place in self._profile.hooks}
        entries = [Entry(part, heads[part.name]) for part in self.hooks]
        held = {part.first for part in counting if part.section and part.name in self._known.holds}
        return assembled(
            self.layout, self._sheet, Fates(self._values.dropped, held), entries, self._unit
        )

    def _drop_what_does_not_count(self) -> None:
        """Of an option in several sections the last counts, and before one at the top."""
        counting: dict[str, Part] = {}
        for part in sorted(self.layout.parts, key=lambda part: bool(part.section)):
            other = counting.get(part.name)
            apart = part.name in ("prefix", MERGE_KEY)
            if other is not None and other.section != part.section and not apart:
                loser = part if (part.name, part.section) == ("umask", "hooks") else other
                self._values.dropped.add(loser.first)
                if loser is part:
                    continue
            counting[part.name] = part

    def _prefixes(self, parts: list[Part]) -> None:
        """One `match_archives` takes the place of them; where there is one already they stay."""
        found = [part for part in parts if part.name == "prefix"]
        if any(part.name == "match_archives" for part in parts):
            return
        for number, part in enumerate(sorted(found, key=lambda part: part.section != "retention")):
            if number:
                self._values.dropped.add(part.first)
            else:
                self._values.prefix(part, empty_is_all=self._profile.empty_prefix_is_all)

    def _order_hooks(self, parts: list[Part]) -> None:
        """As they are to stand; those without commands go."""
        hooks = [part for part in parts if part.name in HOOKS]
        empty = [part for part in hooks if _is_empty(part.value)]
        self._values.dropped |= {part.first for part in empty}
        by_name: dict[str, list[Part]] = {}
        for part in hooks:
            if part.first not in self._values.dropped:
                by_name.setdefault(part.name, []).append(part)
        known = {kind.value for kind in self._profile.known_hooks}
        for name, named in by_name.items():
            if name not in known:
                what = f"`{name}` doesn't exist in borgmatic {self._profile.name}"
                raise UnableError(what, named[0].key.span)
        ordered = in_order(list(by_name), self._profile)
        self.hooks = [part for name in ordered for part in by_name[name]]

    def _keep_meaning(self, parts: list[Part]) -> None:
        """Options that say what went without saying in the older generation."""
        named = {part.name: part for part in parts if part.first not in self._values.dropped}
        listed = named.get("check_repositories")
        if (
            listed is not None
            and self._profile.check_repositories_match
            and "repositories" in named
        ):
            texts = listed.value.items if isinstance(listed.value, Sequence) else ()
            checked = {item.text for item in texts if isinstance(item, Scalar)}
            self._values.dropped.add(listed.first)
            if checked:
                self._values.skip_checks(named["repositories"], checked)
        kinds = ("source_directories", "patterns", "patterns_from")
        sources = next((named[name] for name in kinds if name in named), None)
        lax = NEWEST.sources_must_exist and not self._profile.sources_must_exist
        if sources is not None and lax and "source_directories_must_exist" not in self._known.set:
            self._add_below(sources, "source_directories_must_exist: false")
        always = NEWEST.check_frequency and not self._profile.check_frequency
        retention = [part for part in parts if part.name.startswith("keep_")]
        last = None if "repositories" in self._known.holds else named.get("repositories")
        below = retention[-1] if retention else last or sources
        if below is not None and always and "checks" not in self._known.set:
            unit = " " * self._unit
            self._add_below(
                below, "checks:", f"{unit}- name: repository", f"{unit}- name: archives"
            )

    def _add_below(self, part: Part, *lines: str) -> None:
        column = " " * part.column
        self._sheet.append(part.end - 1, tuple(column + line for line in lines))


def _unit(arranged: Layout, sheet: Sheet) -> int:
    """How far the file moves in what belongs to something."""
    for block in arranged.blocks:
        if isinstance(block, Header):
            return max(2, block.column - arranged.column)
    for part in arranged.parts:
        below = [n for n in range(part.first + 1, part.end) if not sheet.is_empty(n)]
        if below and sheet.indentation(below[0]) > part.column:
            return max(2, sheet.indentation(below[0]) - part.column)
    return _UNIT


def _is_empty(value: Node) -> bool:
    return isinstance(value, Scalar) or (isinstance(value, Sequence) and not value.items)
