"""From the text of policies to records; what can't be read is said with its place (BP902)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ...grammar import parse
from ..analysis.selector import MAX_LENGTH, compiled, unquoted
from ..plan.model import ScopeKind
from ..source.diagnostic import Diagnostics, did_you_mean
from ..source.span import Span
from ..support.durations import duration
from ..syntax.nodes import shorten
from .records import (
    Chosen,
    Claim,
    Counted,
    Ending,
    Event,
    Exits,
    FleetPolicy,
    GivenBack,
    Limited,
    Ordered,
    Policy,
    Related,
    Relation,
    Together,
    Told,
)
from .source_text import Written, statements

if TYPE_CHECKING:
    from lark import Token, Tree

MAX_STATEMENT = 2000
MAX_POLICIES = 1000
_KINDS = {
    "plan": ScopeKind.RUN,
    "configuration": ScopeKind.CONFIGURATION,
    "repository": ScopeKind.REPOSITORY,
}
_WORDS = (
    "acquisition", "after", "always", "because", "before", "comes", "each", "every", "exactly", "exit", "fails",
    "failure", "has", "interrupted", "interruption", "least", "most", "never", "only", "released", "reported", "runs",
    "softly", "success", "then", "timeout", "with", "configuration", "plan", "repository",
    "exported", "hosts", "prune", "server", "write",
)  # fmt: skip
_EXAMPLE = "for example: borg prune only after success of borg create in each repository"


_NOT_KNOWN = "neither plans nor journals have it; keep what `borgplan key export` writes, and check it where it is kept"


def policies(written: Written, diagnostics: Diagnostics) -> list[Policy]:
    """The policies of a text about one plan; those that can't be read, and those about several hosts, are left out after
    an error (BP902, BP703)."""
    found, others = all_policies(written, diagnostics)
    for each in others:
        hint = "`borgplan fleet policy FILE` evaluates it"
        diagnostics.error(
            "BP902", "this policy is about the plans of several hosts", each.span, hint
        )
    return found


def all_policies(
    written: Written, diagnostics: Diagnostics
) -> tuple[list[Policy], list[FleetPolicy]]:
    """The policies of a text about one plan, and those about several hosts; what can't be read is an error, as above."""
    found: list[Policy] = []
    about_hosts: list[FleetPolicy] = []
    for number, (offset, text) in enumerate(statements(written.text)):
        if number == MAX_POLICIES:
            span = written.between(offset, offset + len(text))
            diagnostics.error("BP902", f"a text has at most {MAX_POLICIES} policies", span)
            break
        policy = _Reader(written, offset, text, diagnostics).policy()
        if isinstance(policy, FleetPolicy):
            about_hosts.append(policy)
        elif policy is not None:
            found.append(policy)
    return found, about_hosts


class _Reader:
    """Reads one policy."""

    def __init__(self, written: Written, offset: int, text: str, diagnostics: Diagnostics) -> None:
        self._written = written
        self._offset = offset
        self._text = text
        self._diagnostics = diagnostics

    def policy(self) -> Policy | FleetPolicy | None:
        if len(self._text) > MAX_STATEMENT:
            message = f"a policy has at most {MAX_STATEMENT} characters"
            self._diagnostics.error("BP902", message, self._between(0, 1))
            return None
        tree = parse("policy", self._text)
        if isinstance(tree, int):
            self._stopped(tree)
            return None
        before = len(self._diagnostics)
        (form, *more) = _parts(tree)
        reason = unquoted(str(more[0].children[1])) if more else ""
        whole = self._between(0, len(self._text))
        match form.data:
            case "pruned":
                return FleetPolicy(Together.PRUNE, 1, reason, whole)
            case "written":
                return FleetPolicy(Together.WRITE, int(_words(form)[2]), reason, whole)
            case "exported":
                message = "whether a host's key was exported can't be evaluated"
                self._diagnostics.error("BP902", message, whole, _NOT_KNOWN)
                return None
            case _:
                claim = _FORMS[form.data](self, form)
        return Policy(claim, reason, whole) if len(self._diagnostics) == before else None

    def steps(self, tree: Tree[Token]) -> Chosen:
        start, end = tree.meta.start_pos, tree.meta.end_pos
        span = self._between(start, end)
        text = self._text[start:end]
        if len(text) > MAX_LENGTH:
            message = f"a selector has at most {MAX_LENGTH} characters"
            self._diagnostics.error("BP902", message, span)
            return Chosen(lambda _step, _index: False, text, span)
        return Chosen(compiled(_parts(tree)[0], self._place, self._diagnostics), text, span)

    def time(self, token: str) -> int:
        seconds = duration(token)
        if not seconds:
            place = self._text.rindex(token)
            self._diagnostics.error(
                "BP902", "a time limit is a time such as 90, 5m or 1h30m, and not 0",
                self._between(place, place + len(token)),
            )  # fmt: skip
        return seconds or 0

    def _place(self, token: Token) -> Span:
        start = token.start_pos or 0
        return self._between(start, start + len(token))

    def _between(self, start: int, end: int) -> Span:
        return self._written.between(self._offset + start, self._offset + end)

    def _stopped(self, offset: int) -> None:
        rest = self._text[offset:]
        near = rest.split(None, 1)[0] if rest.strip() else ""
        where = f"at `{shorten(near)}`" if near else "at its end"
        span = self._between(offset, offset + max(1, len(near)))
        if not near:
            span = self._between(len(self._text) - 1, len(self._text))
        word = "" if near in _WORDS else did_you_mean(near[:40], _WORDS)
        self._diagnostics.error(
            "BP902", f"this policy can't be parsed {where}", span, word or _EXAMPLE
        )


