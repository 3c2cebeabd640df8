"""The console script: dispatch, and what to do when something unforeseen happens."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

OK, FAILURE, MISUSE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Modules are imported when a command needs them."""
    words = _words_of_process() if argv is None else list(argv)
    _open_standard_streams()
    try:
        code = _run(words)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else MISUSE
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = FAILURE  # the reader of our output is gone; there is nobody left to tell
    except OSError as error:
        code = FAILURE
        print(f"borgplan: {error.strerror or error}", file=sys.stderr)
    except Exception as error:  # noqa: BLE001  # the last resort: a report instead of a traceback
        from .system.bug_report import report_bug

        code = report_bug(error)
    _flush()
    import gc

    gc.freeze()  # the end of the interpreter would look through all that is still there, for nothing
    return code


def _words_of_process() -> list[str]:
    """The command line; under the name of borgmatic that of borgmatic."""
    name = os.path.basename(sys.argv[0])
    if "borgmatic" not in name:
        return sys.argv[1:]
    from .commands.borgmatic import NAMES

    return ["borgmatic", *NAMES.get(name, ()), *sys.argv[1:]]


def _flush() -> None:
    """What can't be written any more must not change the exit code when the interpreter ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _open_standard_streams() -> None:
    """Where a descriptor 0 to 2 was closed, the next file opened would get its number, and our output."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            stream = open(descriptor, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        from .system.version import VERSION

        print(f"borgplan {VERSION}")
        return OK
    try:
        os.getcwd()
    except OSError as error:  # nothing relative can be found from here, nor can a hook be started
        print(
            f"borgplan: the current directory can't be used: {error.strerror}; cd to another",
            file=sys.stderr,
        )
        return MISUSE
    import gc

    gc.disable()  # until something long begins: starting and compiling make no garbage
    if words[:1] == ["borgmatic"]:
        from .commands import borgmatic

        return borgmatic.run(words[1:])
    from .cli.parser import COMMANDS, OF_A_PLAN, parse, parse_own

    if words and words[0] in COMMANDS and words[0] not in OF_A_PLAN:
        from importlib import import_module

        own = import_module(f".commands.{words[0]}", __package__)
        code: int = own.run(parse_own(words, own.configure))
        return code
    arguments = parse(words)
    match arguments.command:
        case "plan":
            from .commands import plan as command
        case "apply":
            from .commands import apply as command  # type: ignore[no-redef]
        case _:
            from .commands import lint as command  # type: ignore[no-redef]
    return command.run(arguments)
