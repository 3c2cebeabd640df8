"""How results of fleets are written."""

from __future__ import annotations

import argparse
import os

from ...compiler.support.record import TYPE_CHECKING
from ..report.style import Style, style_for

if TYPE_CHECKING:
    from typing import IO


def style_of(namespace: argparse.Namespace, stream: IO[str]) -> Style:
    return style_for(stream, namespace.color, os.environ)
