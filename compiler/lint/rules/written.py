"""What stands in a file, before anything was replaced in it."""

from __future__ import annotations

from ...driver.compile import Compilation
from ...source.span import Span


def line_of(compilation: Compilation, span: Span) -> str:
    """The line that a span begins in; empty if there is no such file or line."""
    lines = compilation.texts.get(span.file, "").split("\n", span.line)
    return lines[span.line - 1] if span.line <= len(lines) else ""


def written(compilation: Compilation, span: Span) -> str:
    """The text of a span, its first line only."""
    line = line_of(compilation, span)
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    return line[span.column - 1 : end]


def before(compilation: Compilation, span: Span) -> str:
    """What stands before a span in its line."""
    return line_of(compilation, span)[: span.column - 1]
