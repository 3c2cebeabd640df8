"""Findings that a comment says not to report.

    keep_daily: 7  # borgplan: ignore BP232
    # borgplan: ignore BP601, BP602     (alone on a line: about the line below)
    # borgplan: ignore-file BP601       (alone on a line: about the whole file)

Errors stay: a file that can't be used can't be checked either.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ..source.codes import Choice
from ..source.diagnostic import Diagnostic, Diagnostics, Severity, did_you_mean
from ..source.span import Span
from ..support.record import NamedTuple
from ..syntax.comments import Comment, comments

_CODES = re.compile(r"[A-Z]+[0-9]+(\s*,\s*[A-Z]+[0-9]+)*")
_LINE, _FILE = "ignore", "ignore-file"


class Suppression(NamedTuple):
    """One code at one place. `line`: what it is about; 0 for the whole file. `span`: the comment."""

    code: str
    line: int
    span: Span


def suppressions(
    file: str, text: str, known: Collection[str], diagnostics: Diagnostics
) -> list[Suppression]:
    """What the comments of a file say; records those that can't be understood (BP142)."""
    found: list[Suppression] = []
    for comment in comments(file, text):
        found += _suppressions(comment, known, diagnostics)
    return found


def _suppressions(
    comment: Comment, known: Collection[str], diagnostics: Diagnostics
) -> Iterable[Suppression]:
    word, _, rest = comment.text.partition(" ")
    codes = [code.strip() for code in rest.split(",")]
    if word not in (_LINE, _FILE):
        message = f"a comment for borgplan starts with `{_LINE}` or `{_FILE}`"
        hint = did_you_mean(word, (_LINE, _FILE))
    elif not rest.strip():
        message, hint = "this comment has no code", f"# borgplan: {word} BP601, BP602"
    elif not _CODES.fullmatch(rest.strip()):
        message, hint = "write codes separated by commas", "# borgplan: ignore BP601"
    elif strange := next((code for code in codes if code not in known), ""):
        message, hint = f"there is no code {strange}", ""
    elif word == _FILE and not comment.alone:
        message = f"put `{_FILE}` on its own line"
        hint = "`ignore` applies to its own line"
    else:
        line = 0 if word == _FILE else comment.below if comment.alone else comment.span.line
        return [Suppression(code, line, comment.span) for code in dict.fromkeys(codes)]
    diagnostics.warning("BP142", f"{message}: nothing is suppressed", comment.span, hint)
    return []


class Suppressed(NamedTuple):
    """`kept`: the findings that are left; `number`: how many aren't; `unused`: what suppressed none."""

    kept: list[Diagnostic]
    number: int
    unused: list[Suppression]


def suppress(findings: Iterable[Diagnostic], wanted: Iterable[Suppression]) -> Suppressed:
    """Leave out what is to be suppressed, errors apart."""
    by_place = {(s.span.file, s.line, s.code): s for s in wanted}
    used: set[Suppression] = set()
    kept: list[Diagnostic] = []
    count = 0
    for finding in findings:
        file, line = finding.span.file, finding.span.line
        fits = [by_place.get((file, at, finding.code)) for at in (line, 0)]
        found = [suppression for suppression in fits if suppression is not None]
        if found and finding.severity is not Severity.ERROR:
            used.update(found)
            count += 1
        else:
            kept.append(finding)
    return Suppressed(kept, count, [s for s in by_place.values() if s not in used])


def with_suppressions(
    findings: list[Diagnostic],
    texts: Mapping[str, str],
    unchecked: Collection[str],
    choice: Choice,
    known: Collection[str],
) -> tuple[list[Diagnostic], int]:
    """The findings that the comments in `texts` leave, and how many they don't.

    What suppresses nothing is a note (BP141), except for codes that `choice` doesn't take, and in the
    files of `unchecked`: where there are errors, not everything has been looked for.
    """
    problems = Diagnostics()
    wanted = [s for file, text in texts.items() for s in suppressions(file, text, known, problems)]
    kept, count, unused = suppress(findings, wanted)
    for suppression in unused:
        if suppression.span.file not in unchecked and choice.takes(suppression.code):
            where = f"on line {suppression.line}" if suppression.line else "in this file"
            problems.note(
                "BP141", f"there is no {suppression.code} {where} to ignore", suppression.span,
                "remove the comment, or use the code of the finding there",
            )  # fmt: skip
    return [*kept, *problems], count
