"""What a plan of several actions has of each of them."""

from __future__ import annotations

import pytest

from borgplan.compiler.borg.action_options import ActionOptions
from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.model import Plan
from borgplan.compiler.plan.titles import subcommand
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost
from tests.compiler.planning import START

TWO = f"{START}repositories: [{{path: /one}}, {{path: /two}}]\n"


def planned(*actions: Action, text: str = TWO) -> Plan:
    host = MemoryHost(
        {"/srv/c.yaml": text, **{f"/{name}/config": "[repository]\n" for name in ("one", "two")}}
    )
    diagnostics = Diagnostics()
    options = ActionOptions(mount_point="/mnt")
    request = CompileRequest(("c.yaml",), actions, semantics="2.1", options=options)
    plan = plan_of(read(request, host, diagnostics), host, diagnostics).plan
    assert plan is not None, list(diagnostics)
    return plan


def subcommands(plan: Plan) -> list[str]:
    return [subcommand(step) for step in plan.steps]


@pytest.mark.parametrize("before", [(), (Action.CREATE,), (Action.CREATE, Action.LIST)])
def test_what_is_mounted_is_unmounted_once_whatever_comes_before(
    before: tuple[Action, ...],
) -> None:
    found = subcommands(planned(*before, Action.UMOUNT))
    assert found.count("umount") == 1
    assert len(found) == 2 * len(before) + 1


@pytest.mark.parametrize("works", [True, False])
def test_archives_get_the_configuration_files_only_where_archives_are_made(*, works: bool) -> None:
    text = TWO if works else f"{TWO}skip_actions: [create]\n"
    plan = planned(Action.CREATE, Action.PRUNE, text=text)
    files = [line for text in plan.scratch for line in text.shown_lines if "/srv/c.yaml" in line]
    assert bool(files) is works


def test_which_checks_are_left_out_is_a_fact_with_its_reason() -> None:
    # On this machine it is a Thursday.
    text = f"{TWO}checks: [{{name: repository, only_run_on: [Monday]}}, {{name: archives}}]\n"
    facts = {fact.subject: fact.found for fact in planned(Action.CHECK, text=text).facts}
    told = {subject: found for subject, found in facts.items() if subject.startswith("check ")}
    assert set(told) == {"check repository of /one", "check repository of /two"}
    assert all(found.startswith("skipped: ") for found in told.values())
