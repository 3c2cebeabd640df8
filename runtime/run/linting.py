"""What `lint` finds in the files that a command line names, and what of that is to be reported."""

from __future__ import annotations

from ...compiler.driver.sources import begin
from ...compiler.lint.run import Task, findings, unchecked_files
from ...compiler.source.codes import Choice, LintSettings, known_codes
from ...compiler.source.diagnostic import Diagnostic, Diagnostics, Severity, in_order
from ...compiler.source.span import ADDRESS
from ...compiler.support.record import NamedTuple
from ..cli.arguments import request_of
from .lint_jobs import check, facts_of
from .session import Session


class Checked(NamedTuple):
    """What was found, in order, and where.

    `files`: the configuration files. `texts`: of the files with findings or comments for borgplan.
    `colour`: what each configuration says about that. `unchecked`: files that weren't looked at in full.
    """

    found: list[Diagnostic]
    files: tuple[str, ...]
    texts: dict[str, str]
    colour: tuple[bool | None, ...] = ()
    unchecked: frozenset[str] = frozenset()
    settings: LintSettings = LintSettings()


class Left(NamedTuple):
    """The findings to report. `counts`: the lowest severity of one that counts. `without`: in words,
    how many were left out, and why."""

    found: list[Diagnostic]
    counts: Severity
    without: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        if any(finding.severity is Severity.ERROR for finding in self.found):
            return 2
        return 1 if any(finding.severity <= self.counts for finding in self.found) else 0


def checked(session: Session) -> Checked:
    """Everything the arguments name, checked. Raises WorkerError if a process dies."""
    arguments, host = session.arguments, session.host
    found = Diagnostics()
    run = begin(request_of(arguments), host, found, arguments.secret_overrides)
    if run is None:
        return Checked(in_order(found), (), {})
    task = Task(
        run,
        host,
        facts_of(host),
        check_programs=arguments.lint.check_programs,
        keeps=arguments.lint.shell,
    )
    # What is left unread is remembered in one process.
    reports = check(task, 1 if arguments.elsewhere else arguments.lint.jobs, found)
    found += findings(reports, task)
    if arguments.lint.shell:
        from .shell_lint import shell_lint

        decoded = [r.configuration for r in reports if r.configuration is not None]
        texts = {path: text for report in reports for path, text in report.texts.items()}
        shell_lint(decoded, texts, host.environment, found)
    return Checked(
        in_order(found),
        run.files,
        {path: text for report in reports for path, text in report.texts.items()},
        tuple(report.colour for report in reports),
        frozenset(unchecked_files(reports)),
        run.project.lint if run.project else LintSettings(),
    )


def left(checked: Checked, session: Session) -> Left:
    """Without what comments, the command line or the project file say not to report; errors stay."""
    given, settings = session.arguments.lint, checked.settings
    choice = Choice(given.select or settings.select, given.ignore or settings.ignore)
    found, without = checked.found, []
    if any(ADDRESS in text for text in checked.texts.values()):
        from ...compiler.lint.suppress import with_suppressions

        found, number = with_suppressions(
            found, checked.texts, checked.unchecked, choice, known_codes()
        )
        without = [f"{number} suppressed by comments"] if number else []
    word = given.severity or settings.severity
    lowest = Severity[word.upper()] if word else Severity.NOTE
    kept = [
        finding
        for finding in in_order(found)
        if finding.severity is Severity.ERROR
        or (finding.severity <= lowest and choice.takes(finding.code))
    ]
    return Left(kept, lowest if word else Severity.WARNING, tuple(without))
