"""After-hooks that unmount what later actions need, or stop the machine before these have run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from posixpath import normpath

from ...analysis.claims import claims
from ...analysis.unmounting import unmounted
from ...borg.locations import normal_location
from ...driver.compile import Compilation
from ...plan.index import Index, index
from ...plan.model import LEAVING, Phase, Plan, ScopeKind, Step
from ...plan.titles import named, subcommand
from ...plan.work import Process, Shell
from ...shell.lexer import SPEAKING, program, simple_commands
from ...shell.power import machine_stops
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...source.host import Host
from ...support.record import NamedTuple
from ..rule import Rule


class _Uses(NamedTuple):
    """Where things are used: numbers of Borg's steps, ascending. `repositories` and `sources`: by each path
    that such a thing lies in; `hosts`: by the host that a repository is on; `all`: of every command."""

    repositories: dict[str, list[int]]
    sources: dict[str, list[int]]
    hosts: dict[str, list[int]]
    all: list[int]


def gone_early(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP312: one for each command of a hook."""
    del host
    plan = compilation.plan
    if plan is None:
        return
    leaving = [
        (number, step, step.work.script)  # with constants, as the paths are in them
        for number, step in enumerate(plan.steps)
        if isinstance(step.work, Shell) and step.phase in LEAVING
    ]
    taken = [(n, step, unmounted(text, plan), machine_stops(text)) for n, step, text in leaving]
    taken = [(n, step, paths, stops) for n, step, paths, stops in taken if paths or stops]
    if not taken:
        return
    tree = index(plan)
    uses = _uses(compilation, plan, tree)
    mounting = _mounting(plan)
    said = set()
    for number, step, paths, stops in taken:
        if step.origin in said:
            continue
        found = next(_gone(number, paths, uses, mounting), None)
        text = "removes {}, and {} runs later"
        if found is None:
            lists = [uses.hosts.get(stop.host, []) if stop.host else uses.all for stop in stops]
            at = min(
                (later[0] for numbers in lists if (later := _after(numbers, number))), default=None
            )
            found = None if at is None else (at, "the machine")
            text = "stops {}, and {} runs later"
        if found is not None:
            said.add(step.origin)
            at, what = found
            diagnostics.append(
                Diagnostic(
                    "BP312",
                    Severity.WARNING,
                    f"{named(step, tree)} {text.format(what, named(plan.steps[at], tree))}",
                    step.origin,
                    "move it to the end: to a hook after the configuration or after everything",
                )
            )


def _after(numbers: list[int], number: int) -> list[int]:
    return numbers[bisect_right(numbers, number) :][:1]


def _gone(
    number: int, paths: tuple[str, ...], uses: _Uses, mounting: dict[str, list[int]]
) -> Iterator[tuple[int, str]]:
    """The first later use of what was unmounted and isn't mounted again before it."""
    for path in paths:
        for what, places in (("the repository", uses.repositories), ("the source", uses.sources)):
            for at in _after(places.get(path, []), number):
                again = [*_after(mounting.get(path, []), number), *_after(mounting[""], number)]
                if not any(place < at for place in again):
                    yield at, f"{what} {path}" if what == "the source" else what


def _uses(compilation: Compilation, plan: Plan, tree: Index) -> _Uses:
    sources = {
        configuration.path: [
            text.text for text in configuration.settings.texts("source_directories")
        ]
        for configuration in compilation.configurations
    }
    uses = _Uses({}, {}, {}, [])
    for number, step in enumerate(plan.steps):
        if not isinstance(step.work, Process) or step.phase is not Phase.BODY:
            continue
        uses.all.append(number)
        location = normal_location(tree.name_of(step.scope, ScopeKind.REPOSITORY), "/")
        if location.startswith("/"):
            _note(uses.repositories, location, number)
        elif "://" in location:
            host = (
                location.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
            )
            for name in {host, host.partition(".")[0]}:
                uses.hosts.setdefault(name, []).append(number)
        if subcommand(step) == "create":
            for source in sources.get(tree.name_of(step.scope, ScopeKind.CONFIGURATION), ()):
                if source.startswith("/"):
                    _note(uses.sources, normpath(source), number)
    return uses


def _note(uses: dict[str, list[int]], path: str, number: int) -> None:
    """Below the path and each of its folders but the root."""
    while len(path) > 1:
        numbers = uses.setdefault(path, [])
        if numbers[-1:] != [number]:
            numbers.append(number)
        path = path.rpartition("/")[0]


def _mounting(plan: Plan) -> dict[str, list[int]]:
    """The steps that mount a path; under the empty name before-hooks of which nobody can tell."""
    found: dict[str, list[int]] = {"": []}
    for number, step in enumerate(plan.steps):
        if not isinstance(step.work, Shell):
            continue
        text = step.work.script
        for claim in claims(text):
            if claim.pair.name == "mount" and claim.taking:
                found.setdefault(normpath(claim.what), []).append(number)
        if step.phase is Phase.ENTER and (_is_opaque(step) or "mount" in text):
            found[""].append(number)
    return found


def _is_opaque(step: Step) -> bool:
    """Whether it runs a script, which may mount for all one can see from here."""
    return isinstance(step.work, Shell) and any(
        "/" in words[0] and program(words[0]) not in SPEAKING
        for words in simple_commands(step.work.written)
    )


RULES = (Rule(("BP312",), gone_early),)
