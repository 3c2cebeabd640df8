"""`borgplan lint`: what is wrong with configuration files, for people and CI."""

from __future__ import annotations

import os
import sys

from ...compiler.driver.sources import begin
from ...compiler.lint.run import Task, findings, unchecked_files
from ...compiler.source.codes import Choice, LintSettings, known_codes
from ...compiler.source.diagnostic import Diagnostic, Diagnostics, Severity, in_order
from ...compiler.source.folding import folded
from ...compiler.source.span import ADDRESS
from ...compiler.support.record import NamedTuple
from ..cli.arguments import Arguments, request_of
from ..render.phrases import count
from ..run.session import Session, left_out, say, session_of, write
from ..system.fork_pool import WorkerError
from ..system.host import reason
from .lint_jobs import check, facts_of


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


def run(arguments: Arguments) -> int:
    """0 clean, 1 findings, 2 if a file can't be read or understood, 3 if a process got lost."""
    if arguments.lint.skip_others:
        from .own_files import own_files

        own = own_files(arguments.configs)
        if arguments.configs and not own:
            say("borgplan lint: none of these files is a borgmatic configuration")
            return 0
        arguments = arguments._replace(configs=own)
    session = session_of(arguments)
    if arguments.lint.diff or arguments.lint.fix:
        from .lint_fix import fix, show_fixes

        if arguments.lint.diff:
            return show_fixes(session)
        fix(session)
    try:
        checked = _checked(session)
    except WorkerError as error:
        say(f"borgplan lint: a worker process died: {error}")
        return 3
    left = _left(checked, session)
    if arguments.lint.write_baseline:
        if left.exit_code < 2:
            return _write_baseline(left, checked, session)
        say("borgplan lint: files with errors can't have a baseline")
    if arguments.lint.baseline:
        left = _without_known(left, checked, session)
    exit_code = 0 if arguments.lint.exit_zero and left.exit_code == 1 else left.exit_code
    _report(left, checked, session, exit_code)
    return exit_code


def _checked(session: Session) -> Checked:
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
    for line in left_out(session):
        say(line)
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


def _left(checked: Checked, session: Session) -> Left:
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


def _write_baseline(left: Left, checked: Checked, session: Session) -> int:
    from .lint_baseline import write_baseline

    path = session.arguments.lint.write_baseline
    try:
        write_baseline(path, left.found, checked.texts, session.host)
    except (OSError, ValueError) as error:
        say(f"borgplan lint: {path} can't be written: {reason(error)}")
        return 2
    say(f"{count(len(left.found), 'finding')} written to {path}")
    return 0


def _without_known(left: Left, checked: Checked, session: Session) -> Left:
    """Without what the baseline has; nothing but an error if that can't be used."""
    from .lint_baseline import compared

    problems = Diagnostics()
    path = session.arguments.lint.baseline
    files = {*checked.files, *checked.texts}
    result = compared(path, left.found, checked.texts, files, session.host, problems)
    if result is None:
        return left._replace(found=list(problems))
    if result.gone:
        gone = count(result.gone, "finding")
        verb = "occurs" if result.gone == 1 else "occur"
        say(f"{gone} of the baseline no longer {verb}; update it: --write-baseline {path}")
    known = (f"{result.known} in the baseline",) if result.known else ()
    return left._replace(found=result.new, without=left.without + known)


def _report(left: Left, checked: Checked, session: Session, exit_code: int) -> None:
    found, directory = folded(left.found), os.getcwd()
    match session.arguments.format:
        case "json":
            from ..render.diagnostics import to_json

            write(to_json(found))
        case "sarif":
            from ..render.sarif import render as to_sarif

            write(to_sarif(found, checked.texts, directory, exit_code))
        case "junit":
            from ..render.junit import render as to_junit

            write(to_junit(found, checked.files, left.counts))
        case "github":
            from ..render.github import render as to_github

            write(to_github(found, directory))
            say(_summary(left, checked))
        case _:
            if found:
                from ..render.diagnostics import render

                style = session.style_with(sys.stdout, checked.colour)
                write(render(found, checked.texts, style))
            say(_summary(left, checked))


def _summary(left: Left, checked: Checked) -> str:
    files = count(len(checked.files), "file")
    found = ", ".join(
        count(sum(finding.severity is severity for finding in left.found), severity.word)
        for severity in Severity
    )
    without = f" ({', '.join(left.without)})" if left.without else ""
    return f"{files} checked: {found}{without}"
