"""`borgplan schema`: a JSON Schema of configuration files, for editors."""

from __future__ import annotations

import json

from ...compiler.schema import schema
from .common import write


def run() -> int:
    """Always 0."""
    write(json.dumps(schema(), indent=2) + "\n")
    return 0
