"""A plan as text, for somebody who has to understand it quickly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby

from ...compiler.plan.command_text import command_text
from ...compiler.plan.index import Index, index
from ...compiler.plan.model import Phase, Plan, Resume, Role, Scope, ScopeKind, Step, Trigger
from ...compiler.plan.titles import listed
from ...compiler.plan.work import Process, Shell, can_fail
from ...compiler.semantics.divergences import divergences
from ...compiler.shell.printable import printable
from ...compiler.source.span import Span
from ...compiler.support.record import TYPE_CHECKING
from ..report.style import Style
from ..report.wrapping import Verbatim, broken, fitting
from .alike_files import AlikeFiles, alike_files
from .diagnostics import place
from .folding import folded_note, folds
from .hook_context import blocks
from .phrases import count
from .plan_preamble import SHOWS, reasons, refusals, summary
from .step_notes import effects, heading_of, limits, umask
from .tones import tone_of

if TYPE_CHECKING:
    from ..report.style import Paint

_MOST = 3  # files with the same block, and lines that name files, that are all shown


def render(plan: Plan, style: Style, *, every: bool = True) -> str:
    """The whole plan: a sentence, then every command in order with what surrounds it. Without `every`, commands and
    files that are alike are folded. In colour is what destroys something, and what runs only after a failure."""
    return _fitting(_Text(plan, style, every=every).lines(), style)


def steps_of(plan: Plan, style: Style) -> str:
    """Of that only the commands, and what they have in common."""
    text = _Text(plan, style, every=False)
    return _fitting(chain(text.steps(), text.surroundings()), style)


def _fitting(lines: Iterable[str], style: Style) -> str:
    fit = (part for line in lines for part in fitting(line, style.columns))
    return "".join(f"{line}\n" for line in fit)


class _Text:
    def __init__(self, plan: Plan, style: Style, *, every: bool) -> None:
        self._plan = plan
        self._every = every
        self._style = style
        self._tree: Index = index(plan)
        self._number = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self._alike = AlikeFiles() if every else alike_files(plan)
        self._digits = max(3, len(str(len(plan.steps))))

    def lines(self) -> Iterator[str]:
        yield f"Plan: {summary(self._plan)}."
        yield from reasons(self._plan, every=self._every)
        yield from self.steps()
        yield from self.surroundings()
        yield from self._differences()
        for title, *lines in filter(None, [refusals(self._plan, every=self._every)]):
            yield from ("", self._style.paint(title, "red"), *lines)

    def steps(self) -> Iterator[str]:
        """Everything that runs, in order."""
        return self._scope(self._tree.root, 0)

    def _scope(self, scope: Scope, depth: int, *, apart: bool = False) -> Iterator[str]:
        """`apart`: an action under a line of its own, as hooks stand around it or its neighbours."""
        indent = "  " * depth
        if scope.kind is ScopeKind.CONFIGURATION:
            if scope.name in self._alike.hidden:
                return
            yield from ("", self._style.paint(printable(scope.name), "bold"))
            if note := self._alike.notes.get(scope.id):
                yield self._note(2, note)
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
        if others := self._alike.lists.get(scope.id):
            yield from ("", "  folded files, with the numbers of their steps")
            yield from (f"    {line}" for line in others)

    def _is_action_with_hooks(self, scope: Scope) -> bool:
        around = (phase for phase in Phase if phase is not Phase.BODY)
        return scope.kind is ScopeKind.ACTION and any(
            self._tree.steps_of(scope, phase) for phase in around
        )

    def _phase(self, scope: Scope, phase: Phase, depth: int) -> Iterator[str]:
        """The steps of a phase, those of one hook under a heading."""
        is_work = scope.kind is ScopeKind.ACTION and phase is Phase.BODY
        for heading, group in groupby(self._tree.steps_of(scope, phase), heading_of):
            steps = list(group)
            if not is_work:
                if scope.kind is not ScopeKind.ACTION:
                    yield ""
                tones = {tone_of(step, self._style) for step in steps}
                rare: Paint | None = "yellow" if tones == {"yellow"} else None
                yield "  " * depth + self._heading(heading, self._notes(scope, steps), rare)
            yield from self._listed(steps)

    def _listed(self, steps: list[Step]) -> Iterator[str]:
        before = None
        for step, folded in [(s, []) for s in steps] if self._every else folds(steps):
            # What one option has generated has its place once.
            again = step.role is Role.SNAPSHOT and before and before.origin == step.origin
            yield from self._step(step, with_origin=not again)
            if folded:
                text = folded_note(self._number[folded[0].id], folded)
                yield self._note(self._digits + 4, text)
            before = step

    def _notes(self, scope: Scope, steps: list[Step]) -> str:
        """What else there is to know of the commands of one hook."""
        several = len(steps) > 1 or steps[0].phase is Phase.ENTER
        work = steps[0].work
        notes = [self._consequence(scope, steps)] if several else []
        if isinstance(work, Shell) and work.directory is not None:
            notes.insert(0, f"in {printable(work.directory)}")
        return "; ".join(filter(None, [umask(steps[0]), *notes]))

    def _heading(self, title: str, rest: str, tone: Paint | None = None) -> str:
        name, colon, words = title.partition(": ")
        title = (self._style.paint(name, tone) if tone else name) + colon + words
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
            more = [part for line in more for part in _broken_feed(line, columns, len(number))]
        tone = tone_of(step, self._style)
        for at, line in enumerate((*parts, *more)):
            start = pad if at else number
            text = Verbatim(start + (self._style.paint(line, tone) if tone else line))
            if with_origin and at == len(parts) - 1:
                yield from self._with_origin(text, len(start) + len(line), step.origin)
            else:
                yield text
        if isinstance(step.work, Shell) and step.work.late:
            values = dict.fromkeys(late.name for _, late in step.work.late)
            names = listed([f"{{{value}}}" for value in values])
            yield self._note(len(pad), f"filled in at run time: {names}")
        for note in filter(None, (limits(step), effects(step))):
            yield self._note(len(pad), printable(note))

    def _note(self, indent: int, text: str) -> str:
        return self._style.paint(f"{' ' * indent}({text})", "dim")

    def _with_origin(self, text: Verbatim, length: int, origin: Span) -> Iterator[str]:
        """`length`: of `text` without its colours."""
        where, columns = place(origin), self._style.columns
        if columns and length + 2 + len(where) > columns:
            yield text
            text, length = Verbatim(), 0
        gap = max(2 if length else 0, self._style.width - length - len(where) - 1)
        yield Verbatim(f"{text}{' ' * gap}{self._style.paint(where, 'dim')}")

    def surroundings(self) -> Iterator[str]:
        files = [s.name for s in self._plan.scopes if s.kind is ScopeKind.CONFIGURATION]
        names = {name.rpartition("/")[2] for name in files}
        for block in blocks(self._plan, self._tree, self._alike.hidden):
            yield from ("", printable(block.title(None if self._every else _MOST)))
            naming = [n for n, line in enumerate(block.lines) if line.rpartition("/")[2] in names]
            is_long = block.names_files and len(naming) > 2 * _MOST
            folded = set(naming[_MOST:]) if is_long and not self._every else set()
            for number, line in enumerate(block.lines):
                if number not in folded:
                    yield Verbatim(f"    {printable(line)}")
            if folded:
                yield self._note(
                    4, f"folded: {len(folded)} more lines that name configuration files; {SHOWS}"
                )

    def _differences(self) -> Iterator[str]:
        found = divergences(self._plan)
        if found:
            yield ""
            number = count(len(found), "intentional difference")
            yield f"{number} from borgmatic; list with: borgplan plan --differences"


def _broken_feed(line: str, columns: int, indent: int) -> Iterator[str]:
    """What feeds a command, which stands indented below it."""
    text = line.lstrip(" ")
    start = line[: len(line) - len(text)]
    yield from (f"{start}{part}" for part in broken(text, columns, indent + len(start)))
