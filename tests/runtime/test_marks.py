"""The files of runs that go on: what they say of process groups."""

from __future__ import annotations

import os
from pathlib import Path

from borgplan.runtime.journal.marks import Group, groups, mark, marked, note, unmark


def test_groups_are_known_by_their_record_until_the_run_has_ended(tmp_path: Path) -> None:
    journal = f"{tmp_path}/journal"
    descriptor = mark(journal, "one")
    note(descriptor, 1, Group(17, 1.5))
    note(descriptor, 2, Group(18, 2.25))
    note(descriptor, 2, Group(19, 2.5))
    os.close(descriptor)
    assert marked(journal) == ["one"]
    assert groups(journal, "one") == {
        1: (Group(17, 1.5),),
        2: (Group(18, 2.25), Group(19, 2.5)),
    }
    unmark(journal, "one")
    assert (marked(journal), groups(journal, "one")) == ([], {})


def test_a_damaged_line_spoils_no_other_line(tmp_path: Path) -> None:
    journal = f"{tmp_path}/journal"
    descriptor = mark(journal, "one")
    os.write(descriptor, b"1 17\n2\nx y z\n\0\xff 1 2\n")
    os.write(descriptor, b"1 0 1.0\n1 1 1.0\n1 -5 1.0\n1 99999999999999999999 1.0\n")
    note(descriptor, 3, Group(19, 3.0))
    os.close(descriptor)
    assert groups(journal, "one") == {3: (Group(19, 3.0),)}
