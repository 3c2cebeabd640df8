"""Hooks that nobody would write: no rule crashes, recurses without end, or takes its time."""

from __future__ import annotations

import json

import pytest

from tests.checks.finding import START, found

TEXTS = {
    "many words": "echo " + "word " * 25_000,
    "open substitutions": "$(" * 4000,
    "backquotes": "`" * 8000,
    "documents without ends": "<<E\n" * 2000,
    "a document": "cat <<E\n" + "x\n" * 3000,
    "messages": "curl '" + "backup " * 1200 + "'",
    "alternatives": "a || " * 1500 + "exit 75",
    "parentheses": "(" * 7000 + "exit 75",
    "closed ones": ")" * 7000 + "exit 75",
    "braces": "{ " * 3000 + "a || exit 75",
    "shells": "sh -c " * 500 + "'x'",
    "quoted shells": 'sh -c "' * 300 + "umount /x" + '"' * 300,
    "wrappers": "sudo " * 1500 + "umount /mnt",
    "assignments": "A=1 " * 2000 + "poweroff",
    "machines": "ssh a " * 1200 + "poweroff",
    "containers": "docker exec a " * 500 + "borgmatic",
    "compose": "docker compose " * 500 + "stop",
    "placeless": "\x01\x7f\ue000\ue001 | \ue003 || exit 75",
    "nothing": "  ",
    "operators": "|| && ; | & ;; ()",
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", TEXTS)
def test_a_hook_as_nobody_writes_it(name: str) -> None:
    text = json.dumps(TEXTS[name])
    hooks = "".join(
        f"  - {place}\n    run: [{text}]\n"
        for place in ("before: action", "after: action", "after: error", "after: everything")
    )
    assert isinstance(found(f"{START}commands:\n{hooks}", "2.1"), list)
