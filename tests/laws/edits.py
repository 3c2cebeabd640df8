"""Configurations by chance, small and flat, and edits of them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import yaml
from hypothesis import strategies as st

from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.model import Plan, Step
from borgplan.compiler.source.span import Span
from tests.compiler.planning import compilation

File = dict[str, Any]
HOOKS = (
    "before_actions", "after_actions", "before_backup", "after_backup", "before_prune",
    "before_everything", "after_everything", "on_error",
)  # fmt: skip
TEXTS = st.sampled_from(
    ["echo a", "echo b", "systemctl stop app", "true", "exit 75", "{repository} x"]
)
LISTS = st.lists(TEXTS, min_size=1, max_size=4)
NEW_TEXT = "curl https://example.org"  # none of the others
REPOSITORIES = [{"path": "/one", "label": "near"}, {"path": "/two"}, {"path": "/three"}]
ENTRIES = st.fixed_dictionaries(
    {"run": LISTS},
    optional={"when": st.just(["create"]), "states": st.sampled_from([["finish"], ["fail"]])},
)
OPTIONS = {
    "keep_daily": st.sampled_from([1, 7]),
    "retries": st.sampled_from([0, 2]),
    "umask": st.sampled_from([77, 27]),
    "exclude_patterns": st.lists(st.sampled_from(["*.a", "*.b", "*.c"]), unique=True),
    "working_directory": st.just("/srv"),
    "log_file": st.sampled_from(["/a.log", "/b.log"]),
    "remote_path": st.just("borg1"),
    "borg_base_directory": st.sampled_from(["/x", "/y"]),
    "skip_actions": st.just(["prune"]),
    **dict.fromkeys(HOOKS, LISTS),
    "commands": st.lists(ENTRIES.map(lambda entry: {"after": "repository", **entry}), max_size=3),
}


@st.composite
def files(draw: st.DrawFn) -> File:
    found: File = {"source_directories": ["/etc"], "keep_weekly": 3}
    found["repositories"] = draw(
        st.lists(st.sampled_from(REPOSITORIES), min_size=1, unique_by=lambda r: r["path"])
    )
    for name in draw(st.lists(st.sampled_from(sorted(OPTIONS)), unique=True, max_size=5)):
        found[name] = draw(OPTIONS[name])
    return found


@st.composite
def edited(draw: st.DrawFn, file: File) -> File:
    """The file with up to three options set otherwise or gone."""
    new = deepcopy(file)
    for name in draw(st.lists(st.sampled_from(sorted(OPTIONS)), max_size=3)):
        if name in new and draw(st.booleans()):
            del new[name]
        else:
            new[name] = draw(OPTIONS[name])
    if draw(st.booleans()):
        new["repositories"] = draw(st.permutations(new["repositories"]))
    return new


def plan_of(file: File) -> Plan:
    found = compilation(
        {"c.yaml": yaml.safe_dump(file, sort_keys=False)},
        actions=(Action.PRUNE, Action.CREATE),
        semantics="2.1",
    )
    assert found.plan, found.errors
    return found.plan


def essence(plan: Plan) -> object:
    """All of a plan that counts as a difference, by a list of what doesn't."""
    return plan._replace(
        steps=tuple(_step(step) for step in plan.steps),
        scopes=tuple(scope._replace(origin=Span("")) for scope in plan.scopes),
        refusals=(),
        inputs=(),
        facts=tuple(sorted(plan.facts)),
        scratch=tuple(sorted(plan.scratch)),
        logs=tuple(sorted(plan.logs)),
    )


def _step(step: Step) -> Step:
    return step._replace(id="", reason="", hook="", origin=Span(""), title="", claims=())
