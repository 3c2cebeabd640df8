"""Where policies stand: in the project file, in files that it lists, in files of the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..source.diagnostic import Diagnostics
from ..source.host import Host, UnreadableError
from ..source.span import COMMAND_LINE, Span, Text
from ..support.record import NamedTuple
from ..syntax.compose import decode
from .parse import policies
from .records import Policy
from .source_text import Written, of_file, of_scalar

MAX_BYTES = 256 * 1024
_FILE = re.compile(r"\S+\.policy")


class Loaded(NamedTuple):
    """All policies of a run, and the bytes of the files they come from, by path."""

    policies: tuple[Policy, ...]
    files: dict[str, bytes]


def load(
    project: str,
    data: bytes,
    listed: Sequence[Text],
    named: Sequence[str],
    host: Host,
    diagnostics: Diagnostics,
) -> Loaded:
    """`listed`: the entries of `policies:` in the project file at `project`, which holds `data`; texts, or
    files beside it. `named`: further files. What can't be read is an error (BP10x, BP703, BP902)."""
    whole = decode(project, data, Diagnostics()) or ""
    beside = project.rpartition("/")[0]
    files: dict[str, bytes] = {}
    written: list[Written] = []
    for text in listed:
        name = text.text.strip()
        if not _FILE.fullmatch(name):
            written.append(of_scalar(text.text, whole, text.span))
            continue
        path = name if name.startswith("/") or not beside else f"{beside}/{name}"
        written += _read(path, text.span, files, host, diagnostics)
    for path in named:
        written += _read(path, COMMAND_LINE, files, host, diagnostics)
    found = [policy for each in written for policy in policies(each, diagnostics)]
    return Loaded(tuple(found), files)


def _read(
    path: str, asked: Span, files: dict[str, bytes], host: Host, diagnostics: Diagnostics
) -> list[Written]:
    """The text of a file, once."""
    if path in files:
        return []
    try:
        files[path] = host.read(path, MAX_BYTES)
    except UnreadableError as error:
        diagnostics.error("BP101", f"policy file {path}: {error}", asked)
        return []
    text = decode(path, files[path], diagnostics)
    return [] if text is None else [of_file(path, text)]
