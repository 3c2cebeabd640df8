"""Examples of pages as real files, and what the command finds in them."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from borgplan.compiler.lint.pages import Example
from borgplan.runtime.main import main


def findings(
    example: Example, place: Path, monkeypatch: pytest.MonkeyPatch, *more: str
) -> list[dict[str, Any]]:
    """What `borgplan lint --format json` says of an example, from the directory that holds it."""
    for file in example.files:
        path = place / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
        path.chmod(file.mode)
    words = ["lint", *example.configurations, "--format", "json", *more]
    if example.semantics:
        words += ["--semantics", example.semantics]
    if example.actions:
        words += ["--actions", example.actions]
    monkeypatch.chdir(place)
    for name in list(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, "utf-8"))
    main(words)
    sys.stdout.flush()
    data = json.loads(printed.getvalue())
    found: list[dict[str, Any]] = data["findings"]
    return found
