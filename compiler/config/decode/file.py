"""A configuration file decoded from its document: typed values, with every place kept.

The sectioned form (`location:`, `storage:`, …) and the same options flat are read alike. All
problems of a file are recorded; one with errors gives no configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as ReadOnlyMap
from types import MappingProxyType

from ...source.diagnostic import Diagnostics, Severity
from ...source.span import Span, Text
from ...support.record import TYPE_CHECKING
from ...syntax.nodes import Mapping, Node, Scalar, Sequence, is_late, kind
from ..hooks import CommandHook, Hook, HookKind
from ..model import Configuration, Own, Repository
from ..option_names import LATER_SECTION, SNAPSHOT_NAMES
from ..options import (
    BY_NAME,
    BY_SECTION,
    GROUPS,
    OPTIONS,
    SECTIONS,
    Option,
    Type,
)  # fmt: skip
from ..settings import CheckEntry, ExitRule, Setting, Settings
from ..syntax_forms import forms
from . import values as decode
from .beside import NAMES, Beside
from .repositories import Pairs, repositories

if TYPE_CHECKING:
    from typing import Any

_PROGRAMS = (
    "systemd.systemd_creds_command", "keepassxc.keepassxc_cli_command",
    "keepassxc.secret_tool_command", "onepassword.op_command",
)  # fmt: skip
_HOOKS = tuple((kind, kind.value) for kind in HookKind)
_COMPARED = ("check_repositories", "encryption_passphrase")  # with other options
# What an entry of `repositories` can't have for itself, as it is about the whole file or run.
_OF_THE_FILE = (
    *(name for _, name in _HOOKS), *NAMES, "repositories", "constants", "log_file",
    "log_file_verbosity", "syslog_verbosity", "color", "default_actions", "check_repositories",
)  # fmt: skip
# Where old releases take what later ones refuse.
_LENIENT = tuple(
    (o.key, o) for o in OPTIONS if o.type is Type.UMASK or (o.type is Type.TEXT and o.empty_allowed)
)
_LISTS = {option.key: option for option in OPTIONS if option.key in ("checks", "borg_exit_codes")}
_LISTS_OF_MAPPINGS = (Type.REPOSITORIES, Type.CHECKS, Type.COMMAND_HOOKS, Type.EXIT_CODES)
_IF_INCLUDED = "if other files include this one, give those instead"
# One of these has to be there, where no databases are.
_SOURCES = {"source_directories", "patterns", "patterns_from"}


def configuration(
    path: str,
    root: Node,
    diagnostics: Diagnostics,
    constants: ReadOnlyMap[str, str] = MappingProxyType({}),
    *,
    whole: bool = True,
) -> Configuration | None:
    """Decode a tree; None if it has errors (BP2xx). `constants`: for commands. `whole`: with all it includes."""
    if isinstance(root, Mapping) and any(key.text == "format" for key, _ in root.pairs):
        from .keys import is_a_plan

        if is_a_plan(root, diagnostics):
            return None
    before = sum(item.severity is Severity.ERROR for item in diagnostics)
    decoder = _Decoder(diagnostics, whole=whole)
    decoder.top(root)
    decoded = decoder.finish(path, root)
    after = sum(item.severity is Severity.ERROR for item in diagnostics)
    return decoded._replace(constants=constants, whole=whole) if after == before else None


class _Decoder:
    def __init__(self, diagnostics: Diagnostics, *, whole: bool = True) -> None:
        self._diagnostics = diagnostics
        self._whole = whole
        self._settings: dict[str, Setting] = {}
        self._nodes: dict[str, Node] = {}
        self._unimplemented: list[Text] = []
        self._renamed: list[Text] = []
        self._places: dict[str, Span] = {}
        self._in_section: set[str] = set()
        self._beside = Beside(diagnostics)

    def top(self, root: Node) -> None:
        if not isinstance(root, Mapping):
            self._diagnostics.error(
                "BP201", f"a configuration file must be a mapping, not {kind(root)}", root.span
            )
            return
        for key, value in root.pairs:
            if key.text in SECTIONS:
                self._section(key, value)
            else:
                self._option(key, value, "")

    def _section(self, section: Scalar, node: Node) -> None:
        self._places[section.text] = section.span
        if not isinstance(node, Mapping):
            self._diagnostics.error(
                "BP201",
                f"the section `{section.text}` holds options, not {kind(node)}",
                section.span if isinstance(node, Scalar) and node.value is None else node.span,
                f"remove `{section.text}:` if it should be empty",
            )
            return
        for key, value in node.pairs:
            self._option(key, value, section.text)

    def _option(self, key: Scalar, node: Node, section: str) -> None:
        if key.text in GROUPS:
            self._group(key, node, section)
            return
        if key.text in NAMES:
            self._beside.take(key, node)
            self._places[key.text] = key.span
            return
        options = self._options_called(key.text, section)
        if not options and key.text in LATER_SECTION:
            self._unimplemented.append(Text(key.text, key.span))
        elif not options:
            from .keys import unknown

            unknown(key, section, self._diagnostics)
        for option in options:
            if section or option.key not in self._in_section:
                self._set(option, key, node)
            else:
                from .keys import shadowed

                shadowed(option, key, self._places[option.key], self._diagnostics)
            if section:
                self._in_section.add(option.key)
        if section and options and all(option.section != section for option in options):
            self._diagnostics.warning(
                "BP208",
                f"`{key.text}` belongs under `{options[0].section}:`; borgmatic before 1.8 refuses it here",
                key.span,
            )

    def _group(self, group: Scalar, node: Node, section: str) -> None:
        """A mapping of options; the name of each is the mapping's and its own."""
        if group.text in SNAPSHOT_NAMES:
            self._settings[group.text] = Setting(value=True, span=group.span)
            self._places[group.text] = group.span
            if isinstance(node, Scalar) and node.value is None:
                return
        if not isinstance(node, Mapping):
            self._diagnostics.error(
                "BP203", f"`{group.text}` takes a mapping, not {kind(node)}", node.span
            )
            return
        for key, value in node.pairs:
            name = f"{group.text}.{key.text}"
            self._option(Scalar(name, name, key.plain, key.span), value, section)

    def _options_called(self, name: str, section: str) -> list[Option]:
        """Those a key stands for: its section's, else all of that name (flat, or misplaced)."""
        own = BY_SECTION.get(section, {}).get(name)
        return [own] if own else BY_NAME.get(name, [])

    def _set(self, option: Option, key: Scalar, node: Node) -> None:
        if option.key in self._nodes:
            from .keys import twice

            twice(option, key, self._places[option.key], self._diagnostics)
        if key.text == option.former:
            self._renamed.append(Text(key.text, key.span))
        self._nodes[option.key] = node
        self._places[option.key] = key.span
        if not option.implemented:
            # What isn't wanted needn't be there.
            if not isinstance(node, Scalar) or node.value is not False:
                self._unimplemented.append(Text(option.name, key.span))
            return
        if not option.effect:
            self._diagnostics.note(
                "BP232",
                f"`{option.name}` has no effect: {option.help[0].lower()}{option.help[1:]}",
                key.span,
            )
        if option.type in _LISTS_OF_MAPPINGS:
            return  # decoded at the end: their items may be mappings
        if option.type is Type.CONSTANTS:
            if not isinstance(node, Mapping):
                decode.mismatch(option, node, self._diagnostics)
            return  # used before decoding, see `interpolate`
        value = decode.value_of(option, node, self._diagnostics)
        if value is None:
            if option.empty_allowed and option.type is Type.TEXT:
                value = ""
            else:
                return
        if isinstance(value, str) and "{credential" in value:
            from ..credentials import check_reference

            check_reference(option, Text(value, node.span), self._diagnostics)
        self._settings[option.key] = Setting(value, node.span)

    def own(self, pairs: Pairs) -> Own:
        """Options of one repository."""
        for key, value in pairs:
            self._option(key, value, "")
        settings = self._finished()
        for name in _OF_THE_FILE:
            if name in self._nodes or name in self._beside:
                self._diagnostics.warning(
                    "BP227",
                    f"`{name}` has no effect in a repository",
                    self._places[name],
                    "in a repository, `commands` is the only hook option; options of the "
                    "whole file or run belong at the top level",
                )
        for found in dict.fromkeys(self._lenient()):
            self._diagnostics.error("BP203", found.text, found.span)
        commands = self._commands() if "commands" in self._nodes else None
        for entry in commands or ():
            if not entry.position.in_repositories:
                self._diagnostics.warning(
                    "BP227", f"`{entry.position.value}` has no effect in a repository", entry.span
                )
        return Own(settings, commands, pairs[0][0].span)

    def _finished(self) -> Settings:
        """All settings, those included whose items may be mappings."""
        self._list_of("checks", self._check)
        self._list_of("borg_exit_codes", self._exit_rule)
        settings = Settings(self._settings)
        if "skip_actions" in settings.by_key:
            from ..consistency import check_skip_actions

            check_skip_actions(settings, self._diagnostics)
        if not settings.by_key.keys().isdisjoint(_PROGRAMS):
            from ..consistency import check_programs

            check_programs(settings, _PROGRAMS, self._diagnostics)
        return settings

    def finish(self, path: str, root: Node) -> Configuration:
        settings = self._finished()
        repositories = self._repositories(root)
        if not (self._nodes.keys() & _SOURCES or self._beside.databases()):
            hint = "" if "repositories" in self._nodes else _IF_INCLUDED
            self._missing("source_directories", root, hint)
        if not settings.by_key.keys().isdisjoint(_COMPARED):
            from ..consistency import check_passphrase, check_repositories

            check_repositories(settings, repositories, self._diagnostics)
            check_passphrase(settings, self._places, self._diagnostics)
        for option in self._unimplemented:
            self._diagnostics.warning(
                "BP218",
                f"`{option.text}` is not implemented yet: apply does not run this file",
                option.span,
            )
        hooks = tuple(
            Hook(kind, settings.texts(name), self._places[name])
            for kind, name in _HOOKS
            if settings.texts(name)
        )
        return Configuration(
            path=path,
            sectioned=forms(root).sections,
            settings=settings,
            repositories=repositories,
            hooks=hooks,
            commands=self._commands(),
            constants={},
            constants_at=self._places.get("constants"),
            empty_hooks=tuple(
                Text(name, node.span)
                for _, name in _HOOKS
                if isinstance(node := self._nodes.get(name), Scalar) and node.value is None
            ),
            lenient=tuple(dict.fromkeys(self._lenient())),
            unimplemented=tuple(self._unimplemented),
            renamed=tuple(self._renamed),
            services=self._beside.services(),
            databases=self._beside.databases(),
            span=Span(path),
        )

    def _lenient(self) -> Iterator[Text]:
        for key, option in _LENIENT:
            node = self._nodes.get(key)
            if not isinstance(node, Scalar) or is_late(node):
                continue
            if option.type is Type.UMASK and isinstance(node.value, str):
                yield Text(f"`{option.name}` is a number; remove the quotes", node.span)
            if option.type is Type.TEXT and node.value is None:
                yield Text(f"`{option.name}` has no value", node.span)

    def _missing(self, name: str, root: Node, hint: str = "") -> None:
        if not self._whole:
            return
        place = self._places.get("location")
        where = " in `location:`" if place else ""
        self._diagnostics.error(
            "BP211", f"`{name}` is missing{where}", place or Span(root.span.file), hint
        )

    def _repositories(self, root: Node) -> tuple[Repository, ...]:
        node = self._nodes.get("repositories")
        if node is not None:
            return repositories(node, self._own, self._unimplemented, self._diagnostics)
        if isinstance(root, Mapping):
            self._missing("repositories", root)
        return ()

    def _own(self, pairs: Pairs) -> Own:
        decoder = _Decoder(self._diagnostics)
        own = decoder.own(pairs)
        self._unimplemented += decoder._unimplemented  # of the same class
        return own

    def _list_of(
        self, key: str, item_of: Callable[[Option, Node], CheckEntry | ExitRule | None]
    ) -> None:
        """A list whose items may be mappings."""
        node = self._nodes.get(key)
        if node is None:
            return
        option = _LISTS[key]
        if not isinstance(node, Sequence):
            decode.value_of(option, node, self._diagnostics)
            return
        items = [item_of(option, item) for item in node.items]
        known: tuple[Any, ...] = tuple(item for item in items if item is not None)
        self._settings[key] = Setting(known, node.span)

    def _exit_rule(self, option: Option, item: Node) -> ExitRule | None:
        from .exit_codes import exit_rule

        return exit_rule(option, item, self._diagnostics)

    def _check(self, option: Option, item: Node) -> CheckEntry | None:
        from .check_entries import check_entry

        return check_entry(option, item, self._diagnostics)

    def _commands(self) -> tuple[CommandHook, ...]:
        node = self._nodes.get("commands")
        if node is None:
            return ()
        from .command_hooks import command_hooks

        return command_hooks(node, self._diagnostics)
