"""The project file, `borgplan.yaml`: what borgmatic's configuration files have no word for: docs/project-file.md.

Of several entries that choose a step, the last one that names a setting counts.
"""

from __future__ import annotations

import re

from ..analysis.selector import Selector, selector
from ..lower.dumping import Dumping, dumping, is_on
from ..lower.selection import Once, once
from ..plan.claims import Pair
from ..plan.model import GRACE_SECONDS, Limits
from ..source.codes import LintSettings, known_codes, unknown
from ..source.diagnostic import Diagnostics, Severity, did_you_mean
from ..source.host import Host, UnreadableError
from ..source.span import Span, Text
from ..support.durations import duration
from ..support.record import TYPE_CHECKING, NamedTuple
from ..syntax.compose import parse
from ..syntax.load import MAX_BYTES
from ..syntax.nodes import Mapping, Node, Scalar, Sequence, kind
from .plain_text import plain_text

if TYPE_CHECKING:
    from ..snapshots.freeze import Freeze
    from .notices import Notice

_KEYS = (
    "semantics", "steps", "timeout", "stop_grace", "lint", "policies", "pairs", "plain_text", "metrics",
    "snapshots", "on_dump_failure", "dump_together", "dump_once", "freeze", "notify", "count_files",
)  # fmt: skip
_PAIR_KEYS = ("name", "take", "give", "either")
_LINT_KEYS = ("select", "ignore", "severity")
_STEP_KEYS = ("select", "name", "timeout", "retries", "retry_wait")
_WORD = r"[^\s{}]+"
_FORM = re.compile(rf"{_WORD}(?:\s+(?:{_WORD}|\{{[a-z_]+\}}))*(?:\s+\{{[a-z_]+\.\.\.\}})?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class StepRule(NamedTuple):
    """Settings for the steps that a selector chooses; None where an entry says nothing."""

    chooses: Selector
    select: Text
    name: str | None
    timeout: int | None
    retries: int | None
    retry_wait: int | None


class Project(NamedTuple):
    """A project file. `semantics` is None where it doesn't pin any. `policies`: texts, or files of such.
    `limits` are the run's. `plain_text`: commands that take values in hooks as they are.
    `metrics`: see `Plan`. `snapshots`: for what they are taken once. `dumps`: how they are made. `freezes`: what
    stands still for snapshots. `counts_files`: whether each run counts new files. `notices`: messages at the end of a run."""

    path: str
    data: bytes
    semantics: Text | None
    steps: tuple[StepRule, ...]
    lint: LintSettings = LintSettings()
    policies: tuple[Text, ...] = ()
    pairs: tuple[Pair, ...] = ()
    limits: Limits = Limits()
    plain_text: tuple[str, ...] = ()
    metrics: str = ""
    snapshots: Once = Once.AT_BEST
    dumps: Dumping = Dumping()
    freezes: tuple[Freeze, ...] = ()
    counts_files: bool = False
    notices: tuple[Notice, ...] = ()


def load(path: str, host: Host, diagnostics: Diagnostics) -> Project | None:
    """The project file at `path`; None after recording what is wrong (BP10x, BP70x)."""
    try:
        data = host.read(path, MAX_BYTES)
    except UnreadableError as error:
        diagnostics.error("BP101", str(error), Span(path))
        return None
    before = len(diagnostics)
    root = parse(path, data, diagnostics)
    if root is None:
        return None
    reader = _Reader(diagnostics)
    project = reader.project(path, data, root)
    if isinstance(root, Mapping) and any(key.text == "notify" for key, _ in root.pairs):
        from .notify import notices

        project = project._replace(notices=notices(root, path, host, diagnostics))
    found = list(diagnostics)[before:]
    return None if any(d.severity is Severity.ERROR for d in found) else project


class _Reader:
    """Decodes; every problem is an error, as a setting that isn't understood must not be lost."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics

    def project(self, path: str, data: bytes, root: Node) -> Project:
        values = self._mapping(root, _KEYS, "a project file")
        semantics = self._text(values.get("semantics"), "semantics")
        steps = values.get("steps")
        items = steps.items if isinstance(steps, Sequence) else ()
        if steps is not None and not isinstance(steps, Sequence):
            self._wrong("`steps` takes a list", steps)
        rules = [self._rule(item) for item in items]
        lint = self._lint(values["lint"]) if "lint" in values else LintSettings()
        policies = self._policies(values.get("policies"))
        for_steps = tuple(rule for rule in rules if rule)
        pairs = self._pairs(values.get("pairs"))
        timeout = self._positive(values.get("timeout"), "timeout")
        grace = self._positive(values.get("stop_grace"), "stop_grace")
        limits = Limits(timeout, GRACE_SECONDS if grace is None else grace)
        plain = plain_text(values.get("plain_text"), self._diagnostics)
        metrics = self._path(values.get("metrics"), "metrics")
        failure = self._text(values.get("on_dump_failure"), "on_dump_failure")
        how = (self._switch(values.get(key), key) for key in ("dump_together", "dump_once"))
        return Project(
            path, data, semantics, for_steps, lint, policies, pairs, limits, plain, metrics,
            once(self._text(values.get("snapshots"), "snapshots"), self._diagnostics),
            dumping(failure, *how, diagnostics=self._diagnostics),
            self._freezes(values.get("freeze")),
            is_on(self._switch(values.get("count_files"), "count_files")),
        )  # fmt: skip

    def _lint(self, node: Node) -> LintSettings:
        values = self._mapping(node, _LINT_KEYS, "`lint`")
        severity = self._text(values.get("severity"), "severity")
        words = [severity.word for severity in Severity]
        if severity is not None and severity.text not in words:
            self._diagnostics.error(
                "BP702", f"`severity` is one of {', '.join(words)}", severity.span
            )
        return LintSettings(
            self._codes(values.get("select"), "select"),
            self._codes(values.get("ignore"), "ignore"),
            severity.text if severity else "",
        )

    def _codes(self, node: Node | None, name: str) -> tuple[str, ...]:
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self._wrong(f"`{name}` takes a list of codes", node)
            return ()
        found = [text for text in (self._text(item, name) for item in node.items) if text]
        for text in found:
            if unknown([text.text], known_codes()):
                self._diagnostics.error("BP702", f"no code starts with `{text.text}`", text.span)
        return tuple(text.text for text in found)

    def _pairs(self, node: Node | None) -> tuple[Pair, ...]:
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self._wrong("`pairs` takes a list", node)
            return ()
        return tuple(pair for item in node.items if (pair := self._pair(item)))

    def _pair(self, item: Node) -> Pair | None:
        """What one command takes and another gives back, for the cleanup proof."""
        values = self._mapping(item, _PAIR_KEYS, "an entry of `pairs`")
        name = self._text(values.get("name"), "name")
        takes, gives = (self._forms(values.get(key), key, item) for key in ("take", "give"))
        either = self._switch(values.get("either"), "either")
        if either is None and "either" in values:
            return None
        if not (takes and gives):
            return None
        called = name.text if name else takes[0].split()[0]
        return Pair(called, takes, gives, either=either is not None and either.text == "true")

    def _forms(self, node: Node | None, key: str, item: Node) -> tuple[str, ...]:
        """Forms of commands, as compiler/analysis/pairs.py has them."""
        nodes = node.items if isinstance(node, Sequence) else (node,)
        texts = [text for each in nodes if (text := self._text(each, key))]
        for text in texts:
            if not _FORM.fullmatch(text.text):
                self._diagnostics.error(
                    "BP702",
                    f"`{key}` takes a command with `{{name}}` for one argument, or "
                    "`{name...}` at the end for several",
                    text.span,
                    "for example: licctl checkout {name}",
                )
                return ()
        if not texts and isinstance(item, Mapping):
            self._diagnostics.error("BP702", f"an entry of `pairs` needs `{key}`", item.span)
        return tuple(text.text for text in texts)

    def _freezes(self, node: Node | None) -> tuple[Freeze, ...]:
        if node is None:
            return ()
        from .freezes import freezes

        return freezes(node, self._diagnostics)

    def _policies(self, node: Node | None) -> tuple[Text, ...]:
        """A text, or a list of texts."""
        items = node.items if isinstance(node, Sequence) else (node,)
        found = (self._text(item, "policies") for item in items)
        return tuple(text for text in found if text)

    def _rule(self, item: Node) -> StepRule | None:
        values = self._mapping(item, _STEP_KEYS, "an entry of `steps`")
        select = self._text(values.get("select"), "select")
        if select is None:
            if "select" not in values and isinstance(item, Mapping):
                self._diagnostics.error("BP702", "an entry of `steps` needs `select`", item.span)
            return None
        if len(values) == 1:
            self._diagnostics.error(
                "BP702", "this entry selects steps without a setting for them", item.span
            )
        chooses = selector(select, self._diagnostics)
        name = self._text(values.get("name"), "name")
        if name is not None and not _NAME.fullmatch(name.text):
            self._diagnostics.error(
                "BP702", "a name may contain letters, digits, `_`, `-` and `.`", name.span
            )
        timeout = self._positive(values.get("timeout"), "timeout")
        retries = self._count(values.get("retries"))
        wait = self._duration(values.get("retry_wait"), "retry_wait")
        if chooses is None:
            return None
        return StepRule(chooses, select, name.text if name else None, timeout, retries, wait)

    def _mapping(self, node: Node, known: tuple[str, ...], what: str) -> dict[str, Node]:
        if not isinstance(node, Mapping):
            self._wrong(f"{what} is a mapping", node)
            return {}
        values: dict[str, Node] = {}
        for key, value in node.pairs:
            if key.text not in known:
                hint = did_you_mean(key.text, known) or f"known: {', '.join(known)}"
                self._diagnostics.error("BP701", f"unknown key `{key.text}`", key.span, hint)
            elif key.text in values:
                self._diagnostics.error("BP701", f"`{key.text}` is set twice", key.span)
            values[key.text] = value
        return values

    def _text(self, node: Node | None, name: str) -> Text | None:
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.value is None or isinstance(node.value, bool):
            self._wrong(f"`{name}` takes a text", node)
            return None
        return Text(node.text, node.span)

    def _switch(self, node: Node | None, name: str) -> Text | None:
        """`true` or `false`, with its place."""
        if node is None:
            return None
        if not (isinstance(node, Scalar) and isinstance(node.value, bool)):
            self._wrong(f"`{name}` takes true or false", node)
            return None
        return Text("true" if node.value else "false", node.span)

    def _path(self, node: Node | None, name: str) -> str:
        """A run may begin in any directory."""
        found = self._text(node, name)
        if found is None:
            return ""
        if not found.text.startswith("/") or found.text.endswith("/") or "\0" in found.text:
            self._diagnostics.error(
                "BP702", f"`{name}` takes the whole path of a file, from `/` on", found.span
            )
        return found.text

    def _count(self, node: Node | None) -> int | None:
        if node is None:
            return None
        number = node.value if isinstance(node, Scalar) else None
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= 1000:
            self._wrong("`retries` takes a number from 0 to 1000", node)
            return None
        return number

    def _duration(self, node: Node | None, name: str) -> int | None:
        """In seconds; written `90`, `90s`, `5m`, `1h30m`."""
        if node is None:
            return None
        text = node.text if isinstance(node, Scalar) and not isinstance(node.value, bool) else ""
        seconds = duration(text)
        if seconds is None:
            self._wrong(f"`{name}` takes a time such as 90, 5m or 1h30m", node)
        return seconds

    def _positive(self, node: Node | None, name: str) -> int | None:
        found = self._duration(node, name)
        if node is not None and found == 0:
            self._diagnostics.error("BP702", f"`{name}` can't be 0", node.span)
        return found

    def _wrong(self, message: str, node: Node) -> None:
        self._diagnostics.error("BP702", f"{message}, not {kind(node)}", node.span)
