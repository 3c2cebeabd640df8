"""From the text of configuration and project files to a plan, on a machine that is made up."""

from __future__ import annotations

from collections.abc import Mapping

from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.command_text import command_text
from borgplan.compiler.plan.model import Plan
from borgplan.compiler.plan.work import Process, Shell
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost

# Beside `repositories`, what a configuration can't do without.
START = "source_directories: [/etc]\nkeep_daily: 1\n"
_REPOSITORY = "[repository]\n"
# What the configurations of these tests are about is there.
_THERE = {
    "/etc/hostname": "here\n",
    **{
        f"{path}/config": _REPOSITORY
        for path in ("/backups/one", "/backups/two", "/one", "/two", "/r")
    },
}
ONE = f"{START}repositories: [{{path: /backups/one, label: near}}]\n"


def compilation(
    files: Mapping[str, str],
    *paths: str,
    actions: tuple[Action, ...] = (Action.CREATE,),
    semantics: str = "",
    overrides: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
    interpolate: bool = True,
    project: str = "",
) -> Compilation:
    """Of these files in the working directory; `c.yaml` alone if no paths are given."""
    host = MemoryHost(
        {**_THERE, **{f"/srv/{name}": text for name, text in files.items()}},
        environment=environment or {},
    )
    diagnostics = Diagnostics()
    request = CompileRequest(
        paths or ("c.yaml",), actions, "", semantics, overrides, interpolate, project
    )
    return plan_of(read(request, host, diagnostics), host, diagnostics)


def planned(text: str, **more: object) -> Plan:
    """The plan of one file that has nothing wrong with it."""
    found = compilation({"c.yaml": text}, **more)  # type: ignore[arg-type]
    assert not found.errors, found.errors
    assert found.plan
    return found.plan


def codes(found: Compilation) -> list[str]:
    return [item.code for item in found.diagnostics]


def commands(plan: Plan) -> list[str]:
    """Hooks as written, and `borg SUBCOMMAND`."""
    return [
        step.work.written
        if isinstance(step.work, Shell)
        else f"borg {step.work.argv[1]}"
        if isinstance(step.work, Process)
        else command_text(step)
        for step in plan.steps
    ]
