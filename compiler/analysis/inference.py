"""What users' hooks claim, as far as their texts tell, put into the plan."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..plan.claims import ANYTHING, Claim, Mode, Pair
from ..plan.model import Plan, Step
from ..plan.work import Shell
from .claims import PairClaim, claims, touched
from .pairs import COMPOSE, FAMILIES, PAIRS

_BY_NAME = {pair.name: pair for pair in (*PAIRS, COMPOSE, *FAMILIES)}


def with_inferred_claims(plan: Plan) -> Plan:
    """The plan with the claims of its hooks; those that others have filled in stay."""
    return plan._replace(steps=tuple(_with_claims(step, plan.pairs) for step in plan.steps))


def _with_claims(step: Step, own: tuple[Pair, ...]) -> Step:
    if not isinstance(step.work, Shell):
        return step
    known = tuple(claim for claim in step.claims if not claim.inferred)
    return step._replace(claims=(*known, *inferred(step.work.written, own)))


@lru_cache(maxsize=4096)
def inferred(text: str, own: tuple[Pair, ...] = ()) -> tuple[Claim, ...]:
    """The claims of a hook's text: what it acquires and releases, what else it is about, and ANYTHING
    where the text doesn't tell. `own`: a plan's pairs."""
    sides = claims(text, own)
    found = [
        Claim(side.pair.name, side.what, Mode.TAKE if side.taking else Mode.GIVE, inferred=True)
        for side in sides
    ]
    things = touched(text)
    if things is None:
        return (*found, Claim(ANYTHING, "", Mode.WRITE, inferred=True))
    known = {(claim.kind, claim.name) for claim in found}
    more = (thing for thing in things if thing not in known)
    return (*found, *(Claim(kind, name, Mode.WRITE, inferred=True) for kind, name in more))


def sides_of(step: Step, own: Mapping[str, Pair]) -> tuple[PairClaim, ...]:
    """What a step acquires and releases. `own`: a plan's pairs by name. A kind that has no pair of
    commands is known exactly: whoever put it into the plan names the same thing alike."""
    return tuple(
        PairClaim(_pair(claim.kind, own), claim.name, claim.mode is Mode.TAKE)
        for claim in step.claims
        if claim.mode in (Mode.TAKE, Mode.GIVE)
    )


def _pair(kind: str, own: Mapping[str, Pair]) -> Pair:
    return own.get(kind) or _BY_NAME.get(kind) or _exact(kind)


@lru_cache(maxsize=64)
def _exact(kind: str) -> Pair:
    return Pair(kind, (), (), owed=True, exact=True)
