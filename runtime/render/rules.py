"""Pages of rules for a terminal, and as data."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill, indent

from ...compiler.lint.pages import Example, File, Page
from ..report.style import Paint, Style

_COLOURS: dict[str, Paint] = {"error": "red", "warning": "yellow", "note": "cyan"}


def listing(pages: Iterable[Page], style: Style) -> str:
    """A line for each: code, severity, name."""
    return "".join(
        f"{style.paint(page.code, 'bold')}  {_severity(page, style)}{' ' * (9 - len(page.severity))}{page.name}\n"
        for page in pages
    )


def render(page: Page, style: Style) -> str:
    """One page. Examples are indented and never wrapped, so that they can be copied."""
    parts = [
        f"{style.paint(f'{page.code} {page.name}', 'bold')} ({_severity(page, style)})\n",
        _prose(page.why, style),
    ]
    for title, example in (("Bad", page.bad), ("Good", page.good)):
        if example is not None:
            parts.append(f"{style.paint(title, 'bold')}{_asked(example)}:\n")
            parts += [_file(file, example) for file in example.files]
    for title, text in (("Example", page.example), ("Fix", page.fix)):
        if text:
            parts += [f"{style.paint(title, 'bold')}:\n", _prose(text, style)]
    return "\n".join(parts)


def _severity(page: Page, style: Style) -> str:
    return style.paint(page.severity, _COLOURS[page.severity])


def _prose(text: str, style: Style) -> str:
    width = min(style.width, 100)
    return "".join(f"{fill(' '.join(part.split()), width)}\n" for part in text.split("\n\n"))


def _asked(example: Example) -> str:
    """What the command line says, in words."""
    words = [
        f"{flag} {value}"
        for flag, value in (("--semantics", example.semantics), ("--actions", example.actions))
        if value
    ]
    return f", with {' '.join(words)}" if words else ""


def _file(file: File, example: Example) -> str:
    head = ""
    if len(example.files) > 1:
        head = f"  {file.name}:\n"
    if file.mode not in (0o600, 0o755):
        head = f"  {file.name}, mode {file.mode:04o}:\n"
    return head + indent(file.text, "    ")


def as_data(pages: Iterable[Page]) -> dict[str, object]:
    """For JSON; the texts are Markdown."""
    return {"format": "borgplan-rules", "version": 1, "rules": [_page(page) for page in pages]}


def _page(page: Page) -> dict[str, object]:
    return {
        "code": page.code,
        "name": page.name,
        "severity": page.severity,
        "why": page.why,
        "bad": _example(page.bad),
        "good": _example(page.good),
        "example": page.example,
        "fix": page.fix,
    }


def _example(example: Example | None) -> dict[str, object] | None:
    if example is None:
        return None
    files = [
        {"name": file.name, "text": file.text, "mode": f"{file.mode:04o}"} for file in example.files
    ]
    return {"files": files, "semantics": example.semantics, "actions": example.actions}
