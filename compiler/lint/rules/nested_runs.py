"""Hooks that run borgmatic or borgplan, from within a run."""

from __future__ import annotations

from ...shell.behind import behind, code
from ...shell.lexer import Words, program, simple_commands
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...support.regex import lazily
from ..rule import HookRule
from .hook_commands import HookCommand, Hooks, spelled

_PROGRAMS = frozenset(("borgmatic", "borgplan"))
_UNIT = lazily(r"(?:borgmatic|borgplan)(?:@[^.\s]*)?(?:\.service)?")
_SUBSTITUTION = lazily(r"\$\(([^()]+)\)|`([^`]+)`")
_IMAGE = lazily(r"(?:\S*/)?(?:borgmatic|borgplan)(?:[:@]\S+)?")
_STARTING = frozenset(("start", "restart", "try-restart", "reload-or-restart"))
# They say something about the program or the configuration, and need no repository.
_HARMLESS = frozenset(
    ("--version", "--help", "-h", "--bash-completion", "--fish-completion", "config", "lint", "plan", "graph",
     "rule", "schema", "history", "show", "diff", "explain", "facts", "init", "migrate", "units", "generate")
)  # fmt: skip
# They look into the repository, and change nothing there; all else does, as does who contains no action.
_READING = frozenset(
    ("list", "info", "rlist", "rinfo", "repo-list", "repo-info", "-l", "-i", "mount", "umount", "extract",
     "export-tar", "restore", "break-lock", "key")
)  # fmt: skip
_CHANGING = frozenset(
    ("create", "prune", "compact", "check", "delete", "repo-delete", "rdelete", "init", "repo-create", "rcreate",
     "transfer", "recreate", "borg", "apply", "resume", "recover")
)  # fmt: skip
_CONTAINERS = frozenset(("docker", "podman", "nerdctl", "docker-compose", "podman-compose"))


def nested_runs(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP310: one for each file, a warning where another run begins, a note where it only reads."""
    changing: dict[str, list[tuple[HookCommand, Words]]] = {}
    reading: dict[str, list[tuple[HookCommand, Words]]] = {}
    for found in hooks.commands:
        runs = _runs(found.command.text)
        if runs:
            worst = next((run for run in runs if not _reads(run)), None)
            by_file = reading if worst is None else changing
            by_file.setdefault(found.configuration.path, []).append((found, worst or runs[0]))
    for path, first in {**reading, **changing}.items():
        severity = Severity.WARNING if path in changing else Severity.NOTE
        diagnostics.append(_finding(severity, first))


def _finding(severity: Severity, found: list[tuple[HookCommand, Words]]) -> Diagnostic:
    (first, run), *others = found
    what = f"`{spelled(first.hook)}` runs {program(run[0])} from within a run: "
    hint = ""
    if severity is Severity.WARNING:
        what += (
            "it waits for repositories that this run may have locked, its hooks run within this run's, and "
            "its failures count as failures of a hook"
        )
        hint = "list all actions in one run, in the wanted order, or start the second run afterwards from the timer"
    else:
        what += "hooks around everything and around repositories also run there"
    related = tuple(("and here", other.command.span) for other, _ in others)
    return Diagnostic("BP310", severity, what, first.command.span, hint, related)


def _runs(text: str) -> list[Words]:
    """What a text runs of these programs, without what is harmless."""
    lowered = text.lower()
    if "borgmatic" not in lowered and "borgplan" not in lowered:
        return []
    texts = [text, *(one or other for one, other in _SUBSTITUTION.findall(text))]
    commands = [words for part in texts for words in simple_commands(part)]
    return [run for words in commands if (run := _run(words)) is not None]


def _reads(run: Words) -> bool:
    return bool(_READING.intersection(run[1:])) and not _CHANGING.intersection(run[1:])


def _run(words: Words) -> Words | None:
    """The program with its arguments, if a simple command runs one of them; None for harmless ones."""
    words = _invoked(words)
    if not words or _HARMLESS.intersection(words[1:]):
        return None
    return words


def _invoked(words: Words) -> Words:
    inner = behind(words)
    if not inner:
        return ()
    name = program(inner[0])
    if name in _PROGRAMS:
        return (name, *inner[1:])
    if name.startswith("python") and "-m" in inner[:-1]:
        module = inner[inner.index("-m") + 1 :]
        name = module[0].partition(".")[0]
        return (name, *module[1:]) if name in _PROGRAMS else ()
    text = code(inner)
    if text is not None:  # of several words it is among the commands itself
        return (program(text),) if program(text) in _PROGRAMS else ()
    if name == "systemctl" and _STARTING.intersection(inner[1:]):
        return next((("the unit borgmatic",) for word in inner[1:] if _UNIT.fullmatch(word)), ())
    if name in ("service", "rc-service") and len(inner) > 2 and inner[1] in _PROGRAMS:
        return ("the service borgmatic",) if inner[2] in _STARTING else ()
    if name in _CONTAINERS:
        return _in_new_container(inner)
    return ()


def _in_new_container(words: Words) -> Words:
    """What `docker run` and `docker compose run` are told to run: a program, or an image that is called so."""
    place = next((at for at, word in enumerate(words[:8]) if word == "run"), None)
    if place is None:
        return ()
    rest = words[place + 1 :]
    for at, word in enumerate(rest):
        is_value = at > 0 and rest[at - 1].startswith("-") and "=" not in rest[at - 1]
        if not is_value and not word.startswith("-") and _IMAGE.fullmatch(word):
            later = [at + 1 + n for n, other in enumerate(rest[at + 1 :]) if other in _PROGRAMS]
            return rest[later[0] :] if later else ("borgmatic", *rest[at + 1 :])
    return ()


RULES = (HookRule(("BP310",), nested_runs),)
