"""Fixtures that every kind of test uses."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.checks.counts import print_findings
from tests.conformance.counts import print_agreement, print_counts, print_signals, print_undone
from tests.databases.counts import print_faults, print_restores
from tests.end_to_end.counts import (
    print_evidence,
    print_refused_values,
    print_session,
    print_snapshots,
    print_torture,
)
from tests.laws.counts import print_injections
from tests.lowering.counts import print_lowering
from tests.notify.counts import print_monitoring
from tests.support.foreign_journal import ForeignJournal
from tests.support.laboratory import Laboratory, Server

# No test writes into the journal of who runs it, whatever process it starts.
# In memory where that can be: thousands of them wait for no disk.
_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
_STATE = tempfile.mkdtemp(prefix="borgplan-tests-", dir=_MEMORY)
os.environ["BORGPLAN_STATE_DIRECTORY"] = _STATE
# Nor does it matter which borgmatic is installed here: what a file means is the same on every machine.
os.environ["BORGPLAN_BORGMATIC"] = ""
atexit.register(shutil.rmtree, _STATE, ignore_errors=True)
# Nor does it matter how the tests are started: what a shell starts with `&` ignores SIGINT, and so would all that it starts.
for number, handler in (
    (signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL), (signal.SIGQUIT, signal.SIG_DFL),
):  # fmt: skip
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)


# How long an example takes says something about the machine, which others use too.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_counts(terminalreporter)
    print_signals(terminalreporter)
    print_undone(terminalreporter)
    print_agreement(terminalreporter)
    print_lowering(terminalreporter)
    print_findings(terminalreporter)
    print_torture(terminalreporter)
    print_snapshots(terminalreporter)
    print_evidence(terminalreporter)
    print_injections(terminalreporter)
    print_refused_values(terminalreporter)
    print_monitoring(terminalreporter)
    print_session(terminalreporter)
    print_restores(terminalreporter)
    print_faults(terminalreporter)


@pytest.fixture(scope="session")
def foreign_journal(tmp_path_factory: pytest.TempPathFactory) -> ForeignJournal:
    return ForeignJournal(tmp_path_factory.getbasetemp())


@pytest.fixture(autouse=True)
def no_foreign_journal(foreign_journal: ForeignJournal) -> Iterator[None]:
    """Whoever gives a process an environment of its own has to think of BORGPLAN_STATE_DIRECTORY."""
    yield
    assert not foreign_journal.has_new_runs()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def laboratory(tmp_path: Path, server: Server) -> Laboratory:
    return Laboratory(tmp_path, server)
