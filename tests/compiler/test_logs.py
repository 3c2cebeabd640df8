"""Files that a run's log goes to are part of its plan."""

from __future__ import annotations

import pytest

from borgplan.compiler.plan.model import Log
from tests.compiler.planning import ONE, planned


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ()),
        ("log_file: /var/log/b.log", (Log("/var/log/b.log", errors_only=False),)),
        ("log_file: ~/b.log", (Log("/home/user/b.log", errors_only=False),)),
        ("log_file: /b\nlog_file_verbosity: 0", (Log("/b", errors_only=True),)),
        ("log_file: /b\nlog_file_verbosity: -1", (Log("/b", errors_only=True),)),
        ("log_file: /b\nlog_file_verbosity: -2", ()),
        ("log_file_verbosity: 2", ()),
    ],
)
def test_the_log_file_and_how_much_it_gets(more: str, expected: tuple[Log, ...]) -> None:
    assert planned(f"{ONE}{more}\n").logs == expected
