"""A plan as text, for somebody who has to understand it quickly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import groupby

from ...compiler.plan.command_text import command_text
from ...compiler.plan.index import Index, index
from ...compiler.plan.model import (
    GRACE_SECONDS,
    Phase,
    Plan,
    Resume,
    Role,
    Scope,
    ScopeKind,
    Step,
    Trigger,
)
from ...compiler.plan.progress import PROGRESS
from ...compiler.plan.titles import consents, subcommand
from ...compiler.plan.work import Process, Shell, can_fail
from ...compiler.semantics import NEWEST
from ...compiler.semantics.divergences import divergences
from ...compiler.shell.printable import printable
from ...compiler.source.span import Span
from ..report.style import Style
from .diagnostics import place
from .folding import folded_note, folds
from .hook_context import blocks
from .meanings import meanings, names_of
from .phrases import count
from .step_notes import duration, effects, limits, umask
from .wrapping import Verbatim, broken, fitting


def render(plan: Plan, style: Style, *, every: bool = True) -> str:
    """The whole plan: a sentence, then every command in order with what surrounds it. Without `every`, commands that are
    alike are folded."""
    text = _Text(plan, style, every=every)
    lines = (part for line in text.lines() for part in fitting(line, style.columns))
    return "".join(f"{line}\n" for line in lines)


def preamble(plan: Plan) -> list[str]:
    """What there is to know before the steps: what refuses the plan; releases, reasons, consents, limits, facts."""
    text = _Text(plan, Style(), every=True)
    return [*filter(None, text.refusals()), *text.reasons()]


def summary(plan: Plan) -> str:
    """The plan in one sentence."""
    kinds = [scope.kind for scope in plan.scopes]
    hooks = sum(isinstance(step.work, Shell) for step in plan.steps)
    repositories = kinds.count(ScopeKind.REPOSITORY)
    tree = index(plan)
    there = {tree.name_of(s.scope, ScopeKind.ACTION) for s in plan.steps if s.phase is Phase.BODY}
    actions = tuple(action for action in plan.actions if action in there)
    files = count(kinds.count(ScopeKind.CONFIGURATION), "configuration file")
    if hooks == len(plan.steps) and not repositories:
        return f"{count(hooks, 'hook')} of {files}, and nothing else"
    none = "nothing to create" if plan.actions == ("repo-create",) else "no Borg command"
    return (
        f"{_list(actions) or none} on {count(repositories, 'repository', 'repositories')} of "
        f"{files}: {count(len(plan.steps), 'command')} ({count(hooks, 'hook')})"
    )


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"


class _Text:
    def __init__(self, plan: Plan, style: Style, *, every: bool) -> None:
        self._plan = plan
        self._every = every
        self._style = style
        self._tree: Index = index(plan)
        self._number = {step.id: number for number, step in enumerate(plan.steps, 1)}
        kinds = ((scope.kind, scope.name) for scope in plan.scopes)
        self._repositories = {name for kind, name in kinds if kind is ScopeKind.REPOSITORY}
        self._digits = max(3, len(str(len(plan.steps))))

    def lines(self) -> Iterator[str]:
        yield f"Plan: {summary(self._plan)}."
        if recorded := self._plan.recorded:
            when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(recorded.time))
            yield f"Facts: of {printable(recorded.host)}, recorded {when}."
        yield from self.reasons()
        yield from self._scope(self._tree.root, 0)
        yield from self.surroundings()
        yield from self._differences()
        yield from self.refusals()

    def reasons(self) -> Iterator[str]:
        """The generation of hooks, and what brought Borg's commands into the plan."""
        yield from meanings(self._plan)
        reasons: dict[str, dict[str, None]] = {}
        for step in self._plan.steps:
            scope = self._tree.scopes[step.scope]
            is_work = scope.kind is ScopeKind.ACTION and step.phase is Phase.BODY
            if is_work and step.role is Role.BORG:
                # What has a reason beside that of its action is named by itself.
                first = self._tree.steps_of(scope, Phase.BODY)[0]
                name = scope.name if step.reason == first.reason else step.title
                reasons.setdefault(step.reason, {})[name] = None
        for reason, actions in reasons.items():
            yield f"Why {_list(tuple(actions))}: {reason}."
        steps = self._plan.steps
        watched = [s for s in steps if isinstance(s.work, Process) and s.work.progress_at]
        if shown := tuple(dict.fromkeys(subcommand(s) or s.title for s in watched)):
            yield f"While progress is shown, {PROGRESS} is added to {_list(shown)}."
        for consent in consents(self._plan):
            yield f"Needs consent (--yes, or an answer at a terminal): {printable(consent)}."
        for log in self._plan.logs:
            what = "errors only, " if log.errors_only else ""
            yield f"Log: {what}added to {printable(log.path)}."
        if self._plan.metrics:
            yield f"Metrics: what becomes of the run is written to {printable(self._plan.metrics)}."
        if self._plan.limits.timeout is not None:
            yield f"Limit: the run is interrupted after {duration(self._plan.limits.timeout)}."
        if self._plan.limits.grace != GRACE_SECONDS:
            grace = duration(self._plan.limits.grace)
            yield f"Limit: a process that does not stop is killed after {grace}."
        for fact in self._plan.facts:
            what = "Repository " if fact.subject in self._repositories else ""
            yield f"{what}{printable(fact.subject)}: {printable(fact.found)}."
        hooks = any(isinstance(step.work, Shell) for step in self._plan.steps)
        if hooks and any(name != NEWEST.name for name in names_of(self._plan)):
            yield (
                "Hook behaviour differs between borgmatic releases; "
                f"compare with: borgplan plan --against-semantics {NEWEST.name}"
            )

    def _scope(self, scope: Scope, depth: int, *, apart: bool = False) -> Iterator[str]:
        """`apart`: an action under a line of its own, as hooks stand around it or its neighbours."""
        indent = "  " * depth
        if scope.kind is ScopeKind.CONFIGURATION:
            yield from ("", self._style.paint(printable(scope.name), "bold"))
        elif scope.kind is ScopeKind.REPOSITORY:
            yield ""
            rest = self._consequence_for_repository(scope)
            label = f" ({printable(scope.label)})" if scope.label else ""
            yield f"{indent}{self._heading(f'repository {printable(scope.name)}{label}', rest)}"
        elif apart and any(self._tree.steps_of(scope, phase) for phase in Phase):
            yield from ("", f"{indent}{self._heading(f'action {scope.name}', '')}")
        yield from self._phase(scope, Phase.ENTER, depth)
        yield from self._phase(scope, Phase.BODY, depth)
        children = self._tree.children_of(scope)
        apart = any(map(self._is_action_with_hooks, children))
        for child in children:
            below = 1 if scope.kind is ScopeKind.RUN else depth + 1
            yield from self._scope(child, below, apart=apart)
        yield from self._phase(scope, Phase.EXIT, depth)
        yield from self._phase(scope, Phase.RECOVER, depth)

    def _is_action_with_hooks(self, scope: Scope) -> bool:
        around = (phase for phase in Phase if phase is not Phase.BODY)
        return scope.kind is ScopeKind.ACTION and any(
            self._tree.steps_of(scope, phase) for phase in around
        )

    def _phase(self, scope: Scope, phase: Phase, depth: int) -> Iterator[str]:
        """The steps of a phase, those of one hook under a heading."""
        is_work = scope.kind is ScopeKind.ACTION and phase is Phase.BODY
        for heading, group in groupby(self._tree.steps_of(scope, phase), _heading_of):
            steps = list(group)
            if not is_work:
                if scope.kind is not ScopeKind.ACTION:
                    yield ""
                yield "  " * depth + self._heading(heading, self._notes(scope, steps))
            yield from self._listed(steps)

    def _listed(self, steps: list[Step]) -> Iterator[str]:
        before = None
        for step, folded in [(s, []) for s in steps] if self._every else folds(steps):
            # What one option has generated has its place once.
            again = step.role is Role.SNAPSHOT and before and before.origin == step.origin
            yield from self._step(step, with_origin=not again)
            if folded:
                text = f"({folded_note(self._number[folded[0].id], folded)})"
                yield self._style.paint(f"{' ' * (self._digits + 4)}{text}", "dim")
            before = step

    def _notes(self, scope: Scope, steps: list[Step]) -> str:
        """What else there is to know of the commands of one hook."""
        several = len(steps) > 1 or steps[0].phase is Phase.ENTER
        work = steps[0].work
        notes = [self._consequence(scope, steps)] if several else []
        if isinstance(work, Shell) and work.directory is not None:
            notes.insert(0, f"in {printable(work.directory)}")
        return "; ".join(filter(None, [umask(steps[0]), *notes]))

    def _heading(self, title: str, rest: str) -> str:
        name, colon, words = title.partition(": ")
        title = self._style.paint(name, "cyan") + colon + words
        return f"{title} {self._style.dash} {rest}" if rest else title

    def _consequence(self, scope: Scope, steps: list[Step]) -> str:
        """What a hard failure of the steps of this phase does, in words."""
        step = steps[0]
        after = self._has_hooks(scope, Phase.EXIT, step)
        told = self._has_hooks(scope, Phase.RECOVER, step)
        resume = step.on_hard.resume
        if not any(can_fail(step.work) for step in steps):
            return "a message that nobody takes fails nothing"
        if step.phase is Phase.ENTER:
            what = {
                ScopeKind.RUN: "the run ends",
                ScopeKind.CONFIGURATION: "the rest of this file is skipped",
                ScopeKind.REPOSITORY: "this repository is skipped",
                ScopeKind.ACTION: f"{scope.name} is skipped",
            }[scope.kind]
            if resume is Resume.EXIT and after:
                what += "; the after-hooks run"
            elif told:
                what += "; the error hooks run"
            elif step.role is Role.SNAPSHOT:
                what += "; those taken are removed"
            return f"if {'one' if len(steps) > 1 else 'it'} fails, {what}"
        return "stops at the first failure" if resume is not Resume.NEXT else ""

    def _has_hooks(self, scope: Scope, phase: Phase, failing: Step) -> bool:
        """Beside the removal of snapshots, which is said of the steps that take them."""
        spared = Trigger.SUCCESS if failing.role is Role.SNAPSHOT else None
        steps = self._tree.steps_of(scope, phase)
        return any(s.role is not Role.SNAPSHOT and s.trigger is not spared for s in steps)

    def _consequence_for_repository(self, scope: Scope) -> str:
        if not self._tree.children_of(scope):
            return "nothing to do"
        words = []
        if scope.on_child_failed.resume is not Resume.NEXT:
            words.append("if one fails, the rest of this repository is skipped")
        if scope.retry.times:
            wait = f", {scope.retry.wait} s apart" if scope.retry.wait else ""
            words.append(
                f"retried after the others, at most {count(scope.retry.times, 'time')}{wait}"
            )
        return ", ".join(words)

    def _step(self, step: Step, *, with_origin: bool = True) -> Iterator[str]:
        number = f"{self._number[step.id]:>{self._digits + 2}}  "
        pad = " " * len(number)
        first, *more = (printable(line) for line in command_text(step).split("\n"))
        columns = self._style.columns
        parts = [first]
        if columns and isinstance(step.work, Process):
            parts = broken(first, columns, len(number))
        for at, line in enumerate((*parts, *more)):
            text = Verbatim(f"{pad if at else number}{line}")
            if with_origin and at == len(parts) - 1:
                yield from self._with_origin(text, step.origin)
            else:
                yield text
        if isinstance(step.work, Shell) and step.work.late:
            values = dict.fromkeys(late.name for _, late in step.work.late)
            names = _list(tuple(f"{{{value}}}" for value in values))
            yield self._style.paint(f"{pad}(filled in at run time: {names})", "dim")
        for note in filter(None, (limits(step), effects(step))):
            yield self._style.paint(f"{pad}({printable(note)})", "dim")

    def _with_origin(self, text: Verbatim, origin: Span) -> Iterator[str]:
        where, columns = place(origin), self._style.columns
        if columns and len(text) + 2 + len(where) > columns:
            yield text
            text = Verbatim()
        gap = max(2 if text else 0, self._style.width - len(text) - len(where) - 1)
        yield Verbatim(f"{text}{' ' * gap}{self._style.paint(where, 'dim')}")

    def surroundings(self) -> Iterator[str]:
        for title, lines in blocks(self._plan, self._tree):
            yield from ("", self._heading(printable(title), ""))
            yield from (f"    {printable(line)}" for line in lines)

    def _differences(self) -> Iterator[str]:
        found = divergences(self._plan)
        if found:
            yield ""
            number = count(len(found), "intentional difference")
            yield f"{number} from borgmatic; list with: borgplan plan --differences"

    def refusals(self) -> Iterator[str]:
        if self._plan.refusals:
            later = any(not refusal.why for refusal in self._plan.refusals)
            why = "borgplan doesn't implement these options yet" if later else "too little is known"
            title = f"apply refuses this plan because {why}"
            yield from ("", self._style.paint(title, "red"))
        for refusal in self._plan.refusals:
            why = f": {refusal.why}" if refusal.why else ""
            yield f"    {printable(refusal.what)}{why} ({printable(str(refusal.origin))})"


def _heading_of(step: Step) -> str:
    """What a step stands under, with its neighbours of the same hook."""
    return f"{step.title}: {step.reason}" if step.role is Role.HOOK else step.reason
