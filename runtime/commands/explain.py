"""`borgplan explain STEP`: why a step is in a plan, and what depends on it."""

from __future__ import annotations

import argparse
import sys

from ...compiler.plan.model import Plan, Step
from ...compiler.source.diagnostic import did_you_mean
from ..cli.options.action import add_to, options
from ..cli.options.common import add_configs, add_format, add_looking, add_shaping, shaped_by
from ..run.session import plan_of_arguments, say, session_of, write, write_json


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", metavar="STEP",
        help="a step by its number in `borgplan plan`, its name in the project file, or its id")  # fmt: skip
    add_configs(parser)
    add_format(parser)
    add_shaping(parser)
    add_looking(parser)
    add_to(parser)


def run(namespace: argparse.Namespace) -> int:
    """0; 2 if there is no plan or no such step."""
    configs = (*namespace.configs, *namespace.config)
    shaping = shaped_by(namespace, "explain", configs, options(namespace, ()))
    session = session_of(shaping)
    plan = plan_of_arguments(session)
    if plan is None:
        return 2
    step = _step(plan, namespace.step)
    if step is None:
        return 2
    from ...compiler.analysis.explanation import explanation
    from ..render.explanation import as_data, render

    found = explanation(plan, step.id)
    if namespace.format == "json":
        write_json(as_data(plan, found))
    else:
        write(render(plan, found, session.style(sys.stdout)))
    return 0


def _step(plan: Plan, wanted: str) -> Step | None:
    """The step that is meant; None after saying why there is none."""
    if wanted.isascii() and wanted.isdigit():
        number = int(wanted[:9])
        if 1 <= number <= len(plan.steps):
            return plan.steps[number - 1]
        say(f"borgplan explain: there is no step {wanted}; the plan has {len(plan.steps)}")
        return None
    named = [step for step in plan.steps if wanted in (step.name, step.id)]
    if len(named) == 1:
        return named[0]
    if named:
        numbers = ", ".join(str(n) for n, step in enumerate(plan.steps, 1) if step in named)
        say(f"borgplan explain: `{wanted}` is the name of several steps, {numbers}")
        return None
    names = {name for step in plan.steps for name in (step.name, step.id) if name}
    hint = did_you_mean(wanted, names)
    say(f"borgplan explain: there is no step `{wanted}`{f'; {hint}' if hint else ''}")
    return None
