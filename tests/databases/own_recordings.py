"""Recorded runs with databases that stand in this project, in the shape of those in ../shared: found to differ once."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("recordings.json.gz")


@cache
def own_recordings() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(gzip.decompress(_FILE.read_bytes())).values())
