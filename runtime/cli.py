"""The console script: dispatch, and what to do when something unforeseen happens."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

OK, FAILURE, MISUSE, BUG = 0, 1, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Modules are imported when a command needs them."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        return _run(words)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output is gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except Exception as error:  # noqa: BLE001  # the last resort: a report instead of a traceback
        return _report_bug(error)


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        from .version import VERSION

        print(f"borgplan {VERSION}")
        return OK
    from .arguments import parse

    try:
        arguments = parse(words)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else MISUSE
    import gc

    gc.disable()  # until something long begins: a compilation is short and makes no garbage
    match arguments.command:
        case "plan":
            from .commands import plan as command
        case "apply":
            from .commands import apply as command  # type: ignore[no-redef]
        case _:
            from .commands import lint as command  # type: ignore[no-redef]
    return command.run(arguments)


def _report_bug(error: Exception) -> int:
    import traceback

    from .version import VERSION

    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{os.path.basename(f.filename)}:{f.lineno}" for f in reversed(frames[-4:]))
    print(
        f"borgplan {VERSION}: internal error {type(error).__name__} at {places}\n"
        "This is a bug of borgplan, and nothing you did. Please report this line with the command you ran.",
        file=sys.stderr,
    )
    return BUG
