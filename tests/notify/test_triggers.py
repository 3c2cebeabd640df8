"""Steps that look at everything within their scope: when they run, whichever way it ended."""

from __future__ import annotations

import pytest

from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.index import index
from borgplan.compiler.plan.model import Effect, Phase, Plan, Resume, ScopeKind, Status, Trigger
from borgplan.compiler.plan.verify import verify
from borgplan.compiler.plan.words import Known, Use
from borgplan.compiler.plan.work import Request
from borgplan.runtime.engine.account import Account
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.sizes import ArchiveSize
from borgplan.runtime.engine.walk import interpret
from tests.runtime.build import FAILED_NEXT, command, plan, run_scope, scope, step

SOFT = Result(Outcome.SOFT, 75)
HARD = Result(Outcome.HARD, 2)
END = Effect(Status.SKIPPED, Resume.END)
LAST = [Trigger.WELL, Trigger.UNFAILED, Trigger.FAILED, Trigger.OWN, Trigger.ENDED]


def tree() -> Plan:
    """A file with a hook before and after its repository, an error hook and what tells."""
    steps = [
        step("before", "file", Phase.ENTER, soft=END),
        step("work", "repo", Phase.BODY, soft=Effect(Status.SKIPPED, Resume.EXIT)),
        step("after", "file", Phase.EXIT, Trigger.ALWAYS, soft=END),
        step("on-error", "file", Phase.RECOVER, Trigger.FAILURE),
        *(step(t.value, "file", Phase.RECOVER, t, hard=FAILED_NEXT) for t in LAST),
    ]
    keep = Effect(None, Resume.NEXT)
    file = scope("file", kind=ScopeKind.CONFIGURATION, skipped=keep, failed=FAILED_NEXT)
    repo = scope("repo", "file", ScopeKind.REPOSITORY)
    return plan([run_scope(), file, repo], steps)


@pytest.mark.parametrize(
    ("ends", "ran"),
    [
        ({}, ["well", "unfailed", "ended"]),
        ({"work": SOFT}, ["unfailed", "ended"]),
        ({"work": HARD}, ["on-error", "failed", "ended"]),
        ({"before": SOFT}, ["unfailed", "ended"]),
        ({"before": HARD}, ["on-error", "failed", "own-failure", "ended"]),
        ({"work": HARD, "after": SOFT}, ["failed", "ended"]),
        ({"after": HARD}, ["on-error", "failed", "own-failure", "ended"]),
        ({"work": HARD, "on-error": HARD}, ["on-error", "failed", "ended"]),
        (
            {"work": Result(Outcome.INTERRUPTED, -15)},
            ["on-error", "failed", "ended"],
        ),
    ],
)
def test_what_runs_last(ends: dict[str, Result], ran: list[str]) -> None:
    made = tree()
    assert verify(made) == []
    report = interpret(made, ScriptedRunner(ends))
    assert [name for name in report.results if name not in ("before", "work", "after")] == ran


def test_elsewhere_they_are_unsound() -> None:
    made = plan([run_scope()], [step("a", "run", Phase.EXIT, Trigger.FAILED, hard=FAILED_NEXT)])
    assert [broken.subject for broken in verify(made)] == ["a"]


def test_an_account_is_of_one_file_and_of_bounded_size() -> None:
    made = tree()
    account = Account(made, index(made))
    work = next(s for s in made.steps if s.id == "work")
    last = made.steps[-1]
    for number in range(3):
        account.add(work, Result(Outcome.DONE, 0, output=f"{number}" * 600_000, seconds=1.5))
    account.add(work, Result(Outcome.HARD, 2, output="bad"))
    assert account.known(last) == {}  # it isn't one that tells
    told = account._told["file"]
    assert len(told.logs[Known.LOG].text()) <= 1_000_000
    assert told.logs[Known.ERRORS].text() == "bad\n`work` ended with exit code 2"
    assert told.seconds == 4.5


def test_the_first_line_of_a_good_message_says_that_backups_are_empty() -> None:
    create = command("borg", "create", "/r")
    tells = Request("POST", "http://127.0.0.1/", ExitCodes(), body=(Use(Known.SUMMARY),))
    scopes = [
        run_scope(), scope("file"), scope("/r", "file", ScopeKind.REPOSITORY), scope("action", "/r", ScopeKind.ACTION),
    ]  # fmt: skip
    message = step("message", "run", Phase.EXIT, work=tells)
    made = plan(scopes, [step("create", "action", work=create)])
    made = made._replace(steps=(*made.steps, message))
    account = Account(made, index(made))
    account.add(made.steps[0], Result(Outcome.DONE, 0, archive="a", size=ArchiveSize(0, 0)))
    told = account.known(made.steps[1])[Known.SUMMARY].split("\n")
    assert told[0] == ", but 1 backup is EMPTY"
    assert "WARNING: this backup is EMPTY" in told
