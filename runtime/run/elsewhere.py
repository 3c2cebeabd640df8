"""Plans for another machine than this one: from its facts, from its files below a directory, or from the
configuration alone."""

from __future__ import annotations

import sys
import time

from ...compiler.borg.action_inputs import KNOWN_LATER
from ...compiler.config.discover import default_paths
from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Fact, Recorded
from ...compiler.source.diagnostic import Diagnostics, in_order
from ...compiler.source.host import UnreadableError
from ...compiler.source.span import Span
from ...compiler.support.record import TYPE_CHECKING
from ..cli.arguments import Arguments
from ..system.host import RealHost
from ..system.replaying import AtHand, ReplayingHost, places_of, told

if TYPE_CHECKING:
    from ...compiler.driver.facts import Machine

LARGEST = 64 * 1024 * 1024  # bytes of a file with facts
_WHY = {
    "--untrusted": "is not read, because it is not in the repository and --untrusted is given",
    "--facts": "is not read, because it is neither in the facts nor in the repository",
    "--root": "is not read, because it is neither below --root nor in the repository",
    "--offline": "is not read, because it is not in the repository and --offline is given",
}


def host_of(arguments: Arguments, inner: RealHost) -> ReplayingHost:
    """The machine that the plan is for. Raises SystemExit (2), after saying why, for facts that can't be used."""
    machine = _machine(arguments.facts, inner) if arguments.facts else None
    named = (arguments.project, *arguments.policies, arguments.lint.baseline)
    at_hand = AtHand(
        arguments.configs,
        places_of(_local_configs(arguments, inner), inner.directory),
        tuple(filter(None, named)),
        (arguments.root,) if arguments.root else (),
    )
    return ReplayingHost(inner, at_hand, machine, _WHY[arguments.elsewhere])


def _local_configs(arguments: Arguments, inner: RealHost) -> tuple[str, ...]:
    """The configurations that are files here. With `--root` whole paths are those of the machine; with none
    named, the files in the default places count only where nothing but `--offline` is given."""
    if arguments.root:
        return tuple(path for path in arguments.configs if not path.startswith("/"))
    if not arguments.configs and arguments.elsewhere == "--offline":
        return default_paths(inner)
    return arguments.configs


def _machine(path: str, host: RealHost) -> Machine:
    from ...compiler.driver.facts import from_text
    from ...compiler.support.json_reader import WrongShapeError
    from ..render.diagnostics import render
    from ..report.style import style_for

    found = Diagnostics()
    hint = "make a new one on the machine: borgplan facts -o FILE"
    try:
        return from_text(host.read(path, LARGEST).decode())
    except UnreadableError as error:
        found.error("BP101", str(error), Span(path))
    except UnicodeDecodeError:
        found.error("BP511", "the facts are damaged: not valid UTF-8", Span(path), hint)
    except WrongShapeError as error:
        where = f"{error.where}: " if error.where else ""
        span = Span(path, error.line, error.column)
        found.error("BP511", f"the facts can't be used: {where}{error}", span, hint)
    sys.stderr.write(render(in_order(found), {}, style_for(sys.stderr, "auto", host.environment)))
    raise SystemExit(2)


def with_unknown(compilation: Compilation, host: RealHost) -> Compilation:
    """With facts in the plan on what it depends on and isn't known here, and on whose facts were used."""
    plan = compilation.plan
    if plan is None or not isinstance(host, ReplayingHost):
        return compilation
    names = (*host.left, *(f"${{{name}}}" for name in host.variables))
    facts = (Fact(name, KNOWN_LATER) for name in dict.fromkeys(names))
    machine = host.machine
    recorded = Recorded(machine.host, machine.time) if machine else None
    return compilation._replace(plan=plan._replace(facts=(*plan.facts, *facts), recorded=recorded))


def not_looked_at(arguments: Arguments, host: RealHost) -> list[str]:
    """Lines on what the plan depends on and was not looked at, and on the age of facts."""
    if not isinstance(host, ReplayingHost):
        return []
    names = sorted(f"${{{name}}}" for name in host.variables)
    lines = told(host.left, names, arguments.elsewhere)
    if host.machine is None:
        return lines
    return [f"Facts of {host.machine.host}, {_age(time.time() - host.machine.time)}", *lines]


def _age(seconds: float) -> str:
    for unit, length in (("day", 24 * 3600), ("hour", 3600), ("minute", 60)):
        number = int(seconds // length)
        if number:
            return f"{number} {unit}{'s' if number > 1 else ''} old"
    return "less than a minute old"
