"""`--fail STEP[=soft|hard|interrupt]` to the outcomes of a script, with what can't go well after that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from signal import SIGTERM

from ...compiler.analysis.claims import PairClaim, claims, claims_of
from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import Plan, Role, Step, StepId
from ...compiler.plan.words import Value
from ...compiler.plan.work import Shell
from ...compiler.shell.behind import behind
from ...compiler.shell.lexer import simple_commands
from ...compiler.shell.lists import chains, deciding
from ...compiler.shell.printing import prints
from .held import Held
from .runner import Result, ScriptedRunner

# Things of which there is nothing to give back where they weren't taken, so that giving back fails.
_FAILS_UNTAKEN = frozenset(("mount", "encrypted volume", "snapshot", "freeze"))


def faults(plan: Plan, wanted: Sequence[str]) -> tuple[dict[str, Result], list[str]]:
    """The results of the steps that are to fail, by id, and what is wrong with the names."""
    results: dict[str, Result] = {}
    problems: list[str] = []
    for failure in wanted:
        name, how = _split(failure)
        step = _step(plan, name)
        if step is None:
            problems.append(
                f"there is no step `{name}`; steps are 1 to {len(plan.steps)}, or their ids"
            )
        elif how == "soft" and not step.work.exits.soft:
            problems.append(
                f"step {name} has no soft failures: any exit code but 0 is a failure there"
            )
        elif how == "interrupt":
            results[step.id] = Result(Outcome.INTERRUPTED, -SIGTERM)
        elif how == "soft":
            results[step.id] = Result(Outcome.SOFT, step.work.exits.soft[0][0])
        else:
            # What a failure mostly ends with: Borg's error, and that of most programs in hooks.
            results[step.id] = Result(Outcome.HARD, 2 if step.role is Role.BORG else 1)
    return results, problems


def _split(failure: str) -> tuple[str, str]:
    """Ids may hold equals signs; only these endings are taken off."""
    for how in ("soft", "hard", "interrupt"):
        if failure.endswith(f"={how}"):
            return failure.removesuffix(f"={how}"), how
    return failure, "hard"


def _step(plan: Plan, name: str) -> Step | None:
    if name.isascii() and name.isdigit():
        number = int(name)
        return plan.steps[number - 1] if 1 <= number <= len(plan.steps) else None
    return next((step for step in plan.steps if step.id == name), None)


class SupposingRunner(ScriptedRunner):
    """Also fails what undoes something that was never done: `umount` where `mount` failed or didn't run. And what can't
    be undone yet: of a folder in which something else is still mounted.

    Only where the texts leave no doubt: a command that forgives (`|| true`) or asks first (`if`) ends well,
    and a step with several commands may have done that one before it failed. `reasons`: of these failures. `held`: what is
    taken and not released.
    """

    def __init__(self, plan: Plan, results: Mapping[str, Result]) -> None:
        super().__init__(results)
        self.reasons: dict[StepId, str] = {}
        self.held = Held(plan)
        self._claims: dict[StepId, list[PairClaim]] = {}
        for step in plan.steps:
            if isinstance(step.work, Shell):
                found = [
                    c
                    for c in claims(step.work.written, plan.pairs)
                    if c.pair.name in _FAILS_UNTAKEN
                ]
                if found:
                    self._claims[step.id] = found
        self._takes = {c: False for found in self._claims.values() for c in found if c.taking}

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        """See Runner.run."""
        result = super().run(step, values)
        if result.outcome is Outcome.DONE and (user := self.held.in_use_by(step)):
            self.reasons[step.id] = f"will also fail, because {' '.join(user)} still uses it"
            return Result(Outcome.HARD, 1)
        if result.outcome is not Outcome.HARD:
            self.held.after(step)
        own = self._claims.get(step.id, ())
        if result.outcome is not Outcome.DONE:
            if result.outcome is Outcome.INTERRUPTED or not _is_single(step):
                self._takes |= {claim: True for claim in own if claim.taking}
            return result
        given = self._given(step)
        untaken = [claim for claim, takes in given if not any(self._takes[take] for take in takes)]
        if untaken:
            what = f"{untaken[0].pair.name} {untaken[0].what}".strip()
            self.reasons[step.id] = f"will also fail, because {what} was never acquired"
            return Result(Outcome.HARD, 1)
        self._takes |= {take: False for _, takes in given for take in takes}
        self._takes |= {claim: True for claim in own if claim.taking}
        return result

    def _given(self, step: Step) -> list[tuple[PairClaim, list[PairClaim]]]:
        """What a step is sure to give back, each with those of the plan that take it."""
        own = [claim for claim in self._claims.get(step.id, ()) if not claim.taking]
        if not own or not isinstance(step.work, Shell) or _asks(step.work.written):
            return []
        sure = {claim for words in deciding(step.work.written) for claim in claims_of(words)}
        pairs = [
            (claim, [t for t in self._takes if t.undone_by(claim)])
            for claim in own
            if claim in sure
        ]
        return [(claim, takes) for claim, takes in pairs if takes]


def _is_single(step: Step) -> bool:
    """Whether a step does one thing, so that if it failed that one wasn't done."""
    if not isinstance(step.work, Shell):
        return True
    doing = [
        words for words in simple_commands(step.work.written) if not prints(words) and behind(words)
    ]
    return len([words for words in doing if words[0] != ">"]) == 1


def _asks(text: str) -> bool:
    return any(
        {"if", "while", "until"}.intersection(link.keywords)
        for c in chains(text)
        for link in c.links
    )
