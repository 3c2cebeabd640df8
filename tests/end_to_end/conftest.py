"""Real Borg, in a scratch home."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.home import Home
from tests.support.laboratory import Server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which("borg"):
        return
    for item in items:
        if item.get_closest_marker("borg"):
            item.add_marker(pytest.mark.skip(reason="no borg is installed"))


@pytest.fixture
def home(tmp_path: Path, server: Server) -> Home:
    path = tmp_path / "home"
    path.mkdir()
    return Home(path, server)
