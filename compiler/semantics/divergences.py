"""Where a run differs from borgmatic's on purpose: the differences that a plan has occasion for.

docs/divergences.md has all of them at length, those included that are errors or warnings of their own.
"""

from __future__ import annotations

from collections.abc import Callable

from ..plan.model import Phase, Plan, Role, ScopeKind, Step, Trigger
from ..plan.titles import subcommand
from ..plan.words import Known, Use, Value, parts_of
from ..plan.work import Process, Request, Shell, words_of
from ..support.record import NamedTuple
from ..support.regex import lazily
from . import NEWEST, Profile, profile_named

_BACKGROUND = lazily(r"(?<!&)&(?![&>\d])")


class Divergence(NamedTuple):
    """`occurs`: whether a plan has occasion for it; it is handed the generations of its files."""

    name: str
    text: str
    occurs: Callable[[Plan, tuple[Profile, ...]], bool]


def divergences(plan: Plan) -> list[Divergence]:
    """Those that concern this plan, in the order of `DIVERGENCES`."""
    names = dict.fromkeys(meaning.semantics for meaning in plan.meanings)
    profiles = tuple(profile_named(name) or NEWEST for name in names)
    return [found for found in DIVERGENCES if found.occurs(plan, profiles)]


def _any_step(
    test: Callable[[Step], bool],
) -> Callable[[Plan, tuple[Profile, ...]], bool]:
    return lambda plan, _: any(test(step) for step in plan.steps)


def _is_borg(step: Step) -> bool:
    return step.role is Role.BORG


def _tells(step: Step) -> bool:
    return step.role is Role.NOTIFY


def _asks(step: Step, value: Value) -> bool:
    return any(
        isinstance(part, Use) and part.value == value for part in parts_of(words_of(step.work))
    )


def _tells_kuma(step: Step) -> bool:
    return _tells(step) and step.hook == "uptime_kuma"


def _starts_kuma(step: Step) -> bool:
    return _tells_kuma(step) and step.phase is Phase.ENTER


def _may_hide_failure(step: Step) -> bool:
    return step.phase is Phase.EXIT and bool(step.work.exits.soft)


def _is_for_failures(step: Step) -> bool:
    if step.role is Role.NOTIFY:
        return False
    return step.phase is Phase.RECOVER or (
        step.phase is Phase.EXIT and step.trigger is not Trigger.SUCCESS
    )


def _frees_after_prune(plan: Plan, _: tuple[Profile, ...]) -> bool:
    actions = (s for s in plan.scopes if s.kind is ScopeKind.ACTION and s.name == "prune")
    prunes = {scope.id for scope in actions}
    return any(step.scope in prunes and subcommand(step) == "compact" for step in plan.steps)


def _holds_values(step: Step) -> bool:
    return isinstance(step.work, Shell) and step.work.script != step.work.written


def _has_exact_filter(step: Step) -> bool:
    return isinstance(step.work, Process) and any("[0-9]" in str(word) for word in step.work.argv)


def _runs_in_background(step: Step) -> bool:
    return (
        isinstance(step.work, Shell)
        and "&" in step.work.script
        and _BACKGROUND.search(step.work.script) is not None
    )


