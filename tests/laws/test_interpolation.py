"""A value reaches a hook as exactly one argument, and is never executed: in every generation. What is known to take
plain text gets it as it is, all else the neutral form.

Real configuration files, real shells, and a program that notes its arguments. By default few values
are drawn for each generation; `EXAMPLES=200` draws more, over more contexts at once.
"""

from __future__ import annotations

import os
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from borgplan.compiler.semantics import PROFILES
from tests.laws.contexts import CONTEXTS
from tests.laws.hostile import NASTY, TEXTS
from tests.laws.scene import Case, Scene, Values, expected
from tests.support.laboratory import Server

EXAMPLES = int(os.environ.get("EXAMPLES", "2"))
CASES = [
    Case(profile, entries)
    for profile in PROFILES
    for entries in ((False, True) if profile.commands else (False,))
]
VALUES = st.builds(
    Values,
    said=TEXTS, comment=TEXTS, repository=TEXTS, label=TEXTS, name=TEXTS,
    constants=st.lists(TEXTS, max_size=2).map(tuple),
    variables=st.lists(TEXTS, max_size=2).map(tuple),
)  # fmt: skip


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("scene"))


def nasty_values(number: int) -> Values:
    """Fixed values, dealt out so that generations have different ones in the same place."""
    dealt = islice(cycle(NASTY), number, None)
    return Values(
        said="\n".join(islice(dealt, 8)),
        comment=next(dealt),
        repository=next(dealt),
        label=next(dealt),
        name=next(dealt),
        constants=tuple(islice(dealt, 3)),
        variables=tuple(islice(dealt, 3)),
    )


@pytest.mark.parametrize(
    ("number", "case"), list(enumerate(CASES)), ids=[str(case) for case in CASES]
)
def test_a_fixed_value_becomes_one_argument_in_every_context(
    number: int, case: Case, scene: Scene
) -> None:
    values = nasty_values(7 * number)
    contexts = list(CONTEXTS)
    assert scene.run(case, values, contexts) == expected(case, values, contexts)


@pytest.mark.parametrize("case", CASES, ids=str)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    values=VALUES,
    contexts=st.lists(st.sampled_from(list(CONTEXTS)), min_size=2, max_size=4, unique=True),
)
def test_any_value_becomes_one_argument(
    case: Case, values: Values, contexts: list[str], scene: Scene
) -> None:
    assert scene.run(case, values, contexts) == expected(case, values, contexts)


@pytest.mark.parametrize("number", [0, len(CASES) // 2, len(CASES) - 1])
def test_the_program_itself_does_the_same(number: int, scene: Scene, server: Server) -> None:
    case, values, contexts = CASES[number], nasty_values(11 * number + 5), list(CONTEXTS)
    words = ["--semantics", case.profile.name, "--project", scene.project]
    words += [f"./{values.first}", f"./{values.second}"]
    with scene.prepared(case, values, contexts):
        exit_code = server.run(
            {
                "argv": ["apply", "-a", "create", *words],
                "cwd": str(scene.here),
                "env": scene.environment(values),
                "umask": "0022",
                "stdout": os.devnull,
                "stderr": str(scene.directory / "stderr"),
            }
        )
        assert exit_code == 1, Path(scene.directory / "stderr").read_text()
        assert scene.records() == expected(case, values, contexts, "./")
