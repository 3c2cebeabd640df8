"""`borgplan borgmatic …`, also by the name of the executable: what borgmatic's command line asks for."""

from __future__ import annotations

from ..cli.borgmatic.arguments import arguments_of
from ..cli.borgmatic.flags import RELEASE, Flags
from ..cli.borgmatic.words import Line, UsageError, read
from ..run.session import say, write

# Programs of older releases, and the action that each became.
NAMES = {
    "borgmatic": (),
    "generate-borgmatic-config": ("config", "generate"),
    "validate-borgmatic-config": ("config", "validate"),
}


def run(words: list[str]) -> int:
    """borgmatic's exit codes: 0 or 1; 128+n for a signal."""
    try:
        code = _run(words)
    except UsageError as error:
        say(f"borgmatic: {error}")
        say("For all flags: borgmatic --help. This is borgplan, called as borgmatic.")
        return 1
    return code if code == 0 or code >= 128 else 1


def _run(words: list[str]) -> int:
    known = Flags()
    line = read(words, known)
    if line.has("--version"):
        write(f"{RELEASE}\n")
        return 0
    if line.has("--help") or line.has("--bash-completion") or line.has("--fish-completion"):
        return _about(line, known)
    if any(action.name.startswith("config ") for action in line.actions):
        from .borgmatic_config import configure

        return configure(line)
    arguments = arguments_of(line, tuple(words), known.default)
    if arguments.command == "plan":
        from .plan import run as run_plan

        return run_plan(arguments)
    from .apply import run as run_apply

    return run_apply(arguments)


def _about(line: Line, known: Flags) -> int:
    from ..cli.borgmatic import help as texts

    if line.has("--bash-completion"):
        write(texts.bash(known))
    elif line.has("--fish-completion"):
        write(texts.fish(known))
    else:
        write(texts.help_text(line.actions, known))
    return 0
