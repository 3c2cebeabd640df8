"""Real Borg and real servers, in a scratch home."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases.faulty import Scene
from tests.databases.servers import Servers, lacking
from tests.end_to_end.home import Home
from tests.support.laboratory import Server


@pytest.fixture
def home(tmp_path: Path, server: Server) -> Home:
    if not shutil.which("borg"):
        pytest.skip("no borg is installed")
    path = tmp_path / "home"
    path.mkdir()
    return Home(path, server)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """PostgreSQL and MariaDB on sockets of their own."""
    if why := lacking():
        pytest.skip(why)
    with Servers.started() as servers:
        yield servers


@pytest.fixture
def scene(home: Home, record_property: Callable[[str, object], None]) -> Iterator[Scene]:
    scene = Scene(home, record_property)
    yield scene
    for pid in scene.processes():  # of a test that has failed
        os.kill(pid, 9)
