"""Which of a plan's messages a test sends: those of a run that goes well, and what tells only of failures."""

from __future__ import annotations

from ..plan.command_text import command_text
from ..plan.index import index
from ..plan.model import Plan, Role, ScopeKind, Status, Step
from ..support.record import NamedTuple


class Messages(NamedTuple):
    """What one service is told, in the order of a test. `service`: the option that it comes from.

    `alarms_only`: it hears of nothing but failures, so that one is made up to test it.
    """

    configuration: str
    service: str
    steps: tuple[Step, ...]
    alarms_only: bool = False


def messages(plan: Plan, *, failures: bool) -> list[Messages]:
    """For each service of each configuration. `failures`: with those of a failed run, which come before those
    of a run that ends well, so that what is believed last is good."""
    tree = index(plan)
    found: dict[tuple[str, str], list[Step]] = {}
    for step in plan.steps:
        if step.role is Role.NOTIFY:
            configuration = tree.name_of(step.scope, ScopeKind.CONFIGURATION) or step.origin.file
            found.setdefault((configuration, step.hook), []).append(step)
    return [_of_service(*key, steps, failures=failures) for key, steps in found.items()]


def _of_service(configuration: str, service: str, steps: list[Step], *, failures: bool) -> Messages:
    of_success = [step for step in steps if step.trigger.fits(Status.OK)]
    of_failure = _different([step for step in steps if not step.trigger.fits(Status.OK)])
    if not of_success:
        return Messages(configuration, service, tuple(of_failure), alarms_only=True)
    alarms = of_failure if failures else []
    first = [step for step in of_success if step.phase is of_success[0].phase]
    rest = of_success[len(first) :]
    return Messages(configuration, service, (*first, *alarms, *rest))


def _different(steps: list[Step]) -> list[Step]:
    """The same alarm may stand in several places, for what can fail there."""
    return list({(step.title, command_text(step)): step for step in reversed(steps)}.values())[::-1]
