"""A run and the journal: what has to be settled before, and noting the run itself."""

from __future__ import annotations

import sys
from functools import partial

from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan
from ...compiler.plan.work import Process, Proof
from ...compiler.support.record import TYPE_CHECKING
from .session import Session, refused_for_debts, say

if TYPE_CHECKING:
    import sqlite3

    from ...compiler.analysis.recovery import PendingCleanup
    from ..engine.repositories import Former
    from ..journal.handle import Journal
    from ..journal.recorder import Recorder


class RunRecord:
    """The journal around one run of `apply` or `resume`; a dry run has none.

    `origin`: the number of the run that is gone on with. `plan`: with the digests of its files; `digest`:
    that of the plan. `is_proved`: it has been verified by an earlier run. `recorder`: what is to be told of
    the run, once it has begun. `former`: sizes of former archives, once it has ended.
    """

    def __init__(
        self, session: Session, compilation: Compilation, plan: Plan, origin: int | None = None
    ) -> None:
        self.recorder: Recorder | None = None
        self.former: Former = {}
        self.is_proved = False
        self._session = session
        self._compilation = compilation
        self.plan = plan
        self.digest = ""
        self._origin = origin
        self._journal: Journal | None = None
        if session.arguments.apply.dry_run:
            return
        from ...compiler.plan.as_json import stamped
        from ..journal.recorder import is_proved, stored

        self._journal = open_journal(session)
        self.plan = plan if plan.inputs else stamped(plan, compilation.files)
        self._text = stored(self.plan)
        self.digest = self._text.digest
        self.is_proved = self._journal.ask(lambda c: is_proved(c, self._text), otherwise=False)

    def resolve_pending(self) -> bool:
        """Settle what earlier runs left; False, after saying why, if the run must not begin."""
        if self._journal is None:
            for line in refused_for_debts(self._session, self.plan).splitlines():
                say(line)  # a rehearsal may go on
            return True
        if self._journal.why:
            return self._owes_nothing_that_can_be_read(self._journal)
        from ..journal.recorder import configurations_of
        from .preconditions import resolve_pending

        files = configurations_of(self.plan)
        recover = self._session.arguments.apply.recover
        return resolve_pending(self._session, self._journal, files, recover=recover)

    def _owes_nothing_that_can_be_read(self, journal: Journal) -> bool:
        """Where nothing can be written, for lack of space for instance, nothing can be recovered either."""
        from ..journal.interrupted import refusal

        found = refusal(journal.path, self.plan).splitlines()
        for line in found:
            say(f"borgplan refuses to run. {line}")
        return not found

    def is_resolved(self) -> bool:
        """Whether nothing has come up since `resolve_pending`; says nothing."""
        if self._journal is None:
            return True
        from ..journal.interrupted import in_the_way_of
        from ..journal.recorder import configurations_of

        files = configurations_of(self.plan)
        return self._journal.ask(lambda c: not in_the_way_of(c, files), otherwise=True)

    def begin(self) -> bool:
        """Note the beginning; False, after saying why, if the run must not begin."""
        journal, asked = self._journal, self._session.arguments.apply
        if journal is None:
            return True
        from ..journal.ids import TakenError
        from ..journal.recorder import configurations_of

        try:
            self._note(journal, configurations_of(self.plan))
        except TakenError as taken:
            say(f"borgplan refuses to run: there is a run {taken} already (--run-id)")
            journal.close()
            return False
        if asked.run_id and self.recorder is None:
            say("borgplan refuses to run: there is no journal, and --run-id is given")
            return False
        if asked.strict and journal.why:
            say("borgplan refuses to run: there is no journal, and --strict is given")
            return False
        return not self._comes_second(journal)

    def _comes_second(self, journal: Journal) -> bool:
        """Whether another process has begun to go on with the same run before; says so."""
        recorder = self.recorder
        if self._origin is None or recorder is None:
            return False
        from ..journal.records import resumed_before

        first = journal.ask(lambda c: resumed_before(c, recorder.number), None)
        if first is None:
            return False
        say(f"borgplan refuses to run: the run was resumed as {first.id}")
        self.withdraw()
        return True

    def withdraw(self) -> None:
        """The run that has just begun was refused: it isn't noted any more."""
        if self.recorder is not None:
            self.recorder.withdraw()
        if self._journal is not None:
            self._journal.close()

    def _note(self, journal: Journal, files: list[str]) -> None:
        from ...compiler.shell.passwords import hidden
        from ..journal.recorder import Start, begin
        from ..process.redact import Masks

        masks = Masks(self._compilation.secrets.values())
        words = (hidden(masks.text(word)) for word in self._session.arguments.words)
        kind = "apply" if self._origin is None else "resume"
        run_id = self._session.arguments.apply.run_id
        start = Start(kind, tuple(words), files, self._origin, run_id)
        self.recorder = journal.ask(
            lambda c: begin(c, self.plan, self._text, start, _pending_cleanups), None
        )

    def end(self, exit_code: int, *, orderly: bool = True) -> None:
        """Note how the run ended; say what could not be recorded."""
        if self.recorder is None or self._journal is None:
            return
        self.former = self._journal.ask(partial(_former, self.recorder.number, self.plan), {})
        from ..journal.retention import retain

        self.recorder.finish(exit_code, orderly=orderly)
        if self.recorder.lost:
            say(
                f"THE JOURNAL IS INCOMPLETE: {self._journal.path}: {self.recorder.lost}."
                " Later reports about this run may be wrong."
            )
        else:
            self._journal.ask(retain, None)
        self._journal.close()


def _former(run: int, plan: Plan, connection: sqlite3.Connection) -> Former:
    from ..journal.former import former_of

    made = [
        step.id
        for step in plan.steps
        if isinstance(step.work, Process) and step.work.proof is Proof.ARCHIVE
    ]
    return former_of(connection, run, made)


def _pending_cleanups(plan: Plan) -> list[PendingCleanup]:
    from ...compiler.analysis.obligations import pending_cleanups

    return pending_cleanups(plan)


def open_journal(session: Session, *, begins: bool = True) -> Journal:
    """The journal of whoever runs this; says what is wrong with it. `begins`: see `Journal`."""
    from ..journal.handle import Journal
    from ..system.paths import journal_path

    style = session.style(sys.stderr)
    return Journal(
        journal_path(session.host.environment, session.host.home),
        lambda text: say(text, "red" if style.color else None),
        begins=begins,
    )
