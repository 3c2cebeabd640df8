"""`notify:` of a project file decoded: who hears of the end of which steps (BP701 to BP703, BP37x).

notify:
  - when: failure of borg check
    ntfy: {topic: disks}
  - when: [success, failure]
    healthchecks: {ping_url: https://hc-ping.com/…}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...grammar import parse
from ..analysis.selector import MAX_LENGTH, compiled
from ..config.decode.services import service
from ..config.services import SERVICES, ServiceKind
from ..config.settings import Settings
from ..lower.messages import lent_options
from ..plan.conditions import End, Quiet
from ..plan.model import ScopeKind
from ..semantics.monitoring import State
from ..semantics.service_options import check_service
from ..source.diagnostic import Diagnostics, did_you_mean
from ..source.host import Host
from ..source.span import Span, Text
from ..syntax.nodes import Mapping, Node, Scalar, Sequence, kind
from .notices import STATES, WHOLE_RUN, Notice, When, can_tell

if TYPE_CHECKING:
    from lark import Token, Tree

_OWN = ("when", "quiet")
_LATEST = (99,)
_KNOWN = {name: found for name, found in SERVICES.items() if found.until >= _LATEST}
_LAST_ROW = 1000
_EXAMPLE = "for example: failure of borg check; 3 failures of borg create in a row; success"
_ENTRY = "for example: {when: failure of borg check, ntfy: {topic: disks}}"
_TIME = r"([01]?[0-9]|2[0-3]):([0-5][0-9])"
_QUIET = re.compile(rf"{_TIME}\s*-\s*{_TIME}")


def notices(root: Mapping, path: str, host: Host, diagnostics: Diagnostics) -> tuple[Notice, ...]:
    """The entries of `notify`, each for one service; what is wrong with one is recorded. `root`: of the project file,
    `path`: its path."""
    node = next(value for key, value in root.pairs if key.text == "notify")
    if not isinstance(node, Sequence):
        diagnostics.error("BP702", f"`notify` takes a list, not {kind(node)}", node.span)
        return ()
    reader = _Reader(path, host, diagnostics)
    return tuple(
        notice for number, item in enumerate(node.items) for notice in reader.entry(number, item)
    )


class _Reader:
    def __init__(self, path: str, host: Host, diagnostics: Diagnostics) -> None:
        self._path = path
        self._host = host
        self._diagnostics = diagnostics

    def entry(self, number: int, item: Node) -> Iterator[Notice]:
        """An entry for each of its services."""
        if not isinstance(item, Mapping):
            self._wrong("an entry of `notify` is a mapping", item.span, _ENTRY)
            return
        values: dict[str, tuple[Scalar, Node]] = {}
        for key, value in item.pairs:
            if key.text in values:
                message = f"`{key.text}` is set twice"
                self._diagnostics.error("BP701", message, key.span)
            elif key.text not in (*_OWN, *_KNOWN):
                hint = did_you_mean(key.text, (*_OWN, *_KNOWN))
                hint = hint or f"known: {', '.join((*_OWN, *_KNOWN))}"
                self._diagnostics.error("BP701", f"unknown key `{key.text}`", key.span, hint)
            values[key.text] = key, value
        whens = self._whens(values["when"][1] if "when" in values else None, item)
        quiet = self._quiet(values["quiet"][1], whens) if "quiet" in values else None
        names = [name for name in values if name in _KNOWN]
        if not names:
            self._wrong(
                "an entry of `notify` needs a service", item.span, f"one of {', '.join(_KNOWN)}"
            )
        for name in names:
            yield from self._of_service(f"notify[{number}].", *values[name], whens, quiet)

    def _of_service(
        self, within: str, key: Scalar, node: Node, whens: tuple[When, ...], quiet: Quiet | None
    ) -> Iterator[Notice]:
        found = service(key, node, self._diagnostics, _options(_KNOWN[key.text]))
        if found is None:
            return
        states = tuple(dict.fromkeys(STATES[when.end].value for when in whens))
        check_service(
            found._replace(options={**found.options, "states": states}), self._diagnostics
        )
        lent = lent_options(found, Settings({}), self._host, self._diagnostics)
        notice = Notice(self._path, within, found, whens, quiet, lent)
        for when in whens:
            if not can_tell(notice, when):
                what = when.end.value.replace("-", " ")
                self._wrong(f"`{key.text}` can't tell of a {what}", when.span)
        yield notice

    def _whens(self, node: Node | None, item: Node) -> tuple[When, ...]:
        """A text, or a list of texts."""
        items = node.items if isinstance(node, Sequence) else (node,)
        if node is None or not items:
            self._wrong("an entry of `notify` needs `when`", item.span, _EXAMPLE)
            return ()
        found = []
        for each in items:
            if isinstance(each, Scalar) and isinstance(each.value, str):
                found.append(self._when(Text(each.text, each.span)))
            elif each is not None:
                self._wrong(f"`when` takes a text, not {kind(each)}", each.span, _EXAMPLE)
        return tuple(when for when in found if when)

    def _when(self, written: Text) -> When | None:
        text, span = written
        if len(text) > MAX_LENGTH:
            self._wrong(f"`when` has at most {MAX_LENGTH} characters", span)
            return None
        tree = parse("condition", text)
        if isinstance(tree, int):
            near = text[tree : tree + 20]
            where = f"at `{near}`" if near else "at its end"
            self._diagnostics.error("BP703", f"this can't be parsed {where}", span, _EXAMPLE)
            return None
        before = len(self._diagnostics)
        found = [part for part in tree.children if part and not isinstance(part, str)]
        parts = {str(part.data): part for part in found}
        end, row = _end(parts)
        if "row" in parts and not 1 < row <= _LAST_ROW:
            self._wrong(f"a row has 2 to {_LAST_ROW} failures", span)
        each = ScopeKind(str(parts["each"].children[-1])) if "each" in parts else ScopeKind.RUN
        if "steps" not in parts:
            about, chooses = WHOLE_RUN, None
        else:
            steps = parts["steps"]
            about = text[steps.meta.start_pos : steps.meta.end_pos]
            inner = next(child for child in steps.children if not isinstance(child, str))
            chooses = compiled(inner, lambda _: span, self._diagnostics)
        return (
            When(end, chooses, about, each, row, span) if len(self._diagnostics) == before else None
        )

    def _quiet(self, node: Node, whens: tuple[When, ...]) -> Quiet | None:
        text = node.text if isinstance(node, Scalar) else ""
        match = _QUIET.fullmatch(text.strip())
        if match is None:
            message = "`quiet` takes a part of the day"
            self._wrong(message, node.span, 'for example: "22:00-07:00"')
            return None
        if whens and all(when.end is not End.SUCCESS for when in whens):
            self._wrong("`quiet` is for successes, and this entry has none", node.span)
        hours = [int(number) for number in match.groups()]
        quiet = Quiet(hours[0] * 60 + hours[1], hours[2] * 60 + hours[3])
        if quiet.start == quiet.end:
            self._wrong("`quiet` ends when it begins", node.span)
        return quiet

    def _wrong(self, message: str, span: Span, hint: str = "") -> None:
        self._diagnostics.error("BP702", message, span, hint)


def _end(parts: dict[str, Tree[Token]]) -> tuple[End, int]:
    """What is told of, and in how many runs in a row."""
    if "row" in parts:
        return End.FAILURE, int(str(parts["row"].children[0]))
    words = [str(word) for word in parts["end"].children if isinstance(word, str)]
    return End("-".join(words)), 1


def _options(known: ServiceKind) -> ServiceKind:
    """Without `states`, which `when` says, and with the texts of soft failures beside those of successes."""
    behind = f"{State.FINISH.value}."
    skips = [
        option._replace(name=f"{State.SKIP.value}.{option.name.removeprefix(behind)}")
        for option in known.options
        if option.name.startswith(behind)
    ]
    options = [option for option in known.options if option.name != "states"]
    return known._replace(options=(*options, *skips))
