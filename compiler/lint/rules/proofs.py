"""What can be proved of a plan's failures, which are worked out once for all of it."""

from __future__ import annotations

from ...analysis.failures import failures
from ...driver.compile import Compilation
from ...plan.index import index
from ...plan.work import Shell
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ..rule import Rule
from .alarm_coverage import alarm_coverage
from .cleanup_proof import cleanup_proof, leaves_quietly


def proofs(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP801 to BP806: what hooks take and don't give back, or too late. BP811, BP812: failures nobody is told of."""
    plan = compilation.plan
    services = any(configuration.services for configuration in compilation.configurations)
    if plan is not None and (services or any(isinstance(s.work, Shell) for s in plan.steps)):
        tree = index(plan)
        # Of soft failures only those of hooks that speak of one are told.
        found = failures(plan, tree, soft=any(leaves_quietly(step) for step in plan.steps))
        cleanup_proof(plan, tree, found, diagnostics)
        alarm_coverage(plan, compilation.configurations, tree, found, diagnostics)


RULES = (Rule(("BP801", "BP802", "BP803", "BP804", "BP805", "BP806", "BP811", "BP812"), proofs),)
