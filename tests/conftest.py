"""Fixtures that every kind of test uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checks.counts import print_findings
from tests.conformance.counts import print_agreement, print_counts
from tests.lowering.counts import print_lowering
from tests.support.laboratory import Laboratory, Server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_counts(terminalreporter)
    print_agreement(terminalreporter)
    print_lowering(terminalreporter)
    print_findings(terminalreporter)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def laboratory(tmp_path: Path, server: Server) -> Laboratory:
    return Laboratory(tmp_path, server)
