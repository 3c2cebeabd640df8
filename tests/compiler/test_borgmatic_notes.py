"""Checks that borgmatic ran are not due at once under borgplan."""

from __future__ import annotations

from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.model import Plan
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost

_DAY = 24 * 3600
_ID, _OTHER = "a" * 64, "b" * 64
_NOW = 400.0 * _DAY
_STATE = "/home/user/.local/state/borgmatic/checks"
_CHECKS = "checks: [{name: repository, frequency: 2 weeks}, {name: archives, frequency: 2 weeks}]\n"


def plan(repository: str, times: dict[str, float], files: dict[str, str] | None = None) -> Plan:
    text = f"source_directories: [/etc]\nrepositories: [{{path: '{repository}'}}]\n{_CHECKS}"
    there = {"/srv/c.yaml": text, "/etc/x": "", "/r/config": f"[repository]\nid = {_ID}\n"}
    host = MemoryHost({**there, **dict.fromkeys(times, ""), **(files or {})}, times=times, now=_NOW)
    found = Diagnostics()
    request = CompileRequest(("c.yaml",), (Action.CHECK,), semantics="2.1")
    compiled = plan_of(read(request, host, found), host, found)
    assert compiled.plan
    return compiled.plan


def argv(found: Plan) -> list[str]:
    return [str(step.work) for step in found.steps]


def test_a_check_that_borgmatic_ran_is_not_due() -> None:
    found = plan("/r", {f"{_STATE}/{_ID}/repository": _NOW - _DAY})
    (work,) = argv(found)
    assert "--archives-only" in work
    assert any("by borgmatic" in str(fact) for fact in found.facts)


def test_of_archives_the_earliest_selection_counts() -> None:
    both = {f"{_STATE}/{_ID}/repository": _NOW - _DAY, f"{_STATE}/{_ID}/archives/x": _NOW - _DAY}
    assert not argv(plan("/r", both))
    assert argv(plan("/r", {**both, f"{_STATE}/{_ID}/archives/y": _NOW - 20 * _DAY}))


def test_notes_of_another_repository_do_not_count() -> None:
    (work,) = argv(plan("/r", {f"{_STATE}/{_OTHER}/repository": _NOW - _DAY}))
    assert "--archives-only" not in work


def test_a_repository_elsewhere_is_known_by_what_borg_keeps_of_it() -> None:
    where = "ssh://user@host/./r"
    times = {f"{_STATE}/{_ID}/repository": _NOW - _DAY}
    known = {f"/home/user/.config/borg/security/{_ID}/location": where}
    assert "--archives-only" in argv(plan(where, times, known))[0]
    assert "--archives-only" not in argv(plan(where, times))[0]
