"""What a plan says would run: compiled, and walked over with commands that end as faults say."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import NamedTuple

from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.index import Index, index
from borgplan.compiler.plan.model import ScopeKind, Step
from borgplan.compiler.plan.words import Value
from borgplan.compiler.plan.work import Process, Shell
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.cli.arguments import request_of
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from tests.compiler.memory_host import MemoryHost
from tests.laws.case import TMP, Case, placed
from tests.support.stand_in_rules import Faults


class Simulated(NamedTuple):
    """`complaints`: errors of the compiler."""

    trace: list[list[str]]
    exit_code: int
    complaints: list[str]


class StruckRunner(ScriptedRunner):
    """A script that is made up as it goes: faults strike the n-th start of a command."""

    def __init__(self, tree: Index, faults: Faults) -> None:
        super().__init__()
        self.trace: list[list[str]] = []
        self._tree = tree
        self._faults = faults

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        if isinstance(step.work, Shell):
            event, argv = "hook", hook_words(step.work, values)
            self.trace.append(["hook", *argv])
        else:
            assert isinstance(step.work, Process)
            repository = self._tree.name_of(step.scope, ScopeKind.REPOSITORY)
            event, argv = "borg", [str(step.work.argv[1]), repository]
            self.trace.append(["borg", *argv])
        code = int(self._faults.take(event, argv).get("exit", 0))
        return Result(step.work.exits.outcome(code), code)


def hook_words(work: Shell, values: Mapping[Value, str]) -> list[str]:
    """What the stand-in `hook` would be started with."""
    script = work.script
    for variable, late in work.late:
        script = script.replace(f'"${{{variable}}}"', shlex.quote(values.get(late, "")))
    assert "$" not in script, script
    return shlex.split(script)[1:]


def simulate(case: Case) -> Simulated:
    arguments = parse(["plan", *(word.replace("$TMP", TMP) for word in case.arguments)])
    files = {
        path.replace("$TMP", TMP): text.replace("$TMP", TMP)
        for path, text in zip(case.paths, case.files, strict=True)
    }
    host = MemoryHost({**files, f"{TMP}/src/file": "content\n"})
    diagnostics = Diagnostics()
    compilation = plan_of(read(request_of(arguments), host, diagnostics), host, diagnostics)
    complaints = [f"{item.code} {item.message}" for item in compilation.errors]
    if compilation.plan is None:
        return Simulated([], 2, complaints)
    runner = StruckRunner(
        index(compilation.plan), Faults([placed(fault, TMP) for fault in case.faults])
    )
    report = interpret(compilation.plan, runner)
    return Simulated(runner.trace, report.exit_code, complaints)
