"""Fixtures that every kind of test uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.laboratory import Laboratory, Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def laboratory(tmp_path: Path, server: Server) -> Laboratory:
    return Laboratory(tmp_path, server)
