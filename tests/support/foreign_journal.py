"""The journal of whoever runs the tests, in which none of them may be noted."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from borgplan.runtime.system.paths import journal_path


class ForeignJournal:
    """Others may use it while tests run, so runs count that were started below `scratch` only."""

    def __init__(self, scratch: Path) -> None:
        self._path = journal_path({}, os.path.expanduser("~"))
        self._scratch = str(scratch)
        self._runs = self._count()
        self._seen = self._stamps()

    def has_new_runs(self) -> bool:
        """Whether a run was noted since this was asked last."""
        stamps = self._stamps()
        if stamps == self._seen:
            return False
        self._seen, before = stamps, self._runs
        self._runs = self._count()
        return self._runs > before

    def _stamps(self) -> list[int]:
        names = [self._path, f"{self._path}-wal"]
        return [os.stat(name).st_mtime_ns for name in names if os.path.exists(name)]

    def _count(self) -> int:
        if not os.path.exists(self._path):
            return 0
        try:
            with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as journal:
                ours = "SELECT count(*) FROM run WHERE substr(directory, 1, ?) = ?"
                found = journal.execute(ours, (len(self._scratch), self._scratch)).fetchone()
        except sqlite3.Error:  # it is being made, or nobody else's business
            return 0
        return int(found[0])
