"""The journal as commands use it: what can't be done with it is told, and never ends a backup."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from ...compiler.support.record import TYPE_CHECKING
from .marks import marked, unmark
from .place import Place, followed
from .store import UnusableError, is_broken, open_for_writing, put_aside

if TYPE_CHECKING:
    from typing import TypeVar

    _T = TypeVar("_T")


class Journal:
    """Open for writing, if that can be.

    A damaged one is put aside, and a new one begun. One that can't be written is done without: `why`
    says why, and everything asked of it gets the answer of an empty one. `tell` is told of both.

    `begins`: whether a run begins, which needs a journal. Without, a damaged one stays where it is, and can't be
    used.
    """

    def __init__(self, path: str, tell: Callable[[str], None], *, begins: bool = True) -> None:
        self.path = path
        self._begins = begins
        self.why = ""
        self._tell = tell
        self._connection: sqlite3.Connection | None = None
        self._open()

    def ask(self, question: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        """The answer to a question, or what a journal would say that isn't there."""
        for _ in range(2):
            if self._connection is not None and not self._place.is_left():
                self._follow(self._connection)
            if self._connection is None:
                return otherwise
            try:
                return question(self._connection)
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    self._connection.rollback()
                self.close()
                if is_broken(error):
                    self._begin_anew(error)
                else:
                    self._do_without(error)
        return otherwise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _follow(self, former: sqlite3.Connection) -> None:
        """Go on with what is at the path now. A recorder that has found out first has told of it."""
        self._connection = None
        try:
            self._connection = followed(former, self.path)
            self._place = Place(self.path)
        except (UnusableError, sqlite3.Error) as error:
            self._do_without(error)
        former.close()

    def _open(self) -> None:
        self._place = Place("")
        try:
            self._connection = open_for_writing(self.path)
            self._place = Place(self.path)
        except UnusableError as error:
            self._do_without(error)
        except sqlite3.Error as error:
            self._begin_anew(error)

    def _begin_anew(self, error: Exception) -> None:
        if not self._begins:
            self._do_without(error)
            return
        open_ones = marked(self.path)
        try:
            aside = put_aside(self.path)
            self._connection = open_for_writing(self.path)
            self._place = Place(self.path)
        except (UnusableError, sqlite3.Error) as worse:
            self._do_without(worse)
            return
        self._tell(
            f"THE JOURNAL WAS DAMAGED ({error}). It is now {aside}, and a new journal was created.\n"
            "Interrupted runs and outstanding cleanups from before are no "
            "longer known: check that services run and that nothing is left mounted."
            + (f"\nRuns that had not ended: {', '.join(sorted(open_ones))}." if open_ones else "")
        )
        for run in open_ones:
            unmark(self.path, run)

    def _do_without(self, error: Exception) -> None:
        self.why = str(error)
        if self._begins:
            self._tell(
                f"NO JOURNAL: {self.path}: {self.why}. This run is not recorded; after a crash its "
                "outstanding cleanups would be unknown."
            )
        else:
            self._tell(
                f"The journal can't be used: {self.path}: {self.why}. Outstanding cleanups of earlier runs are not known."
            )
