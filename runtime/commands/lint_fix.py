"""`lint --fix`: what compiler/lint/fixes.py has found out is written, or shown."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Mapping
from difflib import unified_diff

from ...compiler.driver.compile import Compilation
from ...compiler.lint.fixes import Mended, mended
from ...compiler.lint.registry import run_checks
from ...compiler.source.diagnostic import Diagnostic, Diagnostics
from ...compiler.support.record import NamedTuple
from ..render.diagnostics import concealed
from ..run.session import Session, compile_all, say, write
from ..system.files import rewrite
from ..system.host import RealHost, reason

# What the findings about modes take away.
_TAKEN = {"BP601": stat.S_IRWXO, "BP602": stat.S_IWGRP | stat.S_IWOTH}


class _EditedHost(RealHost):
    """This machine with some files as they would be."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def read(self, path: str, limit: int) -> bytes:
        return self._files[path] if path in self._files else super().read(path, limit)


class Fixes(NamedTuple):
    """`modes`: the new permission bits, by path."""

    texts: Mended
    modes: Mapping[str, int]

    def __bool__(self) -> bool:
        return bool(self.texts.done or self.modes)


def fix(session: Session) -> None:
    """Write what can be fixed, and say so."""
    compilation, found = _examined(session)
    fixes = fixes_of(session, compilation, found)
    write_fixes(fixes, compilation)
    tell_what_is_left(fixes)


def show_fixes(session: Session) -> int:
    """0 nothing to fix, 1 a diff is shown, 2 a file can't be read or understood."""
    compilation, found = _examined(session)
    fixes = fixes_of(session, compilation, found)
    write(as_diff(fixes, compilation, session.host))
    tell_what_is_left(fixes)
    if found.has_errors:
        session.show(compilation, sys.stderr)
        return 2
    return 1 if fixes else 0


def _examined(session: Session) -> tuple[Compilation, Diagnostics]:
    """The files compiled, and all that the compiler and the rules say of them."""
    compilation = compile_all(session)
    found = Diagnostics(compilation.diagnostics)
    run_checks(compilation, session.host, found)
    return compilation, found


def fixes_of(session: Session, compilation: Compilation, found: Iterable[Diagnostic]) -> Fixes:
    """What can be fixed, tried out and not written."""
    findings = list(found)
    modes: dict[str, int] = {}
    for finding in findings:
        status = session.host.status(finding.span.file) if finding.code in _TAKEN else None
        if status is not None:
            before = modes.get(finding.span.file, status.mode)
            modes[finding.span.file] = before & ~_TAKEN[finding.code]

    def recompiled(files: Mapping[str, bytes]) -> Compilation:
        return compile_all(Session(session.arguments, _EditedHost(files)))

    return Fixes(mended(compilation, findings, recompiled), modes)


def as_diff(fixes: Fixes, compilation: Compilation, host: RealHost) -> str:
    """The fixes as a unified diff, with lines for modes as git has them, and without the values of secrets."""
    parts = []
    for path in sorted({*fixes.texts.files, *fixes.modes}):
        if path in fixes.modes:
            status = host.status(path)
            before = f"old mode {status.mode:06o}\n" if status else ""
            parts.append(f"{path}\n{before}new mode {fixes.modes[path]:06o}\n")
        if path in fixes.texts.files:
            new = concealed(fixes.texts.files[path].decode("utf-8-sig"))
            old = concealed(compilation.texts[path])
            lines = unified_diff(
                old.splitlines(keepends=True), new.splitlines(keepends=True), path, path
            )
            parts += [line if line.endswith("\n") else f"{line}\n" for line in lines]
    return "".join(parts)


def write_fixes(fixes: Fixes, compilation: Compilation) -> None:
    """Write them, and say so, or why not."""
    for path, data in fixes.texts.files.items():
        try:
            rewrite(path, data, compilation.files[path])
        except OSError as error:
            say(f"borgplan lint: {path} could not be fixed: {reason(error)}")
        else:
            codes = sorted({fix.code for fix in fixes.texts.done if fix.span.file == path})
            say(f"fixed: {path} ({', '.join(codes)})")
    for path, mode in fixes.modes.items():
        try:
            os.chmod(path, mode)
        except OSError as error:
            say(f"borgplan lint: the mode of {path} could not be changed: {reason(error)}")
        else:
            say(f"fixed: {path} (mode {mode:04o})")


def tell_what_is_left(fixes: Fixes) -> None:
    """Fixes that were tried and given up."""
    for fix in fixes.texts.left:
        say(f"not fixed: {fix.span} ({fix.code}): it would change what the file means")
