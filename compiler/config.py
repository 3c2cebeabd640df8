"""A configuration file as typed values, decoded from its document with every place kept.

The sectioned form (`location:`, `storage:`, …) and the same options flat are read alike. All
problems of a file are recorded; one with errors gives no configuration.
"""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMap
from types import MappingProxyType
from typing import NamedTuple, cast

from . import decode
from .diagnostic import Diagnostic, Diagnostics, Severity, did_you_mean
from .forms import forms
from .hooks import CommandHook, Hook, HookKind, Text
from .nodes import Mapping, Node, Scalar, Sequence, kind
from .options import BY_SECTION, LATER_SECTION, OPTIONS, SECTIONS, Option, Type
from .source import Span


class Setting(NamedTuple):
    """An option's value; a text, number or boolean, or a tuple of `Text` (see `decode.value_of`)."""

    value: decode.Decoded
    span: Span


class Settings(NamedTuple):
    """Values of the options that are set, by `Option.key`; the accessors give them their types."""

    by_key: ReadOnlyMap[str, Setting]

    def text(self, key: str) -> str | None:
        return cast(str | None, self._value(key))

    def integer(self, key: str) -> int | None:
        return cast(int | None, self._value(key))

    def boolean(self, key: str) -> bool | None:
        return cast(bool | None, self._value(key))

    def texts(self, key: str) -> tuple[Text, ...]:
        return cast(tuple[Text, ...], self._value(key) or ())

    def _value(self, key: str) -> decode.Decoded | None:
        setting = self.by_key.get(key)
        return None if setting is None else setting.value


class Repository(NamedTuple):
    """A repository to back up to; `path` as configured, `label` for people, or empty."""

    path: str
    label: str
    span: Span


class Configuration(NamedTuple):
    """One file. `unimplemented` are the options it uses that borgplan knows by name only."""

    path: str
    sectioned: bool
    settings: Settings
    repositories: tuple[Repository, ...]
    hooks: tuple[Hook, ...]
    commands: tuple[CommandHook, ...]
    constants: ReadOnlyMap[str, str]
    constants_at: Span | None
    empty_hooks: tuple[Span, ...]
    unimplemented: tuple[Text, ...]
    span: Span


def configuration(
    path: str,
    root: Node,
    diagnostics: Diagnostics,
    constants: ReadOnlyMap[str, str] = MappingProxyType({}),
) -> Configuration | None:
    """Decode a merged tree; None if it has errors (codes BP2xx). `constants`: for its commands."""
    before = sum(item.severity is Severity.ERROR for item in diagnostics)
    decoder = _Decoder(diagnostics)
    decoder.top(root)
    decoded = decoder.finish(path, root)
    after = sum(item.severity is Severity.ERROR for item in diagnostics)
    return decoded._replace(constants=constants) if after == before else None


