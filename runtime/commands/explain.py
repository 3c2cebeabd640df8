"""`borgplan explain STEP`: why a step is in a plan, and what depends on it."""

from __future__ import annotations

import argparse
import sys

from ...compiler.plan.model import Plan, Step
from ...compiler.source.diagnostic import Diagnostics, did_you_mean
from ...compiler.source.span import COMMAND_LINE, Text
from ..cli.options.action import add_to, options
from ..cli.options.common import add_configs, add_format, add_looking, add_shaping, shaped_by
from ..run.session import plan_of_arguments, say, session_of, write, write_json


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", metavar="STEP",
        help="one step: its number in `borgplan plan`, its name from the project file, its id, or a selector "
             "that only this step fits, such as 'borg create' or 'hook on_error'")  # fmt: skip
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
    return _selected(plan, wanted)


def _selected(plan: Plan, wanted: str) -> Step | None:
    """The only step that a selector fits."""
    from ...compiler.analysis.selector import selector
    from ...compiler.plan.index import index

    test = selector(Text(wanted, COMMAND_LINE), Diagnostics())
    tree = index(plan)
    fitting = [n for n, step in enumerate(plan.steps, 1) if test is not None and test(step, tree)]
    if len(fitting) == 1:
        return plan.steps[fitting[0] - 1]
    if fitting:
        numbers = ", ".join(map(str, fitting))
        say(f"borgplan explain: `{wanted}` selects several steps, {numbers}: name one of these")
        return None
    names = {name for step in plan.steps for name in (step.name, step.id) if name}
    hint = did_you_mean(wanted, names)
    say(f"borgplan explain: there is no step `{wanted}`{f'; {hint}' if hint else ''}")
    return None
