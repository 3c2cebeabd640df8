"""A scratch home with a stand-in for Borg."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line.place import Place
from tests.support.laboratory import Server


@pytest.fixture
def place(tmp_path: Path, server: Server) -> Place:
    return Place(tmp_path, server)