class _Decoder:
    def __init__(self, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics
        self._settings: dict[str, Setting] = {}
        self._nodes: dict[str, Node] = {}
        self._unimplemented: list[Text] = []
        self._places: dict[str, Span] = {}
        self._in_section: set[str] = set()

    def top(self, root: Node) -> None:
        if not isinstance(root, Mapping):
            self._diagnostics.error(
                "BP201", f"a configuration file is a mapping, not {kind(root)}", root.span
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
                f"remove `{section.text}:` if it is to be empty",
            )
            return
        for key, value in node.pairs:
            self._option(key, value, section.text)

    def _option(self, key: Scalar, node: Node, section: str) -> None:
        options = self._options_called(key.text, section)
        if not options:
            self._unknown(key, section)
        for option in options:
            if section or option.key not in self._in_section:
                self._set(option, key, node)
            else:
                self._shadowed(option, key)
            if section:
                self._in_section.add(option.key)
        if section and options and all(option.section != section for option in options):
            self._diagnostics.warning(
                "BP208",
                f"`{key.text}` belongs under `{options[0].section}:`; borgmatic before 1.8 refuses it here",
                key.span,
            )

    def _options_called(self, name: str, section: str) -> list[Option]:
        """Those a key stands for: its section's, else all of that name (flat, or misplaced)."""
        own = BY_SECTION.get(section, {}).get(name)
        return [own] if own else [option for option in OPTIONS if option.name == name]

    def _unknown(self, key: Scalar, section: str) -> None:
        if key.text in LATER_SECTION:
            self._unimplemented.append(Text(key.text, key.span))
            return
        names = {*(BY_SECTION[section] if section else ()), *(() if section else SECTIONS)}
        everywhere = {option.name for option in OPTIONS} | LATER_SECTION.keys()
        where = f" in `{section}:`" if section else ""
        self._diagnostics.error(
            "BP210",
            f"unknown option `{key.text}`{where}",
            key.span,
            did_you_mean(key.text, names) or did_you_mean(key.text, everywhere),
        )

    def _set(self, option: Option, key: Scalar, node: Node) -> None:
        if option.key in self._nodes:
            self._twice(option, key)
        self._nodes[option.key] = node
        self._places[option.key] = key.span
        if not option.implemented:
            self._unimplemented.append(Text(option.name, key.span))
            return
        if option.type in (Type.REPOSITORIES, Type.CHECKS, Type.COMMAND_HOOKS):
            return  # decoded in `finish`: their items may be mappings
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
        if isinstance(value, str) and value.startswith("{credential "):
            self._unimplemented.append(Text(f"{option.name}: {{credential …}}", key.span))
            return
        self._settings[option.key] = Setting(value, node.span)

    def _shadowed(self, option: Option, key: Scalar) -> None:
        """borgmatic 1.8 and later: a section's options replace those of the same name at the top."""
        self._diagnostics.append(
            Diagnostic(
                "BP209",
                Severity.WARNING,
                f"`{option.name}` also stands in a section, and that one counts",
                key.span,
                related=(("the one that counts", self._places[option.key]),),
            )
        )

    def _twice(self, option: Option, key: Scalar) -> None:
        self._diagnostics.append(
            Diagnostic(
                "BP209", Severity.WARNING,
                f"`{option.name}` stands in two sections; this one counts", key.span,
                related=(("the other one", self._places[option.key]),),
            )
        )  # fmt: skip

    def finish(self, path: str, root: Node) -> Configuration:
        self._checks()
        settings = Settings(self._settings)
        repositories = self._repositories(root)
        if "source_directories" not in self._nodes and "patterns" not in self._nodes:
            self._missing("source_directories", root)
        self._check_repositories(settings, repositories)
        self._skip_actions(settings)
        self._passphrase(settings)
        self._prefix(settings)
        for option in self._unimplemented:
            self._diagnostics.warning(
                "BP218",
                f"`{option.text}` is not implemented yet: apply refuses a run with this file",
                option.span,
            )
        hooks = tuple(
            Hook(kind, settings.texts(kind.value), self._places[kind.value])
            for kind in HookKind
            if settings.texts(kind.value)
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
                node.span
                for kind in HookKind
                if isinstance(node := self._nodes.get(kind.value), Scalar) and node.value is None
            ),
            unimplemented=tuple(self._unimplemented),
            span=Span(path),
        )

    def _missing(self, name: str, root: Node) -> None:
        place = self._places.get("location")
        where = " in `location:`" if place else ""
        self._diagnostics.error(
            "BP211", f"`{name}` is missing{where}", place or Span(root.span.file)
        )

    def _repositories(self, root: Node) -> tuple[Repository, ...]:
        node = self._nodes.get("repositories")
        if node is None:
            if isinstance(root, Mapping):
                self._missing("repositories", root)
            return ()
        option = BY_SECTION["location"]["repositories"]
        if not isinstance(node, Sequence):
            if isinstance(node, Scalar) and node.value is None:
                decode.value_of(option, node, self._diagnostics)
            else:
                decode.mismatch(option, node, self._diagnostics)
            return ()
        if not node.items:
            self._diagnostics.warning(
                "BP212", "`repositories` is empty: nothing is backed up", node.span
            )
        found = [self._repository(option, item) for item in node.items]
        return tuple(repository for repository in found if repository is not None)

    def _repository(self, option: Option, item: Node) -> Repository | None:
        path = label = ""
        if isinstance(item, Scalar) and isinstance(item.value, str):
            path = item.value
        elif not isinstance(item, Mapping):
            decode.mismatch(option, item, self._diagnostics)
            return None
        for key, value in item.pairs if isinstance(item, Mapping) else ():
            if key.text == "path":
                path = decode.text_of(option, value, self._diagnostics) or ""
            elif key.text == "label":
                label = decode.text_of(option, value, self._diagnostics) or ""
            else:
                self._unimplemented.append(Text(f"repositories: {key.text}", key.span))
        if not path:
            self._diagnostics.error("BP213", "a repository needs a `path`", item.span)
            return None
        return Repository(path, label, item.span)

    def _checks(self) -> None:
        """`checks` as names; borgmatic 1.6 and later also take mappings with a `name`."""
        node = self._nodes.get("checks")
        if node is None:
            return
        option = BY_SECTION["consistency"]["checks"]
        if not isinstance(node, Sequence):
            decode.value_of(option, node, self._diagnostics)
            return
        names = [self._check(option, item) for item in node.items]
        known = tuple(name for name in names if name is not None)
        self._settings[option.key] = Setting(known, node.span)

    def _check(self, option: Option, item: Node) -> Text | None:
        name: Node = item
        if isinstance(item, Mapping):
            for key, value in item.pairs:
                if key.text == "name":
                    name = value
                else:
                    self._unimplemented.append(Text(f"checks: {key.text}", key.span))
        if not isinstance(name, Scalar) or not isinstance(name.value, str):
            decode.wrong_item(option, name, self._diagnostics)
            return None
        if name.text not in option.choices:
            self._diagnostics.error(
                "BP207",
                f"there is no check called `{name.text}`",
                name.span,
                did_you_mean(name.text, option.choices) or f"known: {', '.join(option.choices)}",
            )
            return None
        return Text(name.text, name.span)

    def _commands(self) -> tuple[CommandHook, ...]:
        node = self._nodes.get("commands")
        if node is None:
            return ()
        option = BY_SECTION["hooks"]["commands"]
        if not isinstance(node, Sequence):
            decode.mismatch(option, node, self._diagnostics)
            return ()
        from .command_hooks import command_hook

        found = [command_hook(item, self._diagnostics) for item in node.items]
        return tuple(hook for hook in found if hook is not None)

    def _check_repositories(self, settings: Settings, repositories: tuple[Repository, ...]) -> None:
        known = {name for r in repositories for name in (r.path, r.label) if name}
        for wanted in settings.texts("check_repositories"):
            if wanted.text not in known:
                self._diagnostics.error(
                    "BP214",
                    f"`check_repositories` names {wanted.text}, which is none of the repositories",
                    wanted.span,
                    did_you_mean(wanted.text, known),
                )

    def _passphrase(self, settings: Settings) -> None:
        if (
            "encryption_passphrase" in settings.by_key
            and "encryption_passcommand" in settings.by_key
        ):
            self._diagnostics.warning(
                "BP219",
                "`encryption_passcommand` isn't run: `encryption_passphrase` is set too, and counts",
                self._places["encryption_passcommand"],
                "remove one of them",
            )

    def _skip_actions(self, settings: Settings) -> None:
        choices = BY_SECTION["hooks"]["skip_actions"].choices
        for action in settings.texts("skip_actions"):
            if action.text not in choices:
                self._diagnostics.error(
                    "BP216",
                    f"there is no action called `{action.text}`",
                    action.span,
                    did_you_mean(action.text, choices),
                )

    def _prefix(self, settings: Settings) -> None:
        """borgmatic 1.3 refuses a name format without a prefix; the intent is plain, so only warn."""
        if settings.text("archive_name_format") and not settings.text("prefix"):
            self._diagnostics.warning(
                "BP215",
                "`archive_name_format` without `prefix`: prune and check take the archives whose names fit the format",
                self._places["archive_name_format"],
                "borgmatic 1.3 refuses such a file; later releases do the same as borgplan",
            )
