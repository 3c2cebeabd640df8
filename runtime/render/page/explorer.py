"""The failure explorer: a plan as boxes in boxes, where a click on a step shows what its failure does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ....compiler.plan.command_text import command_text
from ....compiler.plan.index import Index, index
from ....compiler.plan.model import Phase, Plan, Role, Scope, ScopeKind, Step, StepId
from ....compiler.plan.work import Shell
from ..diagnostics import place
from ..failures import analysed
from ..hook_context import blocks
from ..phrases import count
from ..plan_preamble import preamble, summary
from ..step_notes import effects, limits, umask
from .markup import page, text
from .outcomes import outcomes

_RARE = "only after a failure"
_TOOLS = """<div class="tools">
<fieldset><legend>Fail a step:</legend>
<label><input type="radio" name="outcome" value="hard" checked> hard</label>
<label><input type="radio" name="outcome" value="soft"> soft (exit 75)</label>
<label><input type="radio" name="outcome" value="interrupted"> interrupt</label></fieldset>
<label>Search <input type="search" id="search"></label> <span id="found" role="status"></span>
<button type="button" id="fold">Fold all</button> <button type="button" id="unfold">Unfold all</button>
<button type="button" id="theme">Light or dark</button>
</div>
<div id="outcome" role="status"></div>"""


def explorer(
    plan: Plan,
    broken: Sequence[str] = (),
    *,
    title: str = "",
    above: str = "",
    states: States | None = None,
) -> str:
    """The page of a plan. `broken`: configuration files that it lacks, as they have errors. `title`: in place of the
    plan in a sentence. `above`: markup that comes before the steps. `states`: what became of steps in a run."""
    answer = analysed(plan)
    view = _View(plan, answer.failures.usual, states or {})
    steps = "\n".join(view.scope(view.tree.root))
    heading = title or f"Plan: {summary(plan)}"
    lines = _preamble(preamble(plan))
    lines += "".join(
        f'<p class="bad">Not in this plan, as it has errors: {text(p)}</p>\n' for p in broken
    )
    body = (
        f"<header>\n<h1>{text(heading)}</h1>\n{lines}</header>\n"
        f'<main>\n{above}<section id="panel" aria-label="Failures">\n{_TOOLS}\n</section>\n'
        f'<section id="plan" aria-label="Steps">\n{steps}\n</section>\n'
        + "".join(_common(plan, view.tree))
        + "</main>"
    )
    return page(f"borgplan: {heading}", body, outcomes(answer))


_NAMED = 1  # files in a title
_FIRST = 12  # lines before the steps; there are thousands where there are hundreds of repositories


def _preamble(lines: Sequence[str]) -> str:
    shown = "".join(f"<p>{text(line)}</p>\n" for line in lines[:_FIRST])
    if len(lines) <= _FIRST:
        return shown
    more = text("\n".join(lines[_FIRST:]))
    title = f"{count(len(lines) - _FIRST, 'more line')}"
    return f"{shown}<details><summary>{title}</summary><pre>{more}</pre></details>\n"


def _common(plan: Plan, tree: Index) -> Iterator[str]:
    """What Borg's commands have in common, folded: the same lines once, for all that they are for."""
    found = blocks(plan, tree)
    if found:
        yield "<h2>What Borg's commands have in common</h2>\n"
    for block in found:
        whole = "\n".join([block.title(), *(f"    {line}" for line in block.lines)])
        title = block.title(_NAMED)
        yield f"<details><summary>{text(title)}</summary><pre>{text(whole)}</pre></details>\n"


States = Mapping[StepId, tuple[str, str]]  # the class of a word, and the word


class _View:
    def __init__(self, plan: Plan, usual: tuple[bool, ...], states: States) -> None:
        self.tree: Index = index(plan)
        self._number = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self._usual = usual
        self._states = states

    def scope(self, scope: Scope) -> Iterator[str]:
        """A box with its steps and the boxes in it."""
        yield f'<details class="scope" open><summary>{text(_name(scope))}</summary>'
        yield from self._phase(scope, Phase.ENTER)
        yield from self._phase(scope, Phase.BODY)
        for child in self.tree.children_of(scope):
            yield from self.scope(child)
        yield from self._phase(scope, Phase.EXIT)
        yield from self._phase(scope, Phase.RECOVER)
        yield "</details>"

    def _phase(self, scope: Scope, phase: Phase) -> Iterator[str]:
        steps = self.tree.steps_of(scope, phase)
        if steps:
            yield f"<ol>{''.join(map(self._step, steps))}</ol>"

    def _step(self, step: Step) -> str:
        number = self._number[step.id]
        rare = not self._usual[number - 1]
        kind, word = self._states.get(step.id, ("", _RARE if rare else ""))
        # Why there are Borg's commands is said once, above.
        is_told = step.role is Role.BORG or step.reason == step.title
        why = "" if is_told else f' <span class="why">{text(step.reason)}</span>'
        notes = "; ".join(filter(None, (umask(step), _late(step), limits(step), effects(step))))
        note = f'<div class="note">{text(notes)}</div>' if notes else ""
        return (
            f'<li class="step{" rare" if rare else ""}" id="step-{number}" data-number="{number}">'
            f'<button type="button" class="pick" aria-pressed="false"><b>{number}</b> '
            f'<span class="title">{text(step.title)}</span>{why} '
            f'<span class="place">{text(place(step.origin))}</span></button>'
            f'<span class="state {kind}" data-usual="{text(word)}">{text(word)}</span>'
            f"<pre><code>{text(command_text(step))}</code></pre>{note}</li>\n"
        )


def _name(scope: Scope) -> str:
    if scope.kind is ScopeKind.RUN:
        return "run"
    label = f" ({scope.label})" if scope.label else ""
    return f"{scope.kind.value} {scope.name}{label}"


def _late(step: Step) -> str:
    if not isinstance(step.work, Shell) or not step.work.late:
        return ""
    names = dict.fromkeys(late.name for _, late in step.work.late)
    return f"filled in at run time: {', '.join(f'{{{name}}}' for name in names)}"
