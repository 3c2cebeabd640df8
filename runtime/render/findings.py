"""What machine-readable reports share: files as they are named in them, and fingerprints."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ...compiler.shell.printable import printable
from ...compiler.source.diagnostic import Diagnostic
from ...compiler.support.digest import sha256
from .diagnostics import masked, shown_line


def is_file(name: str) -> bool:
    """Whether a diagnostic's place is in a file, not `<command line>` or `<plan>`."""
    return not name.startswith("<")


def below(file: str, directory: str, working_directory: str) -> str:
    """`file` relative to `directory`, as far as it is one."""
    if not is_file(file):
        return file
    return os.path.relpath(os.path.join(working_directory, file), directory)


def message(diagnostic: Diagnostic) -> str:
    """On one line, without secrets and control characters."""
    return printable(masked(diagnostic.message))


def with_hint(diagnostic: Diagnostic) -> str:
    """The message, and the hint on a second line."""
    hint = f"\nhint: {printable(masked(diagnostic.hint))}" if diagnostic.hint else ""
    return message(diagnostic) + hint


def fingerprint(diagnostic: Diagnostic, texts: Mapping[str, str]) -> str:
    """The same for the same message about the same line, wherever that stands: 16 hexadecimal digits.

    Made of what may be shown: the hash of a line that holds a secret would help to guess it.
    """
    line, _ = shown_line(diagnostic.span, texts)
    text = f"{masked(diagnostic.message)}\n{line.strip()}"
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def by_file(findings: Iterable[Diagnostic], files: Iterable[str]) -> dict[str, list[Diagnostic]]:
    """The findings of each file, those of `files` first, also if there are none."""
    found: dict[str, list[Diagnostic]] = {file: [] for file in files}
    for finding in findings:
        found.setdefault(finding.span.file, []).append(finding)
    return found
