"""Mechanical fixes: edits of a file's text that keep its comments, its layout and what it means.

Every fix is tried: it counts only if the files then compile to the same plan.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping

from ..config.hooks import HookKind
from ..config.options import OPTIONS
from ..driver.compile import Compilation
from ..plan.model import Plan, Step
from ..plan.work import Shell, Work
from ..source.diagnostic import Diagnostic
from ..source.span import Span
from ..support.record import NamedTuple

_NOWHERE = Span("")
_BOM = b"\xef\xbb\xbf"
_EMPTY_HOOK = re.compile(r"(\s*)([a-z_]+)\s*:\s*(?:\[\s*\]|~|null)?\s*(#.*)?\r?\n?")
_QUOTED_NAME = re.compile(r"(?<![\\\w'\"}$-])([\"'])(\{[a-z_]+\})\1(?![\w'\"{$-])")


class Fix(NamedTuple):
    """In place of `old`, which stands at `span`, `new`. `code`: of the finding it is for."""

    code: str
    span: Span
    old: str
    new: str


class Mended(NamedTuple):
    """`files`: what is to be written, by path. `left`: fixes that would change what the files mean."""

    files: Mapping[str, bytes]
    done: tuple[Fix, ...]
    left: tuple[Fix, ...]


def mended(
    compilation: Compilation,
    found: Iterable[Diagnostic],
    recompiled: Callable[[Mapping[str, bytes]], Compilation],
) -> Mended:
    """The fixes for these findings that keep the plan. `recompiled`: with these files in place of those."""

    def tried(fixes: list[Fix]) -> dict[str, bytes] | None:
        files = _edited(compilation, fixes)
        return files if files is not None and _is_same(compilation, recompiled(files)) else None

    wanted = list(_fixes(compilation, found))
    files = tried(wanted) if wanted else {}
    if files is not None:
        return Mended(files, tuple(wanted), ())
    done: list[Fix] = []
    for fix in wanted:  # one of them is harmful
        if (more := tried([*done, fix])) is not None:
            done.append(fix)
            files = more
    return Mended(files or {}, tuple(done), tuple(fix for fix in wanted if fix not in done))


def _fixes(compilation: Compilation, found: Iterable[Diagnostic]) -> Iterator[Fix]:
    makers = {"BP240": _renamed, "BP302": _without_empty_hook, "BP322": _without_quotes}
    for finding in dict.fromkeys(found):
        if finding.code in makers:
            text = compilation.texts.get(finding.span.file, "")
            yield from makers[finding.code](finding, text)


def _renamed(finding: Diagnostic, text: str) -> Iterator[Fix]:
    old = _at(text, finding.span)
    name = old.strip("\"'")
    option = next((option for option in OPTIONS if option.former == name), None)
    if option is not None:
        yield Fix(finding.code, finding.span, old, old.replace(name, option.name))


def _without_empty_hook(finding: Diagnostic, text: str) -> Iterator[Fix]:
    """The whole line goes; a comment at its end stays."""
    line = finding.span.line
    span = Span(finding.span.file, line, 1, line + 1, 1)
    old = _at(text, span)
    match = _EMPTY_HOOK.fullmatch(old)
    if match is not None and match[2] in {kind.value for kind in HookKind}:
        yield Fix(finding.code, span, old, f"{match[1]}{match[3]}\n" if match[3] else "")


def _without_quotes(finding: Diagnostic, text: str) -> Iterator[Fix]:
    """Where quotes hold a placeholder and nothing else, and stand there as the shell sees them."""
    old = _at(text, finding.span)
    if old[:1] in ("'", '"'):
        return  # YAML's own quotes: what is inside may be escaped
    new = _QUOTED_NAME.sub(r"\2", old)
    if new != old:
        yield Fix(finding.code, finding.span, old, new)


def _at(text: str, span: Span) -> str:
    start, end = _offsets(text, span)
    return text[start:end]


def _offsets(text: str, span: Span) -> tuple[int, int]:
    starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]
    last = len(starts) - 1
    start = starts[min(span.line - 1, last)] + span.column - 1
    return start, starts[min(span.end_line - 1, last)] + span.end_column - 1


def _edited(compilation: Compilation, fixes: list[Fix]) -> dict[str, bytes] | None:
    """The files with these edits, as bytes; None if one of them can't be written back unharmed."""
    files = {}
    for path in {fix.span.file for fix in fixes}:
        text, data = compilation.texts[path], compilation.files.get(path)
        start = _BOM if data is not None and data.startswith(_BOM) else b""
        if data != start + text.encode():
            return None
        own = sorted((fix for fix in fixes if fix.span.file == path), reverse=True, key=_place)
        for fix in own:
            begin, end = _offsets(text, fix.span)
            if text[begin:end] != fix.old:
                return None  # two of them are about the same place
            text = text[:begin] + fix.new + text[end:]
        files[path] = start + text.encode()
    return files


def _place(fix: Fix) -> tuple[int, int]:
    return fix.span.line, fix.span.column


def _is_same(one: Compilation, other: Compilation) -> bool:
    if one.plan is None or other.plan is None or one.broken != other.broken:
        return False
    return _meaning(one.plan) == _meaning(other.plan) and one.secrets == other.secrets


def _meaning(plan: Plan) -> Plan:
    """A plan without what says only where something stands and how it is written."""
    return plan._replace(
        scopes=tuple(scope._replace(origin=_NOWHERE) for scope in plan.scopes),
        steps=tuple(_bare(step) for step in plan.steps),
        refusals=tuple(refusal._replace(origin=_NOWHERE) for refusal in plan.refusals),
        meanings=tuple(meaning._replace(why="") for meaning in plan.meanings),
    )


def _bare(step: Step) -> Step:
    return step._replace(id="", origin=_NOWHERE, work=_words(step.work))


def _words(work: Work) -> Work:
    """Of a script with values in it, its words: a value may be quoted in more than one way."""
    if not isinstance(work, Shell) or work.script == work.written:
        return work
    try:
        words = shlex.split(work.script)
    except ValueError:
        return work._replace(written="")
    return work._replace(script="\0".join(words), written="")
