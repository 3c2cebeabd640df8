"""`borgplan plan`: show what `apply` would run."""

from __future__ import annotations

import sys

from ..arguments import Arguments
from ..host import RealHost
from .common import Session, compile_all, write


def run(arguments: Arguments) -> int:
    """0 for a plan of all files, 2 if one of them has errors."""
    session = Session(arguments, RealHost())
    compilation = compile_all(session)
    session.show(compilation, sys.stderr)
    if compilation.plan is not None:
        if arguments.format == "json":
            from ...compiler.planfile import stamped, to_json

            write(to_json(stamped(compilation.plan, compilation.files)))
        else:
            from ..render.plan import render

            write(render(compilation.plan, session.style(sys.stdout, compilation)))
    return 2 if compilation.errors else 0
