"""What borgmatic does with a configuration, told once more: SEMANTICS, word for word, as procedures.

The other half of a comparison. It works on what YAML says and a release number; it has no tables, no
plan, no scopes, and imports nothing of what it is compared with. Slow and repetitive on purpose: each
function follows one passage of the description of the measured behaviour and is to be read beside it.

`naive_world` has what all families share, `naive_options` families A to D, `naive_commands` E.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.laws import naive_commands, naive_options
from tests.laws.naive_world import Asked, Strike, World, options_of, repositories_of


class Run(NamedTuple):
    """What ran, and how the run ended."""

    trace: list[list[str]]
    exit_code: int


def run(files: Sequence[dict[str, Any]], asked: Asked, strike: Strike) -> Run:
    """A run over `files` (as YAML reads them), with commands that end as `strike` says."""
    world = World(asked, strike)
    options = [options_of(data) for data in files]
    if not any(world.selects(r) for file in options for r in repositories_of(file)):
        return Run([], 2)  # borgplan's code for wrong use; nothing is run
    if asked.release < (2, 0, 0):
        naive_options.run(world, options)
    else:
        naive_commands.run(world, options)
    return Run(world.trace, exit_code(world))


def exit_code(world: World) -> int:
    """NO SUCCESS AFTER A FAILURE: the one rule here that is borgplan's and not borgmatic's.

    borgmatic ends with 1 if it noted an error. borgplan also if any hook or Borg command failed hard,
    or Borg by its own 75, wherever a later soft failure led; only what was done again is forgiven.
    """
    return 1 if world.errors or world.failures else 0
