"""`--repository`: what is said of, and done with, the repositories that it leaves out."""

from __future__ import annotations

import pytest

from borgplan.compiler.borg.action_options import ActionOptions
from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.index import index
from borgplan.compiler.plan.model import Role, ScopeKind
from borgplan.compiler.plan.titles import subcommand
from borgplan.compiler.semantics import PROFILES, Profile
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost

FILES = {
    "/etc/hostname": "here\n",
    "/near/config": "[repository]\n",
    "/srv/c.yaml": (
        "source_directories: [/etc]\nkeep_daily: 1\nskip_actions: [check]\n"
        "repositories: [{path: /near, label: near}, {path: /far, label: far}]\n"
    ),
}
BY_NAME = [pytest.param(profile, id=profile.name) for profile in PROFILES]
# Before borgmatic 1.7.10 `repositories` hold paths alone, and before 1.8 there is no `skip_actions`; borgplan takes both.


HOOKS = "commands: [{before: action, when: [check], run: [echo now]}]\n"


def compiled(
    profile: Profile, action: Action, repository: str, force: int = 0, hooks: str = ""
) -> Compilation:
    host = MemoryHost({**FILES, "/srv/c.yaml": FILES["/srv/c.yaml"] + hooks})
    diagnostics = Diagnostics()
    archive = "latest" if action is Action.EXTRACT else ""
    options = ActionOptions(force=force, archive=archive)
    request = CompileRequest(("c.yaml",), (action,), repository, profile.name, options=options)
    return plan_of(read(request, host, diagnostics), host, diagnostics)


@pytest.mark.parametrize("profile", BY_NAME)
@pytest.mark.parametrize(("repository", "told"), [("near", 0), ("far", 1), ("", 1)])
def test_only_of_selected_repositories_it_is_told_that_they_are_absent(
    profile: Profile, repository: str, told: int
) -> None:
    found = compiled(profile, Action.CREATE, repository)
    assert [item.code for item in found.diagnostics].count("BP424") == told


@pytest.mark.parametrize("profile", BY_NAME)
@pytest.mark.parametrize("force", [0, 1])
@pytest.mark.parametrize("repository", ["near", "far", ""])
def test_only_selected_repositories_are_checked_by_force(
    profile: Profile, force: int, repository: str
) -> None:
    plan = compiled(profile, Action.CHECK, repository, force).plan
    assert plan is not None
    scopes = {scope.id: scope for scope in plan.scopes}
    checks = [step for step in plan.steps if subcommand(step) == "check"]
    assert all(step.role is Role.BORG for step in checks)
    named = {scopes[scopes[step.scope].parent or ""].label for step in checks}
    selected = {"near", "far"} if not repository else {repository}
    assert named == (selected if force else set())
    # And nothing surrounds a check that isn't run, but hooks, of which there are none.
    places = [scope for scope in plan.scopes if scope.kind is ScopeKind.ACTION]
    assert len(places) == len({step.scope for step in checks})


@pytest.mark.parametrize("profile", [pytest.param(p, id=p.name) for p in PROFILES if p.commands])
def test_force_changes_nothing_about_repositories_that_are_left_out(profile: Profile) -> None:
    def about_far(force: int) -> list[str]:
        plan = compiled(profile, Action.CHECK, "near", force, HOOKS).plan
        assert plan is not None
        assert any(step.role is Role.BORG for step in plan.steps) is bool(force)
        tree = index(plan)
        return [
            step.title
            for step in plan.steps
            if tree.name_of(step.scope, ScopeKind.REPOSITORY) == "/far"
        ]

    assert about_far(1) == about_far(0)


def hook_before(profile: Profile, action: Action) -> str:
    if profile.commands:
        return f"commands: [{{before: action, when: [{action.value}], run: [echo now]}}]\n"
    if action is Action.CREATE:
        return "before_backup: [echo now]\n"
    return "before_extract: [echo now]\n" if profile.first >= (1, 5) else ""


@pytest.mark.parametrize("profile", BY_NAME)
@pytest.mark.parametrize("action", [Action.CREATE, Action.EXTRACT])
def test_borg_runs_for_no_repository_that_is_left_out_although_hooks_of_it_may(
    profile: Profile, action: Action
) -> None:
    plan = compiled(profile, action, "near", hooks=hook_before(profile, action)).plan
    assert plan is not None
    tree = index(plan)
    named = {
        tree.name_of(step.scope, ScopeKind.REPOSITORY)
        for step in plan.steps
        if step.role is Role.BORG
    }
    assert named == {"/near"}


@pytest.mark.parametrize("profile", BY_NAME)
def test_hooks_of_an_action_that_is_skipped_bring_no_borg(profile: Profile) -> None:
    hooks = hook_before(profile, Action.CHECK) if profile.commands else ""
    plan = compiled(profile, Action.CHECK, "", hooks=hooks).plan
    assert plan is not None
    assert all(step.role is Role.HOOK for step in plan.steps)


@pytest.mark.parametrize(
    ("actions", "named"),
    [
        ((Action.MOUNT, Action.EXTRACT), "mount"),
        ((Action.LIST, Action.EXTRACT, Action.MOUNT), "extract"),
    ],
)
def test_the_first_action_for_one_repository_alone_is_named(
    actions: tuple[Action, ...], named: str
) -> None:
    text = FILES["/srv/c.yaml"]
    for config, first in ((text, "near"), (text.replace(", label: near", ""), "/near")):
        host = MemoryHost({**FILES, "/srv/c.yaml": config})
        diagnostics = Diagnostics()
        options = ActionOptions(destination="/mnt")
        request = CompileRequest(("c.yaml",), actions, "", "2.1", options=options)
        found = plan_of(read(request, host, diagnostics), host, diagnostics)
        (item,) = (item for item in found.diagnostics if item.code == "BP419")
        assert item.message == f"{named} works on one repository at a time; 2 are selected"
        assert item.hint == f"--repository {first}"


def hooked(found: Compilation) -> list[str]:
    """The repositories around whose action a hook runs; the file itself where it runs around all."""
    assert found.plan, found.errors
    return [step.scope.split("/")[-1] for step in found.plan.steps if step.role is Role.HOOK]


# From 1.5 on, `extract` and `check` have hooks: first around the file, then around each repository's action.
WITH_HOOKS = [profile for profile in PROFILES if profile.first >= (1, 5)]


@pytest.mark.parametrize("profile", WITH_HOOKS, ids=lambda profile: str(profile.name))
def test_hooks_of_extract_run_for_repositories_that_are_left_out_from_1_6_to_2_0_10(
    profile: Profile,
) -> None:
    found = hooked(compiled(profile, Action.EXTRACT, "near", hooks="before_extract: [echo now]\n"))
    if profile.first < (1, 6):
        assert found == ["c.yaml"]
    elif profile.first < (2, 0, 11):
        assert found == ["near#extract", "far#extract"]
    else:
        assert found == ["near#extract"]


@pytest.mark.parametrize("profile", WITH_HOOKS, ids=lambda profile: str(profile.name))
def test_hooks_of_a_skipped_action_run_before_1_6_and_in_2_0_1(profile: Profile) -> None:
    found = hooked(compiled(profile, Action.CHECK, "near", hooks="before_check: [echo now]\n"))
    if profile.first < (1, 6):
        assert found == ["c.yaml"]
    else:
        assert found == (["near#check", "far#check"] if profile.name == "2.0.1" else [])
