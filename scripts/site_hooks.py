"""Hooks of MkDocs: the page of each rule, which is part of the program, is a page of the site, too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

_PAGES = Path(__file__).parent.parent / "compiler" / "lint" / "pages"
_LINK = re.compile(r"\(\.\./compiler/lint/pages/(BP\d+)\.md\)")
# What follows the language of a code block says how tests use it.
_BLOCK = re.compile(r"^(```\w+) .*$", re.MULTILINE)


def on_files(files: Files, config: Any) -> Files:
    """Adds rules/BPnnn.md for every rule."""
    for page in sorted(_PAGES.glob("BP*.md")):
        text = _BLOCK.sub(r"\1", page.read_text(encoding="utf-8"))
        files.append(File.generated(config, f"rules/{page.name}", content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Links between the documentation and the pages of rules lead where these are on the site."""
    return _LINK.sub(r"(rules/\1.md)", markdown).replace("(../../../docs/", "(../")