DIVERGENCES: tuple[Divergence, ...] = (
    Divergence(
        "failures",
        "A later hook that exits 75 does not turn a failed run into a success, and neither "
        "does Borg's own exit code 75 (lock lost), which some borgmatic releases treat as a soft failure.",
        lambda plan, _: (
            any(_may_hide_failure(step) for step in plan.steps)
            or any(step.work.exits.soft_fails_run for step in plan.steps)
        ),
    ),
    Divergence(
        "evidence",
        "A Borg command needs evidence of success: `create` reports its archive, a warning's exit code has "
        "a warning in Borg's log, and everything requested by name exists. Exit codes of 126 and above are failures.",
        _any_step(_is_borg),
    ),
    Divergence(
        "interrupts",
        "After a signal, the error hooks of everything that has started run, and the exit code "
        "is 128 plus the signal's number; borgmatic skips some or all of these hooks.",
        _any_step(_is_for_failures),
    ),
    Divergence(
        "values",
        "Values in hooks are part of exactly one word, in any quotes, and never executed; "
        "commands that are not known to accept plain text get a neutral form. borgmatic inserts values as "
        "text or adds quotes.",
        _any_step(_holds_values),
    ),
    Divergence(
        "monitoring",
        "FAIL reports every failure to monitoring services: also where a later hook ended softly, Borg ended "
        "with 75, an error hook or a hook around everything failed, a signal came, or the run is refused. A service that isn't "
        "reached stops nothing; nothing is sent in a dry run.",
        _any_step(_tells),
    ),
    Divergence(
        "addresses",
        "Queries and slashes of the URLs of services are joined properly; with the options of Zabbix and "
        "Pushover nothing is sent that they would refuse.",
        _any_step(_tells),
    ),
    Divergence(
        "answers",
        "An error in Zabbix's answer is a warning, and so is a redirect that loses the text of a message.",
        _any_step(lambda step: isinstance(step.work, Request) and step.work.method == "POST"),
    ),
    Divergence(
        "incidents",
        "Incidents of PagerDuty have a key, and the next success resolves them.",
        _any_step(lambda step: _tells(step) and step.hook == "pagerduty"),
    ),
    Divergence(
        "up",
        "Uptime Kuma doesn't get `up` at the start, unless `states` asks for it or borgplan is called as borgmatic.",
        lambda plan, _: (
            any(map(_tells_kuma, plan.steps)) and not any(map(_starts_kuma, plan.steps))
        ),
    ),
    Divergence(
        "nothing done",
        "A FINISH with a text says so if Borg has done nothing for the file: all of it was skipped, softly or by the "
        "configuration.",
        _any_step(lambda step: _tells(step) and _asks(step, Known.NOTHING)),
    ),
    Divergence(
        "lines",
        "Loki gets lines beside the run, which never waits for it; below verbosity 1 those about failures only, and never "
        "debug lines.",
        _any_step(lambda step: isinstance(step.work, Request) and step.work.stream is not None),
    ),
    Divergence(
        "probes",
        "During a run, borgplan does not query Borg's version or start a preliminary dry run. If "
        "Borg, a directory or a secret is missing, the first command that needs it fails, and error hooks run.",
        _any_step(_is_borg),
    ),
    Divergence(
        "secrets",
        "Borg gets the passphrase as an in-memory file. A configured passphrase takes precedence "
        "over the environment; hooks see neither.",
        _any_step(lambda step: isinstance(step.work, Process) and step.work.passphrase is not None),
    ),
    Divergence(
        "sources",
        "Sources and excludes form one pattern file, which the plan shows. Archives get the configuration files with "
        "releases since 1.8, and a manifest as 2.1 writes it.",
        lambda plan, _: bool(plan.scratch),
    ),
    Divergence(
        "snapshots",
        "All repositories of a file are backed up from the same snapshots, unless hooks run before each of them. Snapshots "
        "are taken after hooks, mounted where patterns and paths in archives stay the original ones, hold what is in "
        "nested volumes, too, and are called after the run: nothing else is ever removed, and a failed removal is a failure.",
        _any_step(lambda step: step.role is Role.SNAPSHOT),
    ),
    Divergence(
        "filters",
        "Filters made from a name format match the digits of its time; borgmatic uses `*`, so "
        "`{hostname}-*` on the host vm also matches archives of the host vm-2.",
        _any_step(_has_exact_filter),
    ),
    Divergence(
        "background",
        "The run continues when a hook ends, even if the hook left processes in the background.",
        _any_step(_runs_in_background),
    ),
    Divergence(
        "files",
        "An unusable file makes the run fail, but the other files run.",
        lambda plan, _: sum(scope.kind is ScopeKind.CONFIGURATION for scope in plan.scopes) > 1,
    ),
    Divergence(
        "input",
        "Hooks and Borg have an empty standard input and no terminal: nothing waits for an answer.",
        lambda plan, _: bool(plan.steps),
    ),
    Divergence(
        "space",
        "If the borgmatic release has no action `compact`, prune is followed by one: since Borg "
        "1.2, prune alone frees no space.",
        _frees_after_prune,
    ),
    Divergence(
        "death",
        "If a signal kills Borg, the step fails; borgmatic up to 1.3 does not notice.",
        lambda plan, profiles: (
            any(profile.misses_deaths for profile in profiles) and any(map(_is_borg, plan.steps))
        ),
    ),
)
