"""Checking the files of a run one by one, and what can be said of all of them only.

Each file is compiled as if it were the only one of the run: what is found in it depends on no other file,
so that files can be shared out to processes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence

from ..config.model import Configuration
from ..driver.compile import Compilation, lowered
from ..driver.sources import Loaded, Run, Sources, load_file, shown
from ..lower.selection import Facts, Selection, can_be_had
from ..plan.model import Meaning
from ..semantics.select import Generations, Written, choose, generations_of
from ..source.diagnostic import Diagnostic, Diagnostics
from ..source.host import Host
from ..source.span import ADDRESS
from ..support.record import TYPE_CHECKING, NamedTuple
from .registry import run_checks

if TYPE_CHECKING:
    from .rules.shared_use import Use

_FITS_NO_STEP = ("BP704", "BP903")  # true only if it is of every file


class Task(NamedTuple):
    """What is to be checked, and with what. `facts`: what is known of Borg for a configuration.
    `check_programs`: whether hooks' programs have to be on this machine. `keeps`: whether what was decoded
    is needed afterwards, with its texts."""

    run: Run
    host: Host
    facts: Callable[[Sequence[Configuration]], Facts]
    check_programs: bool = False
    keeps: bool = False


class Report(NamedTuple):
    """What was found in one file.

    `configuration`: as decoded, if it could be, and if anything is to be found in all of them.
    `broken`: it has errors. `colour`: what it says about that. `texts`: of the files that went into it,
    where something was found or there may be comments for borgplan. `uses`: what other files may use too.
    """

    path: str
    configuration: Configuration | None
    broken: bool
    colour: bool | None
    findings: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    uses: tuple[Use, ...] = ()


Shown = list[tuple[str, Written | None]]
Meanings = tuple[Meaning, ...]


def check_files(
    paths: Sequence[str], task: Task
) -> Generator[Shown | list[Report], Meanings | None, None]:
    """Yields what the files that can be read show of their generations, is sent these, and yields the
    reports."""
    files = [load_file(path, task.host) for path in paths]
    meanings = yield [(file.path, shown(file, task.run)) for file in files if file.document]
    generations = None if meanings is None else generations_of(meanings)
    yield [_report(file, generations, task) for file in files]


def meanings(parts: Sequence[Shown], run: Run, diagnostics: Diagnostics) -> Meanings | None:
    """The generations of all files, by their names; None after recording why there are none."""
    by_path = {path: found for part in parts for path, found in part}
    files = [(path, by_path[path]) for path in run.files if path in by_path]
    found = choose(run.semantics, files, diagnostics, run.named_at, run.installed)
    return found.meanings() if found else None


def _report(file: Loaded, generations: Generations | None, task: Task) -> Report:
    sources = Sources()
    sources.generations = generations
    sources.belongs_to(task.run)
    sources.add(file, task.run, task.host)
    decoded = next(iter(sources.configurations), None)
    facts = task.facts(sources.configurations)
    # What is there or not on this machine makes no file wrong.
    compilation = lowered(sources, task.host, Diagnostics(file.problems), facts, presence=False)
    found = Diagnostics(compilation.diagnostics)
    run_checks(compilation, task.host, found)
    from .rules.sources import linked_sources

    linked_sources(compilation, task.host, found)
    if task.check_programs:
        from .rules.programs import missing_programs

        missing_programs(compilation, task.host, found)
    places = {finding.span.file for finding in found}
    texts = {
        path: text
        for path, text in compilation.texts.items()
        if task.keeps or path in places or ADDRESS in text
    }
    return Report(
        file.path,
        decoded if task.keeps or task.run.request.selection != Selection() else None,
        found.has_errors or decoded is None,
        decoded.settings.boolean("color") if decoded else None,
        tuple(found),
        texts,
        _uses(compilation, task.host) if len(task.run.files) > 1 else (),
    )


def _uses(compilation: Compilation, host: Host) -> tuple[Use, ...]:
    from .rules.shared_use import uses

    return uses(compilation, host)


def findings(reports: Sequence[Report], task: Task) -> list[Diagnostic]:
    """What was found in the files, and in all of them together."""
    found = Diagnostics(_of_files(reports))
    configurations = [r.configuration for r in reports if r.configuration is not None]
    if configurations:
        can_be_had(task.run.request.selection, configurations, found)
    used = [use for report in reports for use in report.uses]
    if used:
        from .rules.shared_use import shared_use

        shared_use(used, found)
    return found


def _of_files(reports: Sequence[Report]) -> list[Diagnostic]:
    """A selector or a policy fits no step if it fits none of any file."""
    unfit = [{f for f in r.findings if f.code in _FITS_NO_STEP} for r in reports if not r.broken]
    nowhere = set.intersection(*unfit) if unfit else set()
    return [
        finding
        for report in reports
        for finding in report.findings
        if finding.code not in _FITS_NO_STEP or finding in nowhere
    ]


def unchecked_files(reports: Sequence[Report]) -> set[str]:
    """Files in which not everything could be looked for, as something that uses them has errors."""
    return {path for report in reports if report.broken for path in report.texts}
