"""The project file, `borgplan.yaml`: what borgmatic's configuration files have no word for.

    semantics: 1.5.24
    timeout: 6h
    steps:
      - select: hook before_backup and command "systemctl stop *"
        name: stop-app
        timeout: 5m
        retries: 2
        retry_wait: 10s

Of several entries that choose a step, the last one that names a setting counts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .diagnostic import Diagnostics, did_you_mean
from .document import MAX_BYTES
from .hooks import Text
from .host import Host, UnreadableError
from .identity import Names
from .index import index
from .nodes import Mapping, Node, Scalar, Sequence, kind
from .parse import parse
from .plan import GRACE_SECONDS, Limits, Plan, Step
from .selector import Selector, selector
from .source import Span

_KEYS = ("semantics", "timeout", "stop_grace", "steps")
_STEP_KEYS = ("select", "name", "timeout", "retries", "retry_wait")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_DURATION = re.compile(r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s?)?")


class StepRule(NamedTuple):
    """Settings for the steps that a selector chooses; None where an entry says nothing."""

    chooses: Selector
    select: Text
    name: str | None
    timeout: int | None
    retries: int | None
    retry_wait: int | None


class Project(NamedTuple):
    """A project file. `semantics` is None where it doesn't pin any; `limits` are the run's."""

    path: str
    data: bytes
    semantics: Text | None
    steps: tuple[StepRule, ...]
    limits: Limits = Limits()


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
    return project if len(diagnostics) == before else None


class _Reader:
    """Decodes; every problem is an error, as a setting that isn't understood must not be lost."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics

    def project(self, path: str, data: bytes, root: Node) -> Project:
        values = self._mapping(root, _KEYS, "a project file")
        semantics = self._text(values.get("semantics"), "semantics")
        steps = values.get("steps")
        items: tuple[Node, ...] = ()
        if isinstance(steps, Sequence):
            items = steps.items
        elif steps is not None:
            self._wrong("`steps` takes a list", steps)
        rules = [self._rule(item) for item in items]
        timeout = self._positive(values.get("timeout"), "timeout")
        grace = self._positive(values.get("stop_grace"), "stop_grace")
        limits = Limits(timeout, GRACE_SECONDS if grace is None else grace)
        return Project(path, data, semantics, tuple(rule for rule in rules if rule), limits)

    def _rule(self, item: Node) -> StepRule | None:
        values = self._mapping(item, _STEP_KEYS, "an entry of `steps`")
        select = self._text(values.get("select"), "select")
        if select is None:
            if "select" not in values and isinstance(item, Mapping):
                self._diagnostics.error("BP702", "an entry of `steps` needs `select`", item.span)
            return None
        if len(values) == 1:
            self._diagnostics.error(
                "BP702", "this entry chooses steps and says nothing about them", item.span
            )
        chooses = selector(select, self._diagnostics)
        name = self._text(values.get("name"), "name")
        if name is not None and not _NAME.fullmatch(name.text):
            self._diagnostics.error(
                "BP702", "a name is made of letters, digits, `_`, `-` and `.`", name.span
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
                self._diagnostics.error("BP701", f"`{key.text}` stands here twice", key.span)
            values[key.text] = value
        return values

    def _text(self, node: Node | None, name: str) -> Text | None:
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.value is None or isinstance(node.value, bool):
            self._wrong(f"`{name}` takes a text", node)
            return None
        return Text(node.text, node.span)

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
        match = _DURATION.fullmatch(text)
        if not text or match is None:
            self._wrong(f"`{name}` takes a time such as 90, 5m or 1h30m", node)
            return None
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds

    def _positive(self, node: Node | None, name: str) -> int | None:
        found = self._duration(node, name)
        if node is not None and found == 0:
            self._diagnostics.error("BP702", f"`{name}` can't be 0", node.span)
        return found

    def _wrong(self, message: str, node: Node) -> None:
        self._diagnostics.error("BP702", f"{message}, not {kind(node)}", node.span)


def with_settings(plan: Plan, project: Project, diagnostics: Diagnostics) -> Plan:
    """The plan with the project's settings on its steps, named ones under their names.

    A selector that chooses nothing is a note (BP704): the run may be one without those actions.
    """
    tree = index(plan)
    steps = list(plan.steps)
    for rule in project.steps:
        chosen = [n for n, step in enumerate(plan.steps) if rule.chooses(step, tree)]
        for number in chosen:
            steps[number] = _with_rule(steps[number], rule)
        if not chosen:
            diagnostics.note(
                "BP704", f"no step of this plan fits `{rule.select.text}`", rule.select.span
            )
    names = Names(step.id for step in steps if not step.name)
    identified = tuple(_identified(step, names) for step in steps)
    return plan._replace(steps=identified, limits=project.limits)


def _with_rule(step: Step, rule: StepRule) -> Step:
    repeat = step.repeat
    if rule.retries is not None:
        repeat = repeat._replace(times=rule.retries)
    if rule.retry_wait is not None:
        repeat = repeat._replace(wait=rule.retry_wait)
    return step._replace(
        name=step.name if rule.name is None else rule.name,
        timeout=step.timeout if rule.timeout is None else rule.timeout,
        repeat=repeat,
    )


def _identified(step: Step, names: Names) -> Step:
    """A name takes the place of the digest in a step's id, so that its command may change."""
    return step._replace(id=names.named(step.scope, step.phase, step.name)) if step.name else step
