"""Baselines as files: found again by whoever checks the same files, from whatever directory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ...compiler.lint.baseline import Compared, Entry, compare, read
from ...compiler.lint.baseline import write as written
from ...compiler.source.diagnostic import Diagnostic, Diagnostics
from ...compiler.source.host import UnreadableError
from ...compiler.source.span import Span
from ...compiler.syntax.load import MAX_BYTES
from ..render.findings import below, fingerprint
from ..system.files import SHARED, replace
from ..system.host import RealHost


def write_baseline(
    path: str, found: Iterable[Diagnostic], texts: Mapping[str, str], host: RealHost
) -> None:
    """Replace the file at `path` by a baseline of these findings. Raises OSError."""
    replace(path, written(_entry(path, finding, texts, host) for finding in found), SHARED)


def compared(
    path: str,
    found: Iterable[Diagnostic],
    texts: Mapping[str, str],
    checked: Iterable[str],
    host: RealHost,
    diagnostics: Diagnostics,
) -> Compared | None:
    """The findings without those that the baseline at `path` has; None after recording why it can't be
    used. `checked`: the files that were looked at."""
    try:
        data = host.read(path, MAX_BYTES)
    except UnreadableError as error:
        diagnostics.error("BP143", str(error), Span(path))
        return None
    baseline = read(path, data, diagnostics)
    if baseline is None:
        return None
    entries = [(_entry(path, finding, texts, host), finding) for finding in found]
    return compare(entries, baseline, {_name(path, file, host) for file in checked})


def _entry(path: str, finding: Diagnostic, texts: Mapping[str, str], host: RealHost) -> Entry:
    file = _name(path, finding.span.file, host)
    return Entry(file, finding.code, fingerprint(finding, texts))


def _name(path: str, file: str, host: RealHost) -> str:
    """A file as baselines name it: relative to their folder."""
    return below(file, os.path.dirname(os.path.join(host.directory, path)), host.directory)
