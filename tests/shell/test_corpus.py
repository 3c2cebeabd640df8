"""Hooks of real files: what a shell can read is not said to be unreadable, and has its place."""

from __future__ import annotations

import subprocess

import pytest

from borgplan.compiler.config.hook_texts import as_written, hook_texts
from borgplan.compiler.lint.shell_rules.analysis import findings
from borgplan.compiler.lint.shell_rules.tree import is_available, without_placeholders
from borgplan.compiler.syntax.source_map import Lines, offsets
from tests.support.corpus import compiled, entries

ENTRIES = list(entries())

pytestmark = pytest.mark.skipif(not ENTRIES, reason="no corpus beside the project")


def test_every_real_hook_has_exact_places() -> None:
    number = 0
    for entry in ENTRIES:
        compilation = compiled(entry, "auto")
        lines = {path: Lines(text) for path, text in compilation.texts.items()}
        written = as_written(compilation.configurations)
        for hook in hook_texts(compilation.configurations):
            for command in hook:
                text = written[command].text if command in written else command
                found = offsets(lines[text.span.file], text.span, text.text)
                assert found is not None, command
                number += 1
    assert number > 200


@pytest.mark.skipif(not is_available(), reason="the extra `shell` is not installed")
def test_what_is_said_to_be_unreadable_is_so_for_sh() -> None:
    """`sh -n` reads and runs nothing."""
    commands = {
        command.text
        for entry in ENTRIES
        for hook in hook_texts(compiled(entry, "auto").configurations)
        for command in hook
    }
    for command in commands:
        said = any(item.code == "BP350" for item in findings(command, None, followed=False))
        text = without_placeholders(command)
        done = subprocess.run(["sh", "-n", "-c", text], capture_output=True, check=False)
        assert said == (done.returncode != 0), command
