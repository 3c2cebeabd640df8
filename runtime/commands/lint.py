"""`borgplan lint`: what is wrong with configuration files, for people and CI."""

from __future__ import annotations

import os
import sys

from ...compiler.source.diagnostic import Diagnostics, Severity
from ...compiler.source.folding import folded
from ..cli.arguments import Arguments
from ..render.phrases import count
from ..run import linting
from ..run.linting import Checked, Left
from ..run.session import Session, left_out, say, session_of, write
from ..system.fork_pool import WorkerError
from ..system.host import reason


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
        checked = linting.checked(session)
    except WorkerError as error:
        say(f"borgplan lint: a worker process died: {error}")
        return 3
    for line in left_out(session):
        say(line)
    left = linting.left(checked, session)
    if arguments.lint.write_baseline:
        if left.exit_code < 2:
            return _write_baseline(left, checked, session)
        say("borgplan lint: files with errors can't have a baseline")
    if arguments.lint.baseline:
        left = _without_known(left, checked, session)
    exit_code = 0 if arguments.lint.exit_zero and left.exit_code == 1 else left.exit_code
    _report(left, checked, session, exit_code)
    return exit_code


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
