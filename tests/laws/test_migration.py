"""Law: a migrated configuration runs the same commands in the same order, also after any single failure,
or `migrate` says what is different."""

from __future__ import annotations

import os
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from borgplan.compiler.migration.migrate import Migration, migrate
from borgplan.compiler.migration.sheet import comments
from borgplan.compiler.semantics import NEWEST, PROFILES, Profile, profile_named
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.commands.migrate import proof
from tests.compiler.memory_host import MemoryHost
from tests.laws.case import TMP, Case, Fault
from tests.laws.generate import cases
from tests.laws.simulate import simulate

MIGRATED = int(os.environ.get("LAWS_MIGRATED", "8"))
# What a difference of a run may be called, by what failed.
ALWAYS = {"hooks", "order", "retries", "space"}
EXPLAIN = {"nothing": ALWAYS, "hook": ALWAYS | {"failures"}, "soft": ALWAYS | {"failures", "soft"}}
EXPLAIN["borg"] = EXPLAIN["soft"] | {"exit codes"}

NAMES = [profile.name for profile in PROFILES]

laws = settings(
    max_examples=MIGRATED,
    deadline=None,
    database=None,
    derandomize="LAWS_MIGRATED" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


class Both(NamedTuple):
    """A case before and after, and what is said to be different."""

    before: Case
    after: Case
    found: Migration
    kinds: set[str]


def named(name: str) -> Profile:
    profile = profile_named(name)
    assert profile is not None
    return profile


def host_of(case: Case) -> MemoryHost:
    files = {
        path.replace("$TMP", TMP): text.replace("$TMP", TMP)
        for path, text in zip(case.paths, case.files, strict=True)
    }
    return MemoryHost({**files, f"{TMP}/src/file": "content\n"})


def migrated(case: Case) -> Both:
    host = host_of(case)
    diagnostics = Diagnostics()
    paths = tuple(path.replace("$TMP", TMP) for path in case.paths)
    found = migrate(paths, host, case.semantics, diagnostics)
    assert found is not None, diagnostics
    texts = tuple(file.after.decode().replace(TMP, "$TMP") for file in found.files)
    profile = found.generations.of(found.files[0].path)
    order = profile.action_order
    wanted = case.actions or tuple(action.value for action in profile.default_actions)
    if order is not None:
        wanted = tuple(action.value for action in order if action.value in wanted)
    before = case._replace(actions=wanted)
    after = before._replace(files=texts, semantics=NEWEST.name)
    return Both(before, after, found, {difference.kind for difference in proof(found)})


def kind_of(fault: Fault | None) -> str:
    if fault is None:
        return "nothing"
    if fault["event"] == "borg":
        return "borg"
    return "soft" if fault["exit"] == 75 else "hook"


@pytest.mark.parametrize("name", NAMES)
@laws
@given(data=st.data())
def test_what_runs_is_the_same_or_the_difference_is_told(name: str, data: st.DataObject) -> None:
    case = data.draw(cases(named(name)))._replace(repository="")
    assume(not simulate(case._replace(faults=())).complaints)
    both = migrated(case)
    assume(all(file.is_changed for file in both.found.files))
    for fault in (None, *case.faults):
        faults = () if fault is None else (fault,)
        old = simulate(both.before._replace(faults=faults))
        new = simulate(both.after._replace(faults=faults))
        assert not new.complaints
        if (old.trace, old.exit_code) != (new.trace, new.exit_code):
            assert both.kinds & EXPLAIN[kind_of(fault)], (fault, both.after)


@pytest.mark.parametrize("name", ["1.3", "1.4", "1.5", "1.8", "1.9", "2.0"])
@laws
@given(data=st.data())
def test_what_commands_has_words_for_is_the_same(name: str, data: st.DataObject) -> None:
    """One file; ends of hooks and Borg that every generation takes for failures. In 1.7.10 to 1.9
    `check_repositories` silences the hooks of checks too, in 2.1 only the checks."""
    case = data.draw(cases(named(name), 1))._replace(repository="")
    assume("check_repositories" not in case.files[0])
    assume(not simulate(case._replace(faults=())).complaints)
    both = migrated(case)
    assert not both.kinds & {"hooks", "order", "failures", "borg", "directory"}, both.after


@pytest.mark.parametrize("name", NAMES)
@laws
@given(data=st.data())
def test_migrating_again_changes_nothing(name: str, data: st.DataObject) -> None:
    case = data.draw(cases(named(name)))._replace(repository="", faults=())
    assume(not simulate(case).complaints)
    after = migrated(case).after
    again = migrated(after._replace(semantics="auto"))
    assert not any(file.is_changed for file in again.found.files)
    for text in after.files:
        assert not comments(text)