def _parts(tree: Tree[Token]) -> list[Tree[Token]]:
    return [child for child in tree.children if child and not isinstance(child, str)]


def _words(tree: Tree[Token]) -> list[str]:
    return [str(child) for child in tree.children if isinstance(child, str)]


def _named(tree: Tree[Token], name: str) -> Iterator[Tree[Token]]:
    return (part for part in _parts(tree) if part.data == name)


def _each(tree: Tree[Token]) -> ScopeKind:
    return next((_KINDS[_words(part)[-1]] for part in _named(tree, "each")), ScopeKind.RUN)


def _event(reader: _Reader, tree: Tree[Token]) -> Event:
    (event,) = _named(tree, "event")
    (steps,) = _named(event, "steps")
    ending = Ending.ANY
    for part in _named(event, "ending"):
        words = _words(part)
        ending = {"success": Ending.SUCCESS, "failure": Ending.HARD, "soft": Ending.SOFT}.get(
            words[0], Ending.INTERRUPTED
        )
    return Event(reader.steps(steps), ending)


def _counted(reader: _Reader, tree: Tree[Token]) -> Claim:
    *where, steps = _named(tree, "steps")
    least, most = 1, None
    for amount in _named(tree, "amount"):
        words = _words(amount)
        number = 0 if words[0] == "no" else int(words[-1])
        least = 0 if "most" in words or words[0] == "no" else number
        most = None if "least" in words else number
    kind = _KINDS[_words(tree)[1]]
    return Counted(
        kind, reader.steps(where[0]) if where else None, reader.steps(steps), least, most
    )


def _ordered(reader: _Reader, tree: Tree[Token]) -> Claim:
    one, other = (reader.steps(part) for part in _named(tree, "steps"))
    first, second = (one, other) if "before" in _words(tree) else (other, one)
    return Ordered(first, second, _each(tree))


def _always(reader: _Reader, tree: Tree[Token]) -> Claim:
    (steps,) = _named(tree, "steps")
    return Related(Relation.ALWAYS, _event(reader, tree), reader.steps(steps), _each(tree))


def _never(reader: _Reader, tree: Tree[Token]) -> Claim:
    (steps,) = _named(tree, "steps")
    chosen = reader.steps(steps)
    if not any(_named(tree, "event")):
        return Counted(ScopeKind.RUN, None, chosen, 0, 0)
    return Related(Relation.NEVER, _event(reader, tree), chosen, _each(tree))


def _only(reader: _Reader, tree: Tree[Token]) -> Claim:
    (steps,) = _named(tree, "steps")
    chosen = reader.steps(steps)
    return Related(Relation.ONLY, _event(reader, tree), chosen, _each(tree))


def _tested(reader: _Reader, tree: Tree[Token]) -> Claim:
    steps, bad_end, then, *_ = _parts(tree)
    words = _words(bad_end)
    ending = Ending.INTERRUPTED if "interrupted" in words else Ending.HARD
    event = Event(reader.steps(steps), Ending.SOFT if "softly" in words else ending)
    if then.data == "exits":
        return Exits(event, int(_words(then)[-1]))
    relation = Relation.RUNS if then.data == "runs" else Relation.RESTS
    return Related(relation, event, reader.steps(_parts(then)[0]), _each(tree))


def _told(reader: _Reader, tree: Tree[Token]) -> Claim:
    return Told(reader.steps(_parts(tree)[0]))


def _given(reader: _Reader, tree: Tree[Token]) -> Claim:
    return GivenBack(next((reader.steps(part) for part in _parts(tree)), None))


def _limited(reader: _Reader, tree: Tree[Token]) -> Claim:
    words = _words(tree)
    most = reader.time(words[-1]) if "most" in words else None
    return Limited(reader.steps(_parts(tree)[0]), most)


_FORMS: dict[str, Callable[[_Reader, Tree[Token]], Claim]] = {
    "counted": _counted,
    "ordered": _ordered,
    "always": _always,
    "never": _never,
    "only": _only,
    "tested": _tested,
    "told": _told,
    "given": _given,
    "limited": _limited,
}
