"""A dry run is a runner that starts less. pytest-subprocess watches what is started.

Its fake processes don't fit `ProcessRunner`, which polls descriptors (they have none) and kills by
group; so commands pass through it to harmless real programs, and what isn't allowed can't start.
"""

from __future__ import annotations

import pytest
from pytest_subprocess import FakeProcess

from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.scratch import Scratch, ScratchKind
from borgplan.compiler.plan.words import ScratchPath
from borgplan.compiler.plan.work import LAST_LINE
from borgplan.runtime.engine.runner import DryRunner, ScriptedRunner
from borgplan.runtime.process.runner import ProcessRunner
from tests.runtime.build import command, shell, step
from tests.runtime.conftest import Processes


@pytest.fixture
def dry(processes: Processes) -> DryRunner:
    patterns = (Scratch("p", "", ScratchKind.TEXT, ("R /home",)),)
    return DryRunner(ProcessRunner(patterns, {}, processes.signals, processes.sink))


def test_hooks_do_not_start(dry: DryRunner, fp: FakeProcess) -> None:
    result = dry.run(step("hook", work=shell("touch x")), {})
    assert (result.outcome, result.code) == (Outcome.DONE, None)
    assert result.note == "dry run: hooks don't run"
    assert not fp.calls


def test_commands_without_a_dry_form_do_not_start(dry: DryRunner, fp: FakeProcess) -> None:
    result = dry.run(step("check", work=command("borg", "check", output=LAST_LINE)), {})
    assert (result.outcome, result.code, result.captured) == (Outcome.DONE, None, "")
    assert result.note == "dry run: Borg has no dry form of this"
    assert not fp.calls


def test_commands_with_a_dry_form_run_that(dry: DryRunner, fp: FakeProcess) -> None:
    fp.pass_command(["/bin/echo", fp.any()])
    dry_argv = ("/bin/echo", "create", "--dry-run", (ScratchPath("p"),), "repo::x y")
    work = command("/bin/echo", "create", (ScratchPath("p"),), "repo::x y", dry=dry_argv)
    result = dry.run(step("create", work=work), {})
    assert result.outcome is Outcome.DONE
    (called,) = fp.calls
    assert isinstance(called, tuple)
    *before, patterns, archive = map(str, called)
    assert before == ["/bin/echo", "create", "--dry-run"]
    assert patterns.startswith("/dev/fd/")
    assert archive == "repo::x y"


def test_a_dry_run_is_interrupted_as_any_other() -> None:
    inner = ScriptedRunner()
    inner.signal = 15
    assert DryRunner(inner).signal == 15
