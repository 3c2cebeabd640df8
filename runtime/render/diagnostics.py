"""Diagnostics as text: `file:line:column: severity CODE message`, the line, a caret, the hint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from ...compiler.shell.printable import printable
from ...compiler.source.diagnostic import Diagnostic, Severity, in_order
from ...compiler.source.span import Span
from ...compiler.support.regex import lazily
from ..report.style import Paint, Style
from ..report.wrapping import Verbatim, fitted

_COLOURS: dict[Severity, Paint] = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
}
# One of these is in all that the expressions below fit.
_WORDS_FOR_SECRETS = (
    "pass", "secret", "token", "credential", "api_key", "apikey", "access_key", "ping_url",
)  # fmt: skip
_SECRET = lazily(
    r"(?i)((?:pass|secret|token|credential|api_?key|access_key|ping_url)\w{0,100}[\"']?\s*[:=]\s*)\S.*"
)
_SECRET_BELOW = lazily(
    r"(?i)(?:pass|secret|token|credential|api_?key|access_key|ping_url)\w{0,100}[\"']?\s*:\s*"
    r"(?:[|>&!]\S*(?:\s+|(?=#)|\Z))*(?:#.*)?\Z"
)

_BEFORE_VALUE = frozenset("|>&!#")  # what a line may hold behind its colon

# Findings about a secret in a command; no finding shows its line.
_ABOUT_SECRETS = frozenset({"BP612", "BP614"})


def render(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], style: Style) -> str:
    """All of them, sorted. `texts`: the files' contents, for showing the lines."""
    ordered = in_order(diagnostics)
    secret = {d.span[:2] for d in ordered if d.code in _ABOUT_SECRETS}
    return "".join(_one(d, {} if d.span[:2] in secret else texts, style) for d in ordered)


def _one(diagnostic: Diagnostic, texts: Mapping[str, str], style: Style) -> str:
    word = style.paint(diagnostic.severity.word, _COLOURS[diagnostic.severity])
    place = style.paint(printable(str(diagnostic.span)), "bold")
    message = printable(masked(diagnostic.message))
    lines = [f"{place}: {word} {diagnostic.code} {message}"]
    lines += map(Verbatim, _excerpt(diagnostic.span, texts, style))
    if diagnostic.hint:
        lines.append(f"    hint: {printable(masked(diagnostic.hint))}")
    lines += [f"    {printable(what)}: {printable(str(span))}" for what, span in diagnostic.related]
    return fitted(lines, style.columns)


def shown_line(span: Span, texts: Mapping[str, str]) -> tuple[str, bool]:
    """The line a diagnostic is about as far as it may be shown, and whether that is all of it.

    Empty where there is nothing to show: the file as a whole, the value of a secret on a line of its
    own.
    """
    text = texts.get(span.file, "")
    lines = _lines(text)
    if span.line > len(lines) or is_about_file(span):
        return "", False
    line = lines[span.line - 1].rstrip("\r")
    if _may_name_secret(line) and _SECRET.search(line):
        return masked(line), False
    if len(line) > 200 or not line.strip():
        return "", False
    if not line[0].isalpha() and _below_secrets(text)[span.line - 1]:  # else it is below nothing
        return "", False
    if line[span.end_column - 1 :].lstrip().startswith(":") and span.end_line == span.line:
        line = line[: span.end_column - 1] + ":"  # about a key, which may be a misspelt secret's
    return line, True


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def is_about_file(span: Span) -> bool:
    """Whether a place is a file as a whole."""
    return (span.line, span.end_line, span.end_column) == (1, 1, 1)


def _excerpt(span: Span, texts: Mapping[str, str], style: Style) -> list[str]:
    line, whole = shown_line(span, texts)
    if not whole:
        return [f"    {printable(line)}"] if line else []
    end = span.end_column if span.end_line == span.line else len(line) + 1
    width = max(1, min(end, len(line) + 1) - span.column)
    start = span.column - 1
    before = "".join("\t" if c == "\t" else " " for c in printable(line[:start]))
    width = max(width, len(printable(line[start : start + width])))
    return [f"    {printable(line)}", f"    {before}{style.paint('^' * width, 'green')}"]


def masked(text: str) -> str:
    """`text` without what follows a word for secrets."""
    return _SECRET.sub(r"\1...", text) if _may_name_secret(text) else text


def concealed(text: str) -> str:
    """A whole file without the values of secrets."""
    below = _below_secrets(text)
    return "\n".join(
        f"{line[: _indentation(line)]}..." if hidden else masked(line)
        for line, hidden in zip(_lines(text), below, strict=True)
    )


def _may_name_secret(text: str) -> bool:
    """False if no word for secrets is in it. In any case, letters of other alphabets may stand for Latin ones."""
    lowered = text.lower()
    return not text.isascii() or any(word in lowered for word in _WORDS_FOR_SECRETS)


@lru_cache(maxsize=8)
def _below_secrets(text: str) -> list[bool]:
    """For each line whether it belongs to a key above it whose name says that its value is a secret."""
    found = []
    above: list[tuple[int, bool]] = []  # indentation of keys, and whether secrets are below
    for line in _lines(text):
        if not line.strip():
            found.append(False)
            continue
        indentation, is_item = _indentation(line), line.lstrip().startswith("-")
        while above and above[-1][0] > indentation:
            above.pop()
        same = above.pop() if above and above[-1][0] == indentation else None
        parent = same if same and is_item else above[-1] if above else None
        found.append(parent is not None and parent[1])
        above.append((indentation, found[-1] or _is_secret(line)))
    return found


def _is_secret(line: str) -> bool:
    """Whether what stands below a line, and not in it, is a secret."""
    may_end = line.rstrip().endswith(":") or not _BEFORE_VALUE.isdisjoint(line)
    return may_end and _may_name_secret(line) and _SECRET_BELOW.search(line) is not None


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def place(span: Span) -> str:
    """`file:line`, without the folder, for the end of a line."""
    return printable(f"{span.file.rpartition('/')[2]}:{span.line}")


def as_data(diagnostic: Diagnostic) -> dict[str, object]:
    """For JSON: lines and columns count from 1, the end is exclusive."""
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.word,
        "message": masked(diagnostic.message),
        "hint": masked(diagnostic.hint),
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "related": [
            {"message": what, "file": other.file, "line": other.line, "column": other.column}
            for what, other in diagnostic.related
        ],
    }


def to_json(diagnostics: Iterable[Diagnostic]) -> str:
    """The report of `lint --format json`, in the order given."""
    import json

    findings = [as_data(diagnostic) for diagnostic in diagnostics]
    data = {"format": "borgplan-lint", "version": 1, "findings": findings}
    return json.dumps(data, indent=2, sort_keys=True) + "\n"
