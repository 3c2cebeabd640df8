"""A page from its parts: escaping, the policy that a browser holds it to, the data in it."""

from __future__ import annotations

import base64
import html
import json
import os
from collections.abc import Sequence
from hashlib import sha256
from string import Template

from ....compiler.shell.printable import printable_lines

_FOLDER = os.path.dirname(__file__)
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&"}  # none of them ends a script or begins a tag


def text(written: str) -> str:
    """Any text as it may stand between tags and in quoted attributes; what can't be seen is made visible."""
    return html.escape(printable_lines(written))


def table(name: str, head: Sequence[str], rows: str, *, stacks: bool = False) -> str:
    """A table that scrolls sideways where it is too wide. `rows`: markup. `stacks`: on a narrow screen its cells are below
    each other instead, each after its `data-label`."""
    columns = "".join(f"<th scope=col>{text(title)}</th>" for title in head)
    kind = ' class="stacks"' if stacks else ""
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{text(name)}"><table{kind}>\n'
        f"<thead><tr>{columns}</tr></thead>\n<tbody>{rows}</tbody></table></div>\n"
    )


def page(title: str, body: str, data: object) -> str:
    """A whole page. `title`: plain text; `body`: markup; `data`: JSON for the script."""
    style, script = _file("explorer.css"), _file("explorer.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    data_text = json.dumps(data, separators=(",", ":")).translate(_UNSAFE)
    return Template(_file("page.html")).substitute(
        policy=policy, title=text(title), style=style, body=body, data=data_text, script=script
    )


def _file(name: str) -> str:
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        return file.read()


def _digest(source: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(source.encode()).digest()).decode()}'"
