"""Plans by chance with everything in them that a plan can hold, and texts that nearly are such plans."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from borgplan.compiler.plan.claims import Claim, Mode, Pair
from borgplan.compiler.plan.evidence import Evidence, Product
from borgplan.compiler.plan.exits import ExitCodes
from borgplan.compiler.plan.feeds import Feed, Sound
from borgplan.compiler.plan.model import (
    Fact,
    Input,
    Limits,
    Log,
    Plan,
    Recorded,
    Refusal,
    Repeat,
    Retry,
    Role,
    Status,
)
from borgplan.compiler.plan.scratch import Scratch, ScratchKind
from borgplan.compiler.plan.spot import Spot, Stage
from borgplan.compiler.plan.words import (
    Escape,
    Part,
    ScratchPath,
    Secret,
    SecretCommand,
    SecretFile,
    SecretOption,
    SecretUse,
    Share,
    Use,
    Value,
)
from borgplan.compiler.plan.work import (
    Output,
    OutputUse,
    Presence,
    Process,
    Proof,
    Shell,
    Upstream,
    Where,
    Work,
)
from borgplan.compiler.source.span import Span
from borgplan.compiler.support.enums import Enum
from tests.runtime.test_laws import sound_plans

for _kind in Enum.__subclasses__():  # Hypothesis knows those of the standard library
    st.register_type_strategy(_kind, st.sampled_from(list(_kind)))

# Control characters, and what `surrogateescape` makes of bytes that are no UTF-8, are among them.
TEXTS = st.text(st.characters(codec=None), max_size=8)
FORMS = st.lists(st.sampled_from(["a {b}", "c d {e...}", "f"]), min_size=1, max_size=2).map(tuple)
LIMITS = st.builds(Limits, st.none() | st.integers(1, 10**6), st.integers(1, 10**6))
PAIRS = st.builds(Pair, TEXTS, FORMS, FORMS, st.booleans(), st.booleans(), TEXTS, st.booleans())
NUMBERS = st.integers(0, 10**6)
# A plan's file holds where something begins.
SPANS = st.tuples(TEXTS, st.integers(1, 99), st.integers(1, 99)).map(lambda place: Span(*place))
RANGES = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=2).map(tuple)
EXITS = st.builds(ExitCodes, RANGES, RANGES, st.booleans(), RANGES)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)


def several(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3).map(tuple)


def named(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[tuple[str, Any], ...]]:
    """Pairs as they are in a plan: sorted, each name once."""
    return st.dictionaries(TEXTS, values, max_size=3).map(
        lambda found: tuple(sorted(found.items()))
    )


SECRETS: st.SearchStrategy[Secret] = st.one_of(
    st.builds(SecretOption, TEXTS, TEXTS),
    st.builds(SecretFile, TEXTS),
    st.builds(SecretCommand, st.lists(TEXTS, min_size=1, max_size=3).map(tuple)),
)


VALUES = st.builds(Value, TEXTS, TEXTS)
FAILURES = VALUES.map(lambda value: value._replace(producer="failure"))
PARTS: st.SearchStrategy[Part] = st.one_of(
    TEXTS,
    st.builds(
        Use,
        FAILURES,
        st.sampled_from(list(Escape)),
        st.none() | TEXTS,
        NUMBERS,
    ),
    st.builds(
        SecretUse, SECRETS, TEXTS, st.sampled_from(list(Escape)), st.sampled_from(list(Share))
    ),
    st.just(ScratchPath("run")),
)


@st.composite
def argvs(draw: st.DrawFn) -> tuple[Any, ...]:
    words = st.one_of(
        TEXTS,
        several(PARTS),
        st.just((ScratchPath("run"),)),
    )
    return ("borg", draw(TEXTS), *draw(several(words)))


PRESENCES = st.builds(Presence, TEXTS, st.sampled_from(list(Where)), several(TEXTS))
PRODUCTS = st.builds(Product, TEXTS, st.none())
SOUNDS = st.builds(Sound, TEXTS, NUMBERS, several(TEXTS))
FEEDS = st.builds(Feed, TEXTS, TEXTS, argvs(), named(TEXTS), SOUNDS, st.none(), NUMBERS)
UPSTREAMS = st.builds(
    Upstream, argvs(), EXITS, named(TEXTS), several(TEXTS), st.none() | SECRETS, st.booleans(),
    st.none() | TEXTS,
)  # fmt: skip
SPOTS = st.builds(
    Spot, st.sampled_from(list(Stage)), TEXTS, TEXTS, several(TEXTS), *[st.none() | FAILURES] * 3
)
OUTPUTS = st.builds(Output, st.sampled_from(list(OutputUse)), TEXTS)
WORKS: st.SearchStrategy[Work] = st.one_of(
    st.builds(
        Shell, TEXTS, TEXTS, EXITS, named(VALUES),
        st.none() | st.integers(0, 0o777), st.none() | TEXTS,
    ),
    st.builds(
        Process, argvs(), st.none() | argvs(), EXITS, named(TEXTS), several(TEXTS),
        st.none() | SECRETS, OUTPUTS, st.booleans(), st.none() | TEXTS,
        several(TEXTS), several(TEXTS), st.booleans(), st.booleans(),
        st.none() | st.builds(Evidence, several(TEXTS), TEXTS),
        st.none() | st.sampled_from(list(Proof)), several(PRODUCTS), several(UPSTREAMS), st.booleans(),
        several(PRESENCES), several(PRESENCES), st.none() | TEXTS, TEXTS, several(FEEDS),
        st.none() | SPOTS, NUMBERS, NUMBERS,
    ),
)  # fmt: skip
BAD = st.sampled_from([Status.SKIPPED, Status.FAILED])


@st.composite
def full_plans(draw: st.DrawFn) -> Plan:
    shape = draw(sound_plans(4, 3))
    steps = [
        step._replace(
            work=draw(WORKS), reason=draw(TEXTS), origin=draw(SPANS), hook=draw(TEXTS), name=draw(TEXTS),
            timeout=draw(st.none() | st.integers(1, 99)), repeat=draw(st.builds(Repeat, NUMBERS, NUMBERS)),
            title=draw(TEXTS), role=draw(st.sampled_from(list(Role))),
            claims=draw(several(st.builds(Claim, TEXTS, TEXTS, st.sampled_from(list(Mode)), st.booleans()))),
        )
        for step in shape.steps
    ]  # fmt: skip
    retries = st.builds(Retry, NUMBERS, NUMBERS, several(BAD), st.booleans())
    scopes = [
        scope._replace(name=draw(TEXTS), label=draw(TEXTS), origin=draw(SPANS), retry=draw(retries))
        for scope in shape.scopes
    ]
    return Plan(
        draw(TEXTS), draw(several(TEXTS)), tuple(scopes), tuple(steps),
        scratch=(Scratch("run", draw(TEXTS), draw(st.sampled_from(list(ScratchKind))), draw(several(TEXTS))),),
        refusals=draw(several(st.builds(Refusal, TEXTS, SPANS))),
        inputs=draw(several(st.builds(Input, TEXTS, DIGESTS))),
        facts=draw(several(st.builds(Fact, TEXTS, TEXTS))),
        logs=draw(several(st.builds(Log, TEXTS, st.booleans()))),
        pairs=draw(several(PAIRS)),
        limits=draw(LIMITS),
        recorded=draw(st.none() | st.builds(Recorded, TEXTS, st.integers(0, 2**40))),
    )  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.just("failed"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=3,
)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A document in which one value is another, is gone, or is there twice."""
    data = json.loads(text)
    holder, key = draw(st.sampled_from(list(_places(data))))
    match draw(st.sampled_from(["other", "gone", "more"])):
        case "other":
            holder[key] = draw(JSON)
        case "gone":
            del holder[key]
        case _ if isinstance(holder, list):
            holder.insert(key, holder[key])
        case _:
            holder[draw(TEXTS)] = draw(JSON)
    return json.dumps(data)


def _places(data: Any) -> Any:
    pairs = enumerate(data) if isinstance(data, list) else data.items()
    for key, value in pairs:
        yield data, key
        if isinstance(value, (list, dict)):
            yield from _places(value)
