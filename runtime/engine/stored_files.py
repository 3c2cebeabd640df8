"""Whether archives get the configuration files, which a comparison of plans tells apart from all else.

Source: borgmatic stores them since 1.8, measured.
"""

from __future__ import annotations

from ...compiler.plan.model import Plan
from ...compiler.plan.words import ScratchPath, Word, parts_of
from ...compiler.plan.work import Process, Work
from ...compiler.source.span import Span


def changed_storing(old: Plan, new: Plan) -> list[tuple[bool, Span]]:
    """The scopes in which one plan's archives get the files and the other's don't: whether the new one's do, and
    where the scope comes from."""
    before, after = _storing(old), _storing(new)
    return [
        (name in after, (before | after)[name]) for name in sorted(before.keys() ^ after.keys())
    ]


def _storing(plan: Plan) -> dict[str, Span]:
    """The scopes in which archives get the files, by name, and where these come from."""
    scopes = {scope.id: scope for scope in plan.scopes}
    stored = _stored(plan)
    return {
        scopes[file.scope].name: scopes[file.scope].origin
        for file in plan.scratch
        if file.name in stored
    }


def _stored(plan: Plan) -> frozenset[str]:
    """The names of pattern files that name the configuration files."""
    return frozenset(file.name for file in plan.scratch if file.names_files and not file.folder)


def without_stored(plan: Plan) -> Plan:
    """The plan with archives that get no configuration files."""
    stored = _stored(plan)

    def names_one(word: Word) -> bool:
        return any(isinstance(p, ScratchPath) and p.name in stored for p in parts_of((word,)))

    def without(work: Work) -> Work:
        if not isinstance(work, Process):
            return work
        left_out = {n for n, word in enumerate(work.argv) if names_one(word)}
        left_out |= {n - 1 for n in left_out}  # the flag before it
        argv = tuple(word for n, word in enumerate(work.argv) if n not in left_out)
        return work._replace(argv=argv)

    if not stored:
        return plan
    steps = tuple(step._replace(work=without(step.work)) for step in plan.steps)
    return plan._replace(steps=steps)
